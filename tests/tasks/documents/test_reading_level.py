"""What families read is plain: by grade of school, by the words it uses, and with a note for whoever translates it."""

import re
import string
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
import textstat
from babel.messages.pofile import read_po
from termpost.tasks.documents.wording import SOURCE, source

MOST, MOST_OF_ONE = 6.0, 9.0  # Flesch-Kincaid grade of a table as a whole, and of a single sentence
LEAST_WORDS = 4  # fewer are a label
# who reads these is not staff
FAMILIES = ("report", "absent", "summary", "verdict", "action", "attendance", "course", "decided", "reason", "method",
            "letter", "sealed", "taken_back", "notice", "schedule", "conference", "feedback_form", "code_letter",
            "sample", "dispute", "plain", "plain_letter", "records")  # fmt: skip
# a sentence that is harder than MOST_OF_ONE, and the law or policy whose words it has to use: none so far
EXCEPTIONS: dict[str, str] = {}
# each has a plain word: so far, grade, locked, page, term, average, counts for a share, answer
JARGON = re.compile(
    r"\b(current|final|sealed?|portal|renditions?|sessions?|cycles?|cut-?off|weighted|mean of|imported|computed"
    r"|recipients?|line items?|quarantined?|aggregate|invented|version 1)\b",
    re.IGNORECASE,
)
PLAIN_THERE = {"report.title_final", "schedule.kind_final"}  # the school's own name for its last report of a year
VALUES = defaultdict(
    lambda: "Art", n="3", old="1", day="May 3", days="3", dates="May 3 to June 9", until="May 9", percent="60%",
    lower="70%", line="C (70%)", name="Ana Ruiz", school="Oak School", language="Spanish", email="a@oak.example",
    shares="Tests 60% and Essays 40%", reason="A mark was fixed.", steps="A from 90%", score="8", possible="10",
    missing="Two pieces of work are missing", late="one piece came late", place="3", of="20", gpa="3.4", page="1",
)  # fmt: skip


class _Filled(string.Formatter):
    def get_value(self, key: int | str, *_: object) -> str:
        return VALUES[str(key)]


@cache
def sentences() -> dict[str, list[tuple[str, str]]]:
    """Table → context and sentence, filled with plain values."""
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for context, text in source().items():
        said = _Filled().format(text if isinstance(text, str) else text[1])
        for one in re.split(r"(?<=[.?!])\s+", said):
            if len(one.split()) >= LEAST_WORDS:
                found[context.partition(".")[0]].append((context, one if one[-1] in ".?!" else f"{one}."))
    return dict(found)


@pytest.mark.parametrize("table", FAMILIES)
def test_families_read_at_grade_six(table: str) -> None:
    told = sentences()[table]
    assert textstat.flesch_kincaid_grade(" ".join(one for _, one in told)) <= MOST
    hard = {context: one for context, one in told if textstat.flesch_kincaid_grade(one) > MOST_OF_ONE}
    assert not hard.keys() - EXCEPTIONS.keys(), hard


def test_the_measure_finds_what_is_hard() -> None:
    hard = "Notwithstanding administrative considerations, institutional determinations remain provisional."
    assert textstat.flesch_kincaid_grade(hard) > MOST_OF_ONE


def test_no_word_of_the_trade_is_left_where_families_read() -> None:
    told = {
        context: text
        for context, said in source().items() if context.partition(".")[0] in FAMILIES and context not in PLAIN_THERE
        for text in ((said,) if isinstance(said, str) else said) if JARGON.search(re.sub(r"\{\w+\}", "", text))
    }  # fmt: skip
    assert not told


def test_each_sentence_has_a_note_and_a_picture_for_its_translator() -> None:
    with SOURCE.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    for message in messages:
        note = " ".join(message.auto_comments)
        assert re.search(r"\bPicture: [a-z-]+\b", note), message.context
        assert len(note.partition("Picture:")[0].strip()) > 20, message.context
        text = message.id if isinstance(message.id, str) else message.id[-1]
        for _, name, _, _ in string.Formatter().parse(text):
            assert not name or f"{{{name}}}" in note, f"{message.context} says nothing of {{{name}}}"
    contexts = re.findall(r'^msgctxt "(.*)"$', Path(SOURCE).read_text(encoding="utf-8"), re.MULTILINE)
    assert len(set(contexts)) == len(contexts), "a sentence stands twice"
