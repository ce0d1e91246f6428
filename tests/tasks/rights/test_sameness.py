"""Sameness: what the office says of each pair, and of every row of the tables; in both directions."""

import csv
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from termpost.schemas.documents.identity import Reach
from termpost.tasks.rights.sameness.address import compare_places, compare_streets
from termpost.tasks.rights.sameness.lettering import LOOK_ALIKES
from termpost.tasks.rights.sameness.mailbox import PROVIDERS, compare_mailboxes, mail_key
from termpost.tasks.rights.sameness.numerals import CARDINALS, ORDINALS
from termpost.tasks.rights.sameness.outcome import Sameness
from termpost.tasks.rights.sameness.person import compare_names
from termpost.tasks.rights.sameness.phone import compare_phones
from termpost.tasks.rights.sameness.postal_words import DIRECTIONALS, UNITS
from termpost.tasks.rights.sameness.street_suffixes import ROWS

PAIRS = Path(__file__).parents[2] / "data" / "sameness"
SAME, ASK, DIFFERENT = Sameness
Town = tuple[str, str | None, str | None]  # city, state, postal code


def _names(one: str, other: str) -> Sameness:
    mine, theirs = one.split(","), other.split(",")
    return compare_names((mine[0], mine[1], mine[2]), (theirs[0], theirs[1], theirs[2]))


COMPARE: dict[str, Callable[[str, str], Sameness]] = {
    "address": compare_streets, "mailbox": compare_mailboxes, "phone": compare_phones, "name": _names,
}  # fmt: skip


def pairs() -> Iterator[tuple[str, str, str, str]]:
    for name in ("cases.csv", "more.csv"):
        with (PAIRS / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield row["kind"], row["one"], row["other"], row["outcome"]


def test_no_pair_that_people_judged_comes_out_wrong() -> None:
    judged = list(pairs())
    assert len(judged) > 300
    wrong = [
        (kind, one, other, outcome)
        for kind, one, other, outcome in judged
        if {COMPARE[kind](one, other), COMPARE[kind](other, one)} != {outcome}
    ]
    assert wrong == []


def test_every_spelling_of_every_street_suffix_is_one_street() -> None:
    for row in ROWS:
        for word in row:
            assert compare_streets(f"54 Sample {row[0]}", f"54 SAMPLE {word.upper()}.") is SAME, (row, word)
            assert compare_streets(f"54 Sample {row[0]}", f"45 Sample {word}") is DIFFERENT
            assert compare_streets(f"54 North Sample {row[0]}", f"54 S. Sample {word}") is DIFFERENT
            assert compare_streets(f"54 Sample {row[0]}", f"54 Thistle {word}") is DIFFERENT
            assert compare_streets(f"54 Sample {row[0]}", f"54 Sample {word} Apt 2") is ASK
            assert compare_streets(f"54 Sample {row[0]} #2", f"54 Sample {word} Apt 2") is SAME
            assert compare_streets(f"54 Sample {row[0]} Apt 2", f"54 Sample {word} Apt 3") is DIFFERENT


def test_two_kinds_of_street_are_a_question() -> None:
    kinds = {row[1]: row[0] for row in ROWS}
    for one, other in zip(kinds.values(), [*kinds.values()][7:], strict=False):
        assert compare_streets(f"54 Sample {one}", f"54 Sample {other}") is ASK, (one, other)
    for kind in kinds.values():
        assert compare_streets(f"54 Sample {kind}", "54 Sample") is ASK, kind


def test_every_spelling_of_a_unit_is_one_door() -> None:
    for word, short in UNITS.items():
        assert compare_streets(f"54 Elm Street {word} 3", f"54 Elm St {short}. 3") is SAME, word
        assert compare_streets(f"54 Elm Street {word} 3", "54 Elm St #3") is SAME, word
        assert compare_streets(f"54 Elm Street {word} 3", f"54 Elm St {short} 4") is DIFFERENT, word
        assert compare_streets(f"54 Elm Street {word} 3", "54 Elm St") is ASK, word


def test_every_direction_is_one_by_its_name_and_its_letters_and_no_other() -> None:
    for (word, short), (other, another) in combinations(DIRECTIONALS.items(), 2):
        wanted = SAME if short == another else DIFFERENT
        assert compare_streets(f"100 {word} Sample St", f"100 {other} Sample St") is wanted, (word, other)
    for word in DIRECTIONALS:
        assert compare_streets(f"100 {word} Sample St", "100 Sample St") is ASK


def test_an_ordinal_in_words_is_the_one_in_digits_and_no_other() -> None:
    english = {word: number for word, number in ORDINALS.items() if word.endswith(("st", "nd", "rd", "th"))}
    assert set(range(1, 100)) <= set(english.values())
    for word, number in english.items():
        ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number // 10 % 10 != 1 else 0, "th")
        assert compare_streets(f"7 {word.title()} Street", f"7 {number}{ending} St") is SAME, word
        assert compare_streets(f"7 {word.replace(' ', '-')} Street", f"7 {number + 10}{ending} St") is DIFFERENT, word
    for word, number in CARDINALS.items():
        assert compare_streets(f"{word.title()} Sample Street", f"{number} Sample St") is ASK, word


def test_every_letter_that_looks_latin_is_read_as_it_looks() -> None:
    for sign, letter in LOOK_ALIKES.items():
        assert compare_streets(f"54 Samp{sign}le Street", f"54 Samp{letter}le St") is SAME, hex(ord(sign))
        assert compare_mailboxes(f"sample{sign}@b.org", f"sample{letter}@b.org").may_be_same, hex(ord(sign))


def test_every_domain_of_a_provider_has_the_same_boxes() -> None:
    for provider in PROVIDERS:
        for domain in provider.domains:
            assert mail_key(f"Ann+x@{domain}") == mail_key(f"ann@{provider.domains[0]}")
            dotted = compare_mailboxes(f"a.nn@{domain}", f"ann@{domain}")
            assert dotted is (SAME if "." in provider.ignored else DIFFERENT), domain
    assert mail_key(None) == mail_key("none") == ""


INVISIBLE = st.sampled_from(["", "", "", "\u200b", "\u00ad", "\u202e", "\ufeff", "\u0301"])


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([one for kind, one, _, _ in pairs() if kind == "address" and one]), st.data())
def test_what_shows_nothing_tells_no_two_addresses_apart(street: str, data: st.DataObject) -> None:
    strewn = "".join(sign + (data.draw(INVISIBLE) if sign.isascii() and sign.isalpha() else "") for sign in street)
    assert compare_streets(street, strewn) is SAME


STREETS = st.builds(
    "{} {}{} {}{}".format, st.integers(1, 120), st.sampled_from(["", "N ", "S ", "Old "]),
    st.sampled_from(["Elm", "Oak", "Oak Ridge", "5th", "15th", "Maple", "Sample"]),
    st.sampled_from(["St", "Street", "Ave", "Court"]), st.sampled_from(["", " Apt 3", " #3", ", Apt 4", " Lot 3"]),
)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(STREETS, STREETS)
def test_it_does_not_matter_which_is_asked_first(one: str, other: str) -> None:
    assert compare_streets(one, other) is compare_streets(other, one)
    if one.split(maxsplit=1)[0] != other.split(maxsplit=1)[0]:
        assert compare_streets(one, other) is DIFFERENT


@pytest.mark.parametrize(
    ("one", "other", "outcome"),
    [
        (("Grand Bend", "TX", "78834"), ("GRAND BEND", "Texas", "78834-1200"), SAME),
        (("Grand Bend", "TX", "78834"), ("Grand Bend", "TX", "788341200"), SAME),
        (("Grand Bend", "TX", "78834"), ("Uvalde", "TX", "78834"), SAME),  # one code is one town
        (("Grand Bend", "TX", "78834"), ("Grand Bend", "TX", None), SAME),
        (("Grand Bend", "TX", "78834"), ("Grand Bend", "TX", "78843"), ASK),  # a slip in the code
        (("Grand Bend", "TX", "78834"), ("Grand Bnd", "TX", None), SAME),
        (("Grand Bend", "TX", "78834"), ("Grand Bent", "TX", None), ASK),
        (("Grand Bend", "TX", "78834"), ("Uvalde", "TX", None), ASK),
        (("Grand Bend", "TX", None), ("Grand Bend", "LA", None), DIFFERENT),
        (("Grand Bend", "TX", "78834"), ("Uvalde", "TX", "78801"), DIFFERENT),
        (("St. Louis", "MO", None), ("Saint Louis", "Missouri", None), SAME),
        (("Київ", None, "01001"), ("Kyiv", None, "01001"), SAME),
        (("London", None, "SW1A 1AA"), ("London", None, "sw1a1aa"), SAME),
    ],
)
def test_towns(one: Town, other: Town, outcome: Sameness) -> None:
    mine, theirs = (Reach("s", "54 Elm Street", city, state, code) for city, state, code in (one, other))
    assert compare_places(mine, theirs) is compare_places(theirs, mine) is outcome


def test_a_town_in_the_street_is_the_town_on_record() -> None:
    town: dict[str, Any] = {"city": "Grand Bend", "state": "TX", "postal_code": "78834"}
    plain = Reach("s", street="54 Elm Street", **town)
    for street in ("54 Elm Street, Grand Bend, TX 78834", "54 Elm St Grand Bend TX", "54 Elm St\nGrand Bend"):
        assert compare_places(plain, Reach("s", street=street, **town)) is SAME, street
    assert compare_places(plain, Reach("s", city="Grand Bend")) is DIFFERENT  # an unknown street is nobody's
