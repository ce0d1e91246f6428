"""The papers beside the report: accessible, the same every time, and no name is ever markup."""

import stat
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.comments import BankSentence, CommentPart
from termpost.schemas.documents.report import Comment, Contact, Report, ReportLayout, TrendPoint
from termpost.schemas.settings.channels import ChannelSettings, Print
from termpost.schemas.settings.code_settings import CodeSettings
from termpost.schemas.settings.settings import Institution, Settings
from termpost.tasks.home.home import Home
from termpost.tasks.papers.class_list import make_class_list
from termpost.tasks.papers.code_letter import CodeLetter, make_code_letters
from termpost.tasks.papers.conference import MOST_WORK, make_conference_sheets
from termpost.tasks.papers.desk import PAPERS, Asked, make_paper
from termpost.tasks.papers.feedback_form import make_feedback_form
from termpost.tasks.render.layouts import laid_out
from termpost.tasks.runtime.private_files import write_private

from tests.reading import seen_lines
from tests.tasks.papers.paperwork import CYCLE, MARKUP, assert_accessible, flat, texts

pytestmark = pytest.mark.needs("qpdf", "pdftotext")

TODAY = date(2021, 12, 17)
CODE = "2345-BFGH-7JKM-8QRS-T"  # begins with figures
SETTINGS = Settings(institution=Institution(name="Lakeside District"))
ON_A4 = SETTINGS.model_copy(update={"channels": ChannelSettings(print=Print(envelope="DL"))})
LETTER = CodeLetter(
    language="en", recipient_name="Elena Lindqvist",
    address=("1184 Old Road", "Harbour View, TX 77550"), school="Harbour High", code="ABCD-EFGH-JKMN-PQRS-T",
)  # fmt: skip
ASKED = {
    "class-list": Asked(CYCLE), "conference-sheet": Asked(CYCLE, class_id="math"), "code-letter": Asked(CYCLE),
    "feedback-form": Asked(CYCLE), "sample-report": Asked(), "schedule": Asked(),
    "family-guide": Asked(), "privacy": Asked(), "procedure": Asked(),
}  # fmt: skip


def starts(pdf: bytes) -> list[int]:
    """The pages that begin a part, counted from 1; blank backs are not read."""
    return [number for number, page in enumerate(texts(pdf), 1) if "Page 1 of" in page]


# that of the other parent needs a request: tests/tasks/records/test_parents_apart.py
@pytest.mark.parametrize("name", [name for name in PAPERS if name != "other-parent"])
def test_every_paper_is_accessible_and_the_same_each_time(home: Home, name: str) -> None:
    made = make_paper(home, name, ASKED[name])
    assert_accessible(made)
    assert make_paper(home, name, ASKED[name]) == made


@pytest.mark.parametrize("settings", [SETTINGS, pytest.param(ON_A4, marks=pytest.mark.soak)], ids=["letter", "a4"])
def test_a_class_of_forty_with_long_names_lists_everyone(settings: Settings, renamed: Callable[..., Report]) -> None:
    long = "Wolfeschlegelsteinhausenbergerdorff " * 3
    reports = [renamed(f"Student{n} {long}", f"{n:06}") for n in range(40)]
    assert_accessible(make_conference_sheets(settings, reports[:1]))  # the outline has the name too
    made = make_class_list(settings, [("Harbour High", reports)])
    assert_accessible(made)
    said = flat(texts(made))
    assert all(f"{n:06}" in said for n in range(40))
    assert said.count("She asks good questions.") == 40
    first, second = starts(made)  # two classes
    assert (first, second % 2) == (1, 1)  # each on a fresh sheet


def test_the_back_between_two_classes_is_empty(report: Report) -> None:
    made = make_class_list(SETTINGS, [("Harbour High", [report])])
    assert [bool(page.strip()) for page in texts(made)] == [True, False, True]


def test_one_class_can_be_asked_for_and_an_unknown_one_is_refused(report: Report) -> None:
    made = make_class_list(SETTINGS, [("Harbour High", [report])], "art")
    assert "Algebra" not in flat(texts(made))
    assert "– no grade yet" in flat(texts(made))
    with pytest.raises(InputError) as refused:
        make_class_list(SETTINGS, [("Harbour High", [report])], "nowhere")
    assert refused.value.code == "unknown-class"


def test_a_conference_sheet_is_one_page_with_trend_work_and_comment(report: Report) -> None:
    algebra, *others = report.courses
    assert algebra.current is not None
    before = TrendPoint(day=date(2021, 6, 4), percent=algebra.current + Decimal("2.5"))
    told = report.model_copy(update={"courses": (algebra.model_copy(update={"trend": (before,)}), *others)})
    (page,) = texts(make_conference_sheets(SETTINGS, [told]))
    said = flat([page])
    for words in ("down 2.5 points", "Algebra I: Essay (Missing)", "She asks good questions.", "What we agree on",
                  "– nothing yet", "– no attendance record", "Parent or guardian"):  # fmt: skip
        assert words in said


@pytest.mark.parametrize("layout", ["full", "narrative"])
def test_what_is_said_under_headings_is_on_the_papers_too_and_no_grade_of_a_report_without(
    report: Report, layout: ReportLayout
) -> None:
    sings = BankSentence(code="X1", texts=(("en", "{name} sings in {course}."),))
    parts = (CommentPart(kind="strength", sentences=(sings,)), CommentPart(kind="next_step", text="Read aloud."))
    said = report.courses[0].model_copy(update={"comment": Comment(text="", parts=parts)})
    made = laid_out(report.model_copy(update={"courses": (said, *report.courses[1:])}), layout)
    for paper in (make_class_list(SETTINGS, [("Harbour High", [made])]), make_conference_sheets(SETTINGS, [made])):
        text = flat(texts(paper))
        assert f"What goes well: {made.student.called} sings in Algebra I." in text
        assert "Next step: Read aloud." in text
        assert ("87.5%" in text) == (layout == "full")
        assert ("no grade" in text) == (layout == "full")


def test_long_lists_of_work_are_cut_with_a_count(report: Report) -> None:
    course = report.courses[0].model_copy(update={"work": report.courses[0].work * (MOST_WORK + 3)})
    many = report.model_copy(update={"courses": (course,)})
    said = flat(texts(make_conference_sheets(SETTINGS, [many])))
    assert said.count("Essay (Missing)") == MOST_WORK
    assert "3 more pieces are listed in the report." in said


def test_whose_report_is_out_is_shown_as_released_whatever_came_later(home: Home) -> None:
    released = flat(texts(make_paper(home, "conference-sheet", Asked(CYCLE, student="s01"))))
    assert "61%" in released
    assert "41%" not in released
    assert "40%" in flat(texts(make_paper(home, "conference-sheet", Asked(CYCLE, student="s00"))))


def test_names_and_titles_are_never_markup(renamed: Callable[..., Report]) -> None:
    named = renamed(MARKUP, "1")
    odd = named.model_copy(update={"courses": (named.courses[0].model_copy(update={"title": MARKUP}),)})
    papers = (
        make_class_list(SETTINGS, [(MARKUP, [odd])]),
        make_conference_sheets(SETTINGS, [odd]),
        make_code_letters(SETTINGS, [LETTER.model_copy(update={"recipient_name": MARKUP})], TODAY),
    )
    for paper in papers:
        assert MARKUP in flat(texts(paper))


def test_the_code_letter_has_the_code_and_no_student(home: Home) -> None:
    made = make_paper(home, "code-letter", Asked(CYCLE, student="s03"))
    (letter,) = texts(made)
    assert "Mothers03 Grown" in letter
    assert "https://portal.grand-bend.example" in letter
    assert not any(word in letter for word in ("Givens03", "Class math", "%"))
    pages = texts(make_paper(home, "code-letter", Asked(CYCLE)))
    assert len(pages) == 2 * 12 - 1  # twelve letters, each on a sheet of its own


def test_what_starts_with_a_figure_stands_upright_in_arabic(report: Report) -> None:
    """A code, an address and a phone number that turn round within the line cannot be typed, found or called."""
    ask = Contact(name="Office", phone="+1 555 0142")
    arabic = SETTINGS.model_copy(update={"institution": Institution(name="Lakeside", languages=("ar",), ask=ask)})
    letter = LETTER.model_copy(
        update={"language": "ar", "address": ("10 Old Road", "77550 Harbour View"), "code": CODE}
    )
    seen = " ".join(seen_lines(make_code_letters(arabic, [letter], TODAY)))
    for upright in (CODE, "10OldRoad", "77550HarbourView", "+15550142"):
        assert upright in seen
    course = report.courses[0].model_copy(update={"title": "10 Science"})
    taught = report.model_copy(update={"courses": (course,), "cycle_title": "2021-2022 Fall", "languages": ("ar",)})
    seen = " ".join(seen_lines(make_conference_sheets(arabic, [taught])))
    assert "10Science" in seen
    assert "2021-2022Fall" in seen


def test_without_a_portal_the_code_letter_has_no_square() -> None:
    (letter,) = texts(make_code_letters(SETTINGS, [LETTER], TODAY))
    assert "open the page or file that it sends" in flat([letter])
    assert "ABCD-EFGH-JKMN-PQRS-T" in letter


def test_the_feedback_form_is_one_page_and_says_until_when(home: Home) -> None:
    (form,) = texts(make_paper(home, "feedback-form", Asked(CYCLE)))
    assert "by December 28, 2021" in flat([form])
    assert "within 5 working days" in flat([form])
    (anytime,) = texts(make_paper(home, "feedback-form", Asked()))
    assert "2021" not in anytime


def test_every_page_of_the_sample_says_that_it_is_one(home: Home) -> None:
    pages = texts(make_paper(home, "sample-report", Asked()))
    assert pages
    assert all("SAMPLE – a made-up student" in page for page in pages)


@pytest.mark.parametrize(
    ("name", "asked", "code"),
    [
        ("class-list", Asked(), "missing-option"),
        ("class-list", Asked("2021-fall-midterm"), "not-prepared"),
        ("class-list", Asked("2021-fal-final"), "unknown-cycle"),
        ("class-list", Asked(CYCLE, class_id="zzz"), "unknown-class"),
        ("class-list", Asked(CYCLE, student="s01"), "needless-option"),
        ("conference-sheet", Asked(CYCLE), "nobody-asked"),
        ("conference-sheet", Asked(CYCLE, class_id="math", student="s01"), "needless-option"),
        ("conference-sheet", Asked(CYCLE, student="nobody"), "unknown-person"),
        ("conference-sheet", Asked(CYCLE, student="m-s01"), "no-report"),
        ("conference-sheet", Asked(CYCLE, class_id="zzz"), "unknown-class"),
        ("code-letter", Asked(CYCLE, student="m-s01"), "nobody-to-write-to"),
        ("sample-report", Asked(CYCLE), "needless-option"),
        ("feedback-form", Asked("2021-fal-final"), "unknown-cycle"),
    ],
)
def test_what_is_asked_for_wrong_is_refused_by_name(home: Home, name: str, asked: Asked, code: str) -> None:
    with pytest.raises(InputError) as refused:
        make_paper(home, name, asked)
    assert refused.value.code == code


def test_where_codes_are_only_handed_over_no_letter_is_made_and_slips_are_named(home: Home) -> None:
    only = Home(home.path, home.clock, home.environ)
    vars(only)["settings"] = home.settings.model_copy(update={"codes": CodeSettings()})
    with pytest.raises(InputError, match="codes issue") as refused:
        make_paper(only, "code-letter", Asked(CYCLE))
    assert (refused.value.code, refused.value.where) == ("not-that-way", "paper code-letter")


def test_a_paper_is_for_its_owner_only_and_replaces_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(b"before")
    path.chmod(0o644)
    write_private(path, b"now")
    assert path.read_bytes() == b"now"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_takes_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "missing" / "paper.pdf", tmp_path / "folder"):
        with pytest.raises(InputError) as refused:
            write_private(path, b"now")
        assert refused.value.code == "not-writable"
    assert [entry.name for entry in tmp_path.iterdir()] == ["folder"]


def test_a_form_for_one_person_has_their_number_and_the_box_only_where_the_school_asks() -> None:
    asking = SETTINGS.model_copy(update={"feedback": SETTINGS.feedback.model_copy(update={"acknowledge": True})})
    numbers = ("W4TK-7QXE-9RM", "J72Q-N5AR-PHY")
    for settings, is_asked in ((SETTINGS, False), (asking, True)):
        made = make_feedback_form(settings, None, date(2021, 12, 17), "US", ("en", "en"), numbers)
        assert_accessible(made)
        pages = [flat([page]) for page in texts(made) if page.strip()]
        assert [number in page for number in numbers for page in pages] == [True, False, False, True]
        assert all(("I have read the report" in page) == is_asked for page in pages)
