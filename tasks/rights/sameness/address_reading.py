"""What the lines of an address say: a box, or a house in a street, and which door of it. Pure."""

import re
from functools import lru_cache
from typing import NamedTuple

from termpost.tasks.rights.sameness.lettering import plain, without_digraphs
from termpost.tasks.rights.sameness.numerals import with_leading_number, with_ordinals
from termpost.tasks.rights.sameness.postal_words import (
    ABROAD,
    BOXES,
    DELIVERED_AT_OFFICE,
    DIRECTIONALS,
    NUMBER_SIGNS,
    ROADS,
    TYPES,
    UNITS,
    UNITS_ALONE,
    WORDS,
)
from termpost.tasks.rights.sameness.street_suffixes import IN_FULL, SUFFIXES

ANY_UNIT = ""  # a number without a word for what it is: `#3`, 54B
SEPARATORS = re.compile(r"[,;()\n\r|،、，]+|\s[-–—]\s")
IN_CARE_OF = re.compile(
    r"(^|(?<=[\s,;(]))(c/o|care of|attn\b\.?:?|attention:?|% |chez |z\. ?hd\.? |a la atencion de )[^,;()\n0-9]*"
)
CALLE = re.compile(r"\bc/ *")
UKRAINIAN_BOX = re.compile(r"\b[aа]/[cс]\b")
LETTER_DOT = re.compile(r"\b([^\W\d_])\.(?=[^\W\d_]\b)")
HOUSE_LETTER = re.compile(r"\b(\d+)-([a-z])\b")
LETTER_HOUSE = re.compile(r"\b([a-z])-(\d+)\b")
HAN = re.compile(r"(?<=[一-鿿])(?=[0-9])|(?<=[0-9])(?=[一-鿿])")
HAN_TRADITIONAL = str.maketrans("號樓單棟層園東廣國門區縣鄉", "号楼单栋层园东广国门区县乡")
HAN_UNITS = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        (r"(\w+) ?号", r"\1"),
        (r"(\d+) ?室", r", apt \1"),
        (r"(\d+) ?[楼层]", r", fl \1"),
        (r"(\d+) ?[栋幢座]", r", bldg \1"),
        (r"(\d+) ?单元", r", stair \1"),
    )
)
FLOOR = re.compile(r"\b(\d+)(?:th|\.)? (?:floor|flr|fl|etage|piso|planta|og|obergeschoss|stock)\b")
NUMBERED = frozenset("cr ch sh sr interstate us fm rm rr tsr fsr bia hwy rte loop expy spur".split())  # noqa: SIM905 - words
BEFORE_NUMBERS = sorted({word for word in UNITS if len(word) > 1} | NUMBERED | {"i", "ih", "hc"}, key=len, reverse=True)
STUCK = re.compile(rf"\b({'|'.join(BEFORE_NUMBERS)})(\d+[a-z]?)\b")
TOKEN = re.compile(r"\d+(?:[-/.]\d+)+|[^\W_]+|#")
HOUSE = re.compile(r"0*(\d+(?:[-/.]\d+)*)([a-z]?)")
IDENTIFIER = re.compile(r"\d+[a-z]{0,2}|[a-z]\d*|\d+[-/]\d+")
GERMAN_STREET = re.compile(r"(\w{2,})(strasse|str|platz|pl)")
LEADING = frozenset(ABROAD.values())
ONE_LETTER = {"r": "rue", "c": "calle"}
DIRECTION_CODES = frozenset(DIRECTIONALS.values())
BIS = frozenset({"bis", "ter", "quater"})
NOWHERE: tuple[str, bool, list[str], list[str]] = ("", False, [], [])


class AddressLines(NamedTuple):
    """The parts of one address, in one spelling. Personal: it stays in memory."""

    box: tuple[str, str, str] | None  # of what kind, its route, its number
    number: str  # of the house; empty where there is none
    in_words: bool  # whether that number was written out
    words: tuple[str, ...]  # the street: every word as `WORDS` has it
    types: frozenset[int]  # which of them say what kind of street it is, or a direction
    spelled: str  # the street as far as possible in full, without spaces
    units: tuple[tuple[str, str], ...]  # designator, number
    beside: frozenset[str]  # words in front of the house or after the street: another name, a town


@lru_cache(maxsize=200_000)
def read_address(street: str, town: str = "") -> AddressLines:
    """The lines of an address below the name.

    Args:
        town: city, state and postal code on record, which some write into the street too.
    """
    box, rest = _box(_tidied(street))
    around = frozenset(_words_of(_tidied(town)))
    units: list[tuple[str, str]] = []
    segments = [_words_of(part) for part in SEPARATORS.split(rest)]
    segments = _with_house([left for left in (_without_units(segment, units) for segment in segments) if left])
    place = _place_of_street(segments)
    beside = set[str]()
    for segment in (s for n, s in enumerate(segments) if n != place and not around.issuperset(s)):
        if len(segment) == 1 and IDENTIFIER.fullmatch(segment[0]):
            units.append((ANY_UNIT, _identifier(segment[0])))
        else:
            beside |= set(_canonical_words(segment))
    number, in_words, name, before = _house(_without_town(segments[place], around)) if segments else NOWHERE
    name = _without_last_door(name, units)
    if number[-1:].isalpha():
        units.append((ANY_UNIT, number[-1]))
        number = number[:-1]
    words = _canonical_words(name)
    return AddressLines(
        box, number, in_words, words, _types(words), "".join(IN_FULL.get(word, word) for word in words),
        tuple(sorted(units)), frozenset(beside | set(_canonical_words(before))),
    )  # fmt: skip


def _tidied(text: str) -> str:
    said = HAN.sub(" ", plain(text).translate(HAN_TRADITIONAL))
    for pattern, instead in HAN_UNITS:
        said = pattern.sub(instead, said)
    said = IN_CARE_OF.sub(" ", said)
    said = UKRAINIAN_BOX.sub(" pobox ", CALLE.sub("calle ", said))
    said = LETTER_DOT.sub(r"\1", said)
    return LETTER_HOUSE.sub(r"\1\2", HOUSE_LETTER.sub(r"\1\2", said))


def _box(said: str) -> tuple[tuple[str, str, str] | None, str]:
    """The box, and what is left of the lines; a rural route is one only where no house comes before it."""
    flat = " ".join(TOKEN.findall(said))
    if flat in DELIVERED_AT_OFFICE:
        return ("office", "", ""), ""
    for pattern, kind in BOXES.items():
        found = re.search(pattern, flat)
        if found:
            route, number = found.groups() if found.re.groups > 1 else ("", found[1])
            rest = f"{flat[: found.start()]},{flat[found.end() :]}"
            return (kind, _identifier(route or ""), _identifier(number or "")), rest
    return None, said


def _words_of(segment: str) -> list[str]:
    flat = " ".join(TOKEN.findall(segment))
    flat = STUCK.sub(r"\1 \2", with_ordinals(flat))
    flat = FLOOR.sub(r"fl \1", flat)
    for pattern, road in ROADS.items():
        flat = re.sub(rf"\b(?:{pattern})", road, flat)
    return flat.split()


def _identifier(said: str) -> str:
    return re.sub(r"[-/]", "", said).lstrip("0") or said


def _without_units(segment: list[str], units: list[tuple[str, str]]) -> list[str]:
    """The segment without the doors in it; what stands behind a number sign is the house where there is no other."""
    left: list[str] = []
    at = 0
    while at < len(segment):
        word, behind = segment[at], at + 1
        while word in UNITS and word not in SUFFIXES and behind < len(segment) and segment[behind] in NUMBER_SIGNS:
            behind += 1  # Apt # 3
        is_door = word in UNITS or word == "#" or (word in NUMBER_SIGNS and any(map(HOUSE.fullmatch, left)))
        last = behind + 1 >= len(segment)
        if is_door and behind < len(segment) and _identifies(segment[behind], last=last):
            found = _identifier(segment[behind])
            at = behind + 1
            if at == len(segment) - 1 and found.isdigit() and len(segment[at]) == 1 and segment[at].isalpha():
                found, at = found + segment[at], at + 1  # Apt 3 B
            units.append((UNITS.get(word, ANY_UNIT), found))
        else:
            left.append(word)
            at += 1
    if left and left[-1] in UNITS_ALONE and len(left) != 2:  # noqa: PLR2004 - 54 Front
        units.append((UNITS_ALONE[left.pop()], ""))
    return left


def _identifies(word: str, *, last: bool) -> bool:
    return bool(IDENTIFIER.fullmatch(word)) or (last and len(word) <= 2 and word not in DIRECTIONALS)  # noqa: PLR2004 - two letters


def _with_house(segments: list[list[str]]) -> list[list[str]]:
    """`12, rue de la Paix` and `Calle Mayor, 5`: the house is set off from its street by a comma."""
    for n, segment in enumerate(segments):
        if HOUSE.fullmatch(segment[-1]) and not [word for word in segment[:-1] if word not in NUMBER_SIGNS]:
            for other in (n - 1, n + 1) if n else (n + 1,):
                street = segments[other] if other < len(segments) else []
                if street and not any(map(HOUSE.fullmatch, street)):
                    joined = street + segment[-1:] if other < n else segment[-1:] + street
                    first = min(n, other)
                    return [*segments[:first], joined, *segments[first + 2 :]]
    return segments


def _place_of_street(segments: list[list[str]]) -> int:
    """Which segment has the street: the first that begins with a house, or has one, or says what kind of street."""
    tests = (
        lambda s: len(s) > 1 and HOUSE.fullmatch(s[0]),
        lambda s: len(s) > 1 and any(map(HOUSE.fullmatch, s)),
        lambda s: any(WORDS.get(word) in TYPES for word in s),
    )
    return next((n for test in tests for n, segment in enumerate(segments) if test(segment)), 0)


def _without_town(segment: list[str], around: frozenset[str]) -> list[str]:
    """Without the town at its end, as long as a street of some kind is left: 54 Elm Street Grand Bend TX 78834."""
    end = len(segment)
    while end > 2 and segment[end - 1] in around:  # noqa: PLR2004 - a house and a street
        end -= 1
    return segment[:end] if end < len(segment) and WORDS.get(segment[end - 1]) in TYPES else segment


def _house(segment: list[str]) -> tuple[str, bool, list[str], list[str]]:
    """The house, whether it was written in words, the street, and what stood before the house."""
    houses = [n for n, word in enumerate(segment) if HOUSE.fullmatch(word)]
    if houses[:1] == [0]:
        number, name = _number(segment[0]), segment[1:]
        while name and (re.fullmatch(r"\d+/\d+", name[0]) or name[0] in BIS):
            number, name = f"{number} {name[0]}", name[1:]
        return number, False, name, []
    if not houses:
        words, in_words = with_leading_number(" ".join(segment))
        number, _, street = words.partition(" ") if in_words else ("", "", words)
        return number, in_words, street.split(), []
    first, last = houses[0], houses[-1]
    before, after = segment[:first], segment[first + 1 :]
    if after and WORDS.get(after[-1]) in TYPES and not any(WORDS.get(word) in TYPES for word in before):
        return _number(segment[first]), False, after, before  # Smith 54 Elm Street
    if last == 1 and WORDS.get(segment[0], segment[0]) in NUMBERED | LEADING:
        return "", False, segment, []  # Calle 13, I-35
    name, behind = [word for word in segment[:last] if word not in NUMBER_SIGNS], segment[last + 1 :]
    if len(behind) == 1 and len(behind[0]) == 1 and segment[last].isdigit() and behind[0] not in DIRECTIONALS:
        return _number(segment[last]) + behind[0], False, name, []  # Hauptstr. 4 a
    return _number(segment[last]), False, name + behind, []


def _number(word: str) -> str:
    found = HOUSE.fullmatch(word)
    return f"{found[1]}{found[2]}" if found else word


def _without_last_door(name: list[str], units: list[tuple[str, str]]) -> list[str]:
    """54 Elm Street 3: behind the kind of street, and not a road that has a number, it is a door."""
    if len(name) < 3 or not IDENTIFIER.fullmatch(name[-1]) or name[-1] in DIRECTIONALS:  # noqa: PLR2004 - Elm Street 3
        return name
    kind = WORDS.get(name[-2])
    if kind not in TYPES or kind in NUMBERED:
        return name
    units.append((ANY_UNIT, _identifier(name[-1])))
    return name[:-1]


def _canonical_words(name: list[str]) -> tuple[str, ...]:
    """Every word as it is compared; `ne` for `n e`, and a German street apart from its name."""
    found: list[str] = []
    for word in name:
        german = None if word in WORDS else GERMAN_STREET.fullmatch(word)
        found += (
            [without_digraphs(german[1]), WORDS[german[2]]] if german else [WORDS.get(word) or without_digraphs(word)]
        )
    if len(found) > 1 and name[0] in ONE_LETTER and found[1] not in TYPES:
        found[0] = ONE_LETTER[name[0]]
    named = [word for word in found if word not in TYPES and word not in DIRECTION_CODES]
    for n in range(len(found) - 1, 0, -1):
        if named and found[n - 1] in ("n", "s") and found[n] in ("e", "w"):
            found[n - 1 : n + 1] = [found[n - 1] + found[n]]
    return tuple(found)


def _types(words: tuple[str, ...]) -> frozenset[int]:
    """Where a street says its kind or a direction, as long as that is not its whole name: West Street, Turnpike."""
    core = [n for n, word in enumerate(words) if word not in DIRECTION_CODES]
    directions = {n for n in range(len(words)) if n not in core}
    if len(core) > 1 and words[core[-1]] in TYPES:
        return frozenset(directions | {core[-1]})
    if len(core) > 1 and words[core[0]] in LEADING | NUMBERED:
        return frozenset(directions | {core[0]})
    if len(core) == 1 and words[core[0]] in TYPES and directions:
        return frozenset(core)
    return frozenset(directions if core else ())
