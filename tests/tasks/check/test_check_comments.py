"""Comments that somebody should read again before a family does: warnings, and never a word of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

import duckdb
import pytest
from termpost.tasks.check import against_contracts
from termpost.tasks.check.contracts.check_parameters import CheckParameters
from termpost.tasks.check.contracts.specs import compile_specs
from termpost.tasks.check.rows.comments import check_comments
from termpost.tasks.check.tables import create_views, sizes_of
from termpost.tasks.formats.read import read_raw
from termpost.tasks.formats.registry import load_contracts

from tests.tasks.gradebook import Gradebook

COMMENTS = "supplement/comments.csv"
HEADER = ["studentSourcedId", "classSourcedId", "cycle", "author", "language", "comment"]
CUTOFF = date(2021, 12, 10)
Say = Callable[..., set[tuple[str, int | None]]]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of Lisa, José, Grace Young and others, taught by Ada Quill; a second class without Lisa."""
    book = Gradebook()
    book.school()
    people = [("s1", "Lisa", "Woods"), ("s2", "José", "de la Cruz"), ("s3", "Grace", "Young"),
              ("s4", "Kaʻimi", "Quill"), ("s5", "Bo", "Ng"), ("s6", "Will", "Okafor"),
              ("s7", "", "Suharto"), ("s8", "Lisa", "Tran")]  # fmt: skip
    for person, given, family in people:
        book.student(person, givenName=given, familyName=family)
    book.student("s9", givenName="Fannie", familyName="Medina")
    book.add("users.csv", sourcedId="t1", orgSourcedIds="255901001", role="teacher", givenName="Ada",
             familyName="Quill", enabledUser="true")  # fmt: skip
    for class_id, members in (("c1", [p[0] for p in people]), ("c2", ["s9"])):
        book.course(class_id, title="Algebra I" if class_id == "c1" else "Suharto studies")
        for person in members:
            book.enroll(person, class_id)
    book.enroll("t1", "c1", role="teacher")
    book.item("i1", "c1", "100")
    book.item("i2", "c2", "100")
    for number, (person, *_) in enumerate(people):
        book.mark("i1", person, str(60 + number))
    return book.write(tmp_path_factory.mktemp("comments") / "extract")


@pytest.fixture
def say(small: Any, monkeypatch: Any) -> Say:
    """Checks the comments alone: rules and rows that are found. Rows are (student, class, comment)."""

    def check(
        *rows: tuple[str, str, str], cutoff: date | None = None, preferred: str = "", pronouns: str | None = None
    ) -> set[tuple[str, int | None]]:
        small.write(COMMENTS, [HEADER, *([s, c, "2021-fall-final", "", "en", text] for s, c, text in rows)])
        if preferred:
            small.write("supplement/students.csv", [["studentSourcedId", "preferredName"], ["s2", preferred]])
        contracts = load_contracts()
        if pronouns is not None:
            small.add_column("users.csv", "pronouns", pronouns)
            contracts = tuple(c if c.dataset != "users" else replace(c, columns=tuple(
                replace(column, in_file=column.in_file or column.name == "pronouns") for column in c.columns))
                for c in contracts)  # fmt: skip
        monkeypatch.setattr(against_contracts, "load_contracts", lambda _: contracts)
        with duckdb.connect() as con:
            terms = CheckParameters(cutoff=cutoff)
            findings = against_contracts.hold_against_contracts(con, small.sources(), "x", terms)
        assert findings.outcome == "accepted"
        assert {p.severity for p in findings.problems if p.file == COMMENTS} <= {"warning"}
        found = {(p.rule, p.row) for p in findings.problems if p.file == COMMENTS}
        shown = findings.model_dump_json()
        assert not any(text in shown for _, _, text in rows)
        return found

    return check


def names(*texts: str, student: str = "s1", class_id: str = "c1") -> list[tuple[str, str, str]]:
    return [(student, class_id, text) for text in texts]


def test_a_comment_that_names_a_classmate_is_read_again(say: Say) -> None:
    texts = ["José has worked hard.", "jose has worked hard", "Works well with José's group", "Ask Cruz.",
             "KA'IMI helped", "Kaimi helped", "see kaʻimi", "Grace Young must try harder", "Suharto is always late",
             "Young, Grace: a good term", "Bo Ng sings", "With Okafor in a group"]  # fmt: skip
    assert say(*names(*texts)) == {("comment-names-student", row) for row in range(1, len(texts) + 1)}


def test_a_comment_that_names_nobody_else_is_not(say: Say) -> None:
    texts = ["Lisa has worked hard.", "Miss Woods has worked hard", "With good grace and young at heart",
             "He will do well. Will try.", "Ada Quill is proud of her", "Fannie Medina is in another class",
             "Josefina, Josepha and Crucial", "a bo of ng", "de la la", "Algebra"]  # fmt: skip
    assert say(*names(*texts)) == set()


def test_a_namesake_is_named_by_the_whole_name_only(say: Say) -> None:
    assert say(*names("Lisa did well", "Lisa Tran did well", "Ms. Tran did well")) == {
        ("comment-names-student", 2), ("comment-names-student", 3),
    }  # fmt: skip


def test_names_of_the_class_title_are_no_names(say: Say) -> None:
    assert say(*names("Suharto is a hard subject", student="s9", class_id="c2")) == set()


def test_a_homeroom_comment_is_read_beside_all_classmates(say: Say) -> None:
    assert say(("s1", "", "José is his friend"), ("s9", "", "José is his friend")) == {("comment-names-student", 1)}


def test_a_preferred_name_is_a_name(say: Say) -> None:
    assert say(*names("Pepito sang"), preferred="Pepito") == {("comment-names-student", 1)}


def test_a_word_that_others_write_small_is_no_name(say: Say) -> None:
    rows = names("an okafor here", "one okafor there", "no okafor at all", "Okafor")
    assert say(*rows) == set()
    assert ("comment-names-student", 3) in say(*rows[1:])


def test_one_long_text_for_many_of_a_class_is_doubted(say: Say) -> None:
    long, short = "A pleasure to teach, and a careful worker.", "Well done this term!"
    many = [(f"s{n}", "c1", f"  {long.upper()} " if n == 1 else long) for n in range(1, 6)]
    assert say(*many) == {*(("comment-repeated", row) for row in range(1, 6)), ("text-cleaned", 1)}
    assert say(*many[:4], ("s9", "c2", long)) == {("text-cleaned", 1)}
    assert say(*((s, c, short) for s, c, _ in many)) == set()


@pytest.mark.parametrize(
    ("text", "cutoff", "found"),
    [("A poor Spring Semester.", CUTOFF, True), ("In the 2021-2022 spring semester", CUTOFF, True),
     ("A good Fall Semester", CUTOFF, False), ("A good third six weeks", CUTOFF, False),
     ("A poor First Six Weeks", CUTOFF, True), ("A poor Spring Semester.", None, False),
     ("As in 2019", None, True), ("Class of 2026, born in 2008", None, False), ("In 2021 and 1984", None, False)],
)  # fmt: skip
def test_a_comment_of_another_term_is_read_again(text: str, cutoff: date | None, found: bool, say: Say) -> None:
    assert say(*names(text), cutoff=cutoff) == ({("comment-other-term", 1)} if found else set())


def test_the_remark_on_a_mark_is_read_too_and_knows_its_session(small: Any) -> None:
    small.put("results.csv", 1, "comment", "Better than José")
    small.put("results.csv", 2, "comment", "see the Second Six Weeks")
    small.put("results.csv", 3, "comment", "good in the First Six Weeks of the Fall Semester")
    found = {(p.rule, p.file, p.row) for p in small.check().problems if p.row}
    assert found == {("comment-names-student", "results.csv", 1), ("comment-other-term", "results.csv", 2)}


@pytest.mark.parametrize("text", ["Dear {{name}}", "[[student]] works", "lost \ufffd sign", "a <blink>word", "\x93x"])
def test_markup_and_placeholders_are_doubted(text: str, say: Say) -> None:
    assert say(*names(text)) == {("comment-markup", 1)}


@pytest.mark.parametrize(
    "text", ["<b>good</b>", "good<br/>", "fish &amp; chips", "it&#39;s", "bad\u202etxet", "\u2066x", "bell\x07"]
)
def test_markup_and_unseen_characters_are_taken_off(text: str, say: Say) -> None:
    assert say(*names(text)) == {("text-cleaned", 1)}


@pytest.mark.parametrize(
    "text", ["2 < 3 and 3 > 2", "R&D; and more", "two\nlines\tand tabs", "ک\u200cک", "I <3 maths", "[a] {b}"]
)
def test_plain_text_of_any_language_is_not(text: str, say: Say) -> None:
    assert say(*names(text)) == set()


def test_a_comment_may_be_of_two_thousand_characters(say: Say) -> None:
    assert say(*names("é" * 2000, "é" * 2001)) == {("comment-too-long", 2)}


@pytest.mark.parametrize(
    ("on_record", "text", "found"),
    [("she/her", "He did well", True), ("she/her", "Her work, hers", False), ("they/them", "She did well", True),
     ("they/them", "They did well", False), ("he/they", "his work", False), ("xe/xem", "his work", True),
     ("", "He and she", False), (" ", "He and she", False), ("He/Him", "the heart of sheer thermal history", False)],
)  # fmt: skip
def test_pronouns_are_compared_with_those_on_record_and_never_inferred(
    on_record: str, text: str, found: bool, say: Say
) -> None:
    assert say(*names(text), pronouns=on_record) == ({("comment-pronouns", 1)} if found else set())


def test_without_pronouns_in_the_format_nothing_is_said(say: Say) -> None:
    assert say(*names("He and she and her")) == set()


def test_ten_thousand_comments_take_less_than_a_second(small: Any) -> None:
    """400 classes of 25; the comments are of different length and some name a classmate."""
    users, enrollments, rows = [small.read("users.csv")[0]], [small.read("enrollments.csv")[0]], [HEADER]
    classes = [small.read("classes.csv")[0]]
    for c in range(400):
        classes.append([f"k{c}", "", "", f"Class {c}", "", "course-c1", "", "scheduled", "", "255901001", "2021-fall",
                        "", "", ""])  # fmt: skip
        for n in range(25):
            person = f"k{c}-{n}"
            users.append([person, "", "", "true", "255901001", "student", "", "", f"Gi{c}ven{'abcdefghij'[n % 10]}",
                          f"Fam{'klmnopqrst'[c % 10]}{'abcdefghij'[n // 10]}ily", *[""] * 8])  # fmt: skip
            enrollments.append([f"e{person}", "", "", f"k{c}", "255901001", person, "student", "", "2021-08-23", ""])
            rows.append(
                [person, f"k{c}", "x", "", "en", f"Comment {c} {n}: a pleasure to teach, but work in {n} ways."]
            )
    for file, table in (("users.csv", users), ("enrollments.csv", enrollments), ("classes.csv", classes)):
        small.write(file, table)
    small.write(COMMENTS, rows)
    with duckdb.connect() as con:
        raw = read_raw(con, small.sources())
        create_views(con, raw.contracts, sizes_of(con, raw.contracts))
        specs = compile_specs(raw.contracts)
        taken = []
        for _ in range(3):  # the fastest counts: anything slower was the machine's other work
            start = perf_counter()
            check_comments(con, specs, raw.present, CheckParameters(cutoff=CUTOFF))
            taken.append(perf_counter() - start)
    assert len(rows) == 10_001
    assert min(taken) < 1, taken
