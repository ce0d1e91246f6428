"""Whether two addresses are one: of a street's lines, and of whole places. Pure; docs/rights.md says what comes out."""

from collections import Counter
from functools import lru_cache

from rapidfuzz.distance import OSA
from termpost.schemas.documents.identity import Reach
from termpost.tasks.rights.sameness.address_reading import ANY_UNIT, DIRECTION_CODES, AddressLines, read_address
from termpost.tasks.rights.sameness.lettering import in_latin, plain
from termpost.tasks.rights.sameness.outcome import Sameness, weakest
from termpost.tasks.rights.sameness.postal_words import STATE_CODES, TITLE_WORDS, TYPES, WORDS
from termpost.tasks.rights.sameness.street_suffixes import IN_FULL

SAME, ASK, DIFFERENT = Sameness.SAME, Sameness.ASK, Sameness.DIFFERENT
ZIP = 5  # digits before what ZIP+4 adds


def compare_places(one: Reach, other: Reach) -> Sameness:
    """Of two rows of a record. A street that is not known is nobody's."""
    if not one.street or not other.street:
        return DIFFERENT
    towns = _compare_towns(one, other)
    if towns is DIFFERENT:
        return DIFFERENT
    return weakest((towns, compare_streets(one.street, other.street, _around(one), _around(other))))


def is_same_house(one: Reach, other: Reach) -> bool:
    """Whether both are one house, of which one of them may leave out the door."""
    found = compare_places(one, other)
    if found is not ASK:
        return found is SAME
    mine, theirs = read_address(one.street or "", _around(one)), read_address(other.street or "", _around(other))
    doors = not mine.units or not theirs.units
    return doors and mine._replace(units=()) == theirs._replace(units=()) and _compare_towns(one, other) is SAME


@lru_cache(maxsize=100_000)
def compare_streets(one: str, other: str, town: str = "", other_town: str = "") -> Sameness:
    """Of the lines below the name, within one town."""
    if plain(one).split() == plain(other).split():
        return SAME
    mine, theirs = read_address(one, town), read_address(other, other_town)
    boxes = _compare_boxes(mine, theirs)
    if boxes is not None:
        return boxes
    houses = _compare_houses(mine, theirs)
    if houses is DIFFERENT:
        return DIFFERENT
    beside = SAME if mine.beside == theirs.beside else ASK
    return weakest((houses, _compare_names(mine, theirs), _compare_units(mine.units, theirs.units), beside))


def _around(reach: Reach) -> str:
    return " ".join(part for part in (reach.city, reach.state, reach.postal_code) if part)


def _compare_towns(one: Reach, other: Reach) -> Sameness:
    """One postal code is one town, whatever it is called; one name with two codes may be a slip."""
    codes, cities = (_code(one), _code(other)), (_town(one), _town(other))
    if all(codes) and codes[0] == codes[1]:
        return SAME
    if all(cities) and not _close(*cities):
        return ASK if not all(codes) else DIFFERENT
    states = (_state(one), _state(other))
    if all(states) and states[0] != states[1]:
        return DIFFERENT
    return SAME if cities[0] == cities[1] and not all(codes) else ASK


@lru_cache(maxsize=100_000)
def _squeezed(text: str) -> str:
    return "".join(sign for sign in plain(text) if sign.isalnum())


def _town(reach: Reach) -> str:
    return "".join(WORDS.get(word, word) for word in plain(reach.city or "").replace(".", " ").split())


def _state(reach: Reach) -> str:
    said = _squeezed(reach.state or "")
    return STATE_CODES.get(said, said)


def _code(reach: Reach) -> str:
    """Without what ZIP+4 adds, with a dash or without."""
    found = _squeezed((reach.postal_code or "").partition("-")[0])
    return found[:ZIP] if found.isdigit() and len(found) == ZIP + 4 else found


def _compare_boxes(mine: AddressLines, theirs: AddressLines) -> Sameness | None:
    """None where neither is a box and the streets decide."""
    if mine.box is None and theirs.box is None:
        return None
    if mine.box is None or theirs.box is None:
        box, lines = (mine.box, theirs) if mine.box else (theirs.box, mine)
        loose = {word for word in (*lines.words, lines.number, *lines.beside, *(n for _, n in lines.units)) if word}
        if box and {part for part in box[1:] if part} <= loose and "box" in loose:
            return ASK  # Box 7, Route 2
        streets = bool(mine.words and theirs.words) and compare_without_box(mine, theirs).may_be_same
        return ASK if streets else DIFFERENT
    if mine.box == theirs.box:
        return SAME if (mine.words, mine.number) == (theirs.words, theirs.number) else ASK
    return ASK if mine.box[1:] == theirs.box[1:] else DIFFERENT


def compare_without_box(mine: AddressLines, theirs: AddressLines) -> Sameness:
    """Of the streets beside the boxes."""
    return weakest((_compare_houses(mine, theirs), _compare_names(mine, theirs)))


def _compare_houses(mine: AddressLines, theirs: AddressLines) -> Sameness:
    if mine.number == theirs.number:
        return ASK if mine.in_words != theirs.in_words else SAME
    if not mine.number or not theirs.number:
        return ASK
    one, other = (set(n.replace("/", "-").split("-")) for n in (mine.number, theirs.number))
    return ASK if one & other and (one < other or other < one) else DIFFERENT  # 54-56 Elm Street


def _compare_units(one: tuple[tuple[str, str], ...], other: tuple[tuple[str, str], ...]) -> Sameness:
    """One door, one that only one of them has, or two. Words that mean other kinds of door are a question."""
    if one == other:
        return SAME
    mine, theirs = list((Counter(one) - Counter(other)).elements()), list((Counter(other) - Counter(one)).elements())
    for unit in [*mine]:  # of any kind: `#3` is the Apt 3 of the other
        for match in theirs:
            if unit[1] == match[1] and ANY_UNIT in (unit[0], match[0]):
                mine.remove(unit)
                theirs.remove(match)
                break
    if not mine and not theirs:
        return SAME
    if not mine or not theirs:
        return ASK
    kinds = {kind for kind, _ in mine} & {kind for kind, _ in theirs}
    numbers = {number for _, number in mine if number} & {number for _, number in theirs}
    return ASK if numbers and not kinds else DIFFERENT


def _compare_names(mine: AddressLines, theirs: AddressLines) -> Sameness:
    if mine.spelled == theirs.spelled:
        return SAME
    if not mine.words or not theirs.words:
        return DIFFERENT
    only_mine, only_theirs = Counter(mine.words) - Counter(theirs.words), Counter(theirs.words) - Counter(mine.words)
    if set(only_mine) & DIRECTION_CODES and set(only_theirs) & DIRECTION_CODES:
        return DIFFERENT  # North and South
    loose = _loose(mine, only_mine), _loose(theirs, only_theirs)
    if not any(loose) or _goes_on(mine.words, theirs.words) or _goes_on(theirs.words, mine.words):
        return ASK  # another kind of street, or one without a kind or a direction
    if _numbers(mine) != _numbers(theirs):
        return DIFFERENT  # 5th and 15th
    kinds = _own_kind(mine, only_mine), _own_kind(theirs, only_theirs)
    abbreviated = _shortens(loose[0], loose[1], kinds[1]) or _shortens(loose[1], loose[0], kinds[0])
    left_out = _short_for(*loose) or _short_for(*reversed(loose))
    return ASK if abbreviated or left_out or _is_near(mine, theirs) else DIFFERENT


def _loose(lines: AddressLines, only: Counter[str]) -> list[str]:
    """Words of the name alone that the other does not have, in order."""
    return [word for n, word in enumerate(lines.words) if n not in lines.types and word in only]


def _goes_on(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Whether a whole street stands at the start of what the other has: 54 Elm Street Grand Bend TX."""
    return len(short) > 1 and short[-1] in TYPES and long[: len(short)] == short


def _own_kind(lines: AddressLines, only: Counter[str]) -> str:
    """What kind of street it is, in full, where the other does not say the same."""
    found = [word for n, word in enumerate(lines.words) if n in lines.types and word in only]
    return IN_FULL.get(found[0], found[0]) if len(found) == 1 else ""


def _shortens(loose: list[str], others: list[str], kind: str) -> bool:
    """Whether the one word too many is short for the other's kind of street, as nobody lists it: Strt, Avnue."""
    if len(loose) != 1 or others or not kind or loose[0][0] != kind[0]:
        return False
    letters = iter(kind)
    return all(letter in letters for letter in loose[0])


def _name(lines: AddressLines) -> str:
    return "".join(word for n, word in enumerate(lines.words) if n not in lines.types) or "".join(lines.words)


def _numbers(lines: AddressLines) -> set[str]:
    return {word.removesuffix("th") for word in lines.words if word.removesuffix("th").isdigit()}


def _edits_allowed(one: str, other: str) -> int:
    """So many slips are one word still: none in two letters, one in five, two in eleven."""
    shorter = min(len(one), len(other))
    return 0 if shorter < 3 else 1 if shorter < 6 else 2 if shorter < 12 else 3  # noqa: PLR2004 - said above


def _is_near(mine: AddressLines, theirs: AddressLines) -> bool:
    """One slip or two, in the name of the street or in the kind of it."""
    one, other = in_latin(_name(mine)), in_latin(_name(theirs))
    return _close(one, other) or OSA.distance(mine.spelled, theirs.spelled) <= _edits_allowed(one, other)


def _close(one: str, other: str) -> bool:
    return OSA.distance(one, other) <= _edits_allowed(one, other)


def _short_for(one: list[str], other: list[str]) -> bool:
    """Whether what one has is what the other has in initials or by a state's code, or only a title or name less."""
    if not one:
        return set(other) <= TITLE_WORDS
    if len(one) == 1 and len(other) == 1:
        code = STATE_CODES.get(other[0])
        return one[0] == code or (len(one[0]) == 1 and other[0].startswith(one[0]))
    initials = "".join(word[0] for word in other)
    return len(one) == 1 and len(other) > 1 and len(one[0]) >= len(other) - 1 and initials.startswith(one[0])
