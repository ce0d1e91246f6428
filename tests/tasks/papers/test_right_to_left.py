"""Figures and Latin letters among Arabic ones, read back by where each glyph stands: nobody can dial a number turned
round. PDFium gives brackets back as it thinks they were meant, so they are compared without their sides."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from termpost.schemas.documents.letter import Letter
from termpost.schemas.documents.report import Contact, Course, PolicyLink, Report, School, Student
from termpost.schemas.settings.language_settings import LanguageSettings
from termpost.schemas.settings.settings import Institution, Settings
from termpost.tasks.channels.print.envelope import make_envelope
from termpost.tasks.documents.locale.direction import isolated
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.documents.words.translation_note import note_of
from termpost.tasks.papers.class_list import make_class_list
from termpost.tasks.papers.code_letter import CodeLetter, make_code_letters
from termpost.tasks.papers.code_slip import make_code_slips
from termpost.tasks.papers.conference import make_conference_sheets
from termpost.tasks.papers.feedback_form import make_feedback_form
from termpost.tasks.render.pdf import make_pdf

from tests.reading import page_texts, seen_lines

TODAY = date(2022, 1, 5)
PHONE, MAIL, CODE, SCHOOL = (
    "+1 (312) 555-0142",
    "office@schools.example.org",
    "ABCD-EFGH-JKMN-PQRS-T",
    "Harbour High (9-12)",
)
ASK = Contact(name="School Office", email=MAIL, phone=PHONE)
LINK = "https://portal.example.org/a/"
ENGLISH = Settings(institution=Institution(name=SCHOOL, languages=("en", "ar", "zh-Hans", "es"), ask=ASK))
ARABIC = Settings(institution=Institution(name=SCHOOL, languages=("ar",), ask=ASK))
DAY = "2021ربمفون19"  # the day first from the right: 19 نوفمبر 2021


def _course(title: str, letter: str) -> Course:
    return Course(class_id=title, title=title, current=Decimal("88.5"), final=None, letter=letter, graded=5, missing=0,
                  late=0, teachers=("Ines Okafor",))  # fmt: skip


REPORT = Report(
    languages=("ar",), cycle_id="c", cycle_title="Midterm, 2021-2022", session_title="F", kind="midterm",
    cutoff=date(2021, 11, 19), version=1, school=School(name=SCHOOL, institution=SCHOOL),
    student=Student(name="Layla Haddad", number="604821", grade_level="9-B"),
    courses=(_course("Algebra I (Honors)", "B+"), _course("10 Science", "A−")), attendance=None, scale=(), method=(),
    query_until=TODAY, ask=ASK, policies=(PolicyLink(title="Grading (K-12)", version="2021-1", url=LINK),),
)  # fmt: skip


def _letter(language: str, name: str) -> CodeLetter:
    return CodeLetter(language=language, recipient_name=name, address=("10 Old Road",), school=SCHOOL, code=CODE)


def _envelope() -> bytes:
    letter = Letter(
        language="ar", recipient_name="Layla Haddad", address=("10 Old Road",), school=REPORT.school, return_address=(),
        cycle_title="Midterm, 2021-2022", students=("Sami Haddad (Sam)",), link=LINK, query_until=date(2021, 11, 19),
        ask=ASK, note=note_of(ENGLISH, "ar"),
    )  # fmt: skip
    return make_envelope(letter, [make_pdf(REPORT, "ar")])


def _seen(pdf: bytes) -> str:
    return "\n".join(seen_lines(pdf)).translate(str.maketrans("()[]", "||||"))


def _as_seen(text: str) -> str:
    return text.replace(" ", "").translate(str.maketrans("()[]", "||||"))


@pytest.mark.parametrize(
    ("made", "upright"),
    [
        pytest.param(lambda: make_code_letters(ENGLISH, [_letter("ar", "Layla Haddad")], TODAY),
                     (PHONE, MAIL, CODE, SCHOOL, "10 Old Road"), id="code letter"),
        pytest.param(_envelope, (PHONE, MAIL, LINK, SCHOOL, "Midterm, 2021-2022", "Sami Haddad (Sam)", DAY),
                     id="envelope"),
        pytest.param(lambda: make_feedback_form(ENGLISH, None, TODAY, languages=("ar",)), (PHONE, MAIL), id="form"),
        pytest.param(lambda: make_pdf(REPORT, "ar"),
                     (PHONE, MAIL, SCHOOL, "B+", "A−", "88.5%", "9-B", "Algebra I (Honors)", "10 Science", "2021-1",
                      LINK, "Grading (K-12)", DAY), id="report"),
        pytest.param(lambda: make_conference_sheets(ARABIC, [REPORT]),
                     ("B+", "A−", "88.5%", "9-B", "Algebra I (Honors)", "10 Science", DAY), id="conference sheet"),
        pytest.param(lambda: make_class_list(ARABIC, [(SCHOOL, [REPORT])]),
                     ("B+", "A−", "88.5%", "Algebra I (Honors)", SCHOOL, DAY), id="class list"),
    ],
)  # fmt: skip
def test_what_runs_from_left_to_right_is_seen_so_among_arabic_letters(
    made: Callable[[], bytes], upright: tuple[str, ...]
) -> None:
    seen = _seen(made())
    assert [text for text in upright if _as_seen(text) not in seen] == []


def test_each_code_letter_is_in_its_recipient_s_language_in_one_file() -> None:
    names = {"ar": "Layla Haddad", "en": "Ann Lee", "zh-Hans": "Wei Chen", "es": "Ana Paz"}
    made = make_code_letters(ENGLISH, [_letter(tag, name) for tag, name in names.items()], TODAY)
    pages = [" ".join(page.split()) for page in page_texts(made) if page.strip()]
    assert len(pages) == len(names)
    for page, tag in zip(pages, ("ar", "en", "zh-Hans", "es"), strict=True):
        own = translator_for(tag)
        if tag in ("en", "es"):
            assert own.text("code_letter", "how_title") in page
        assert (translator_for("en").text("code_letter", "how_title") in page) is (tag == "en")
        assert ("Nobody has read this translation" in page) is (tag != "en")
    assert "使用方法" in pages[2]
    trusting = ENGLISH.model_copy(update={"languages": LanguageSettings(reviewed=("ar", "es", "zh-Hans"))})
    assert not any(
        "Nobody has read" in page for page in page_texts(make_code_letters(trusting, [_letter("es", "A")], TODAY))
    )


def test_a_slip_ends_with_the_note_where_nobody_has_reviewed_its_language() -> None:
    spoken = ("es", "en")
    made = [
        text
        for text in page_texts(make_code_slips(ENGLISH, [_letter(tag, "A") for tag in spoken], TODAY))
        if text.strip()
    ]
    assert ["Nobody has read" in text for text in made] == [True, False]  # a sheet each, the note and all
    trusting = ENGLISH.model_copy(update={"languages": LanguageSettings(reviewed=("es",))})
    assert "Nobody has read" not in "".join(page_texts(make_code_slips(trusting, [_letter("es", "A")], TODAY)))


LONG = "Maximiliana Wolfeschlegelsteinhausenbergerdorff"


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_name_with_a_word_as_long_as_a_line_is_a_heading_too(language: str) -> None:
    """A heading has its words for the outline, which what depends on its place has not."""
    named = REPORT.model_copy(update={"student": REPORT.student.model_copy(update={"name": LONG})})
    own = Settings(institution=Institution(name=SCHOOL, languages=(language,), ask=ASK))
    course = named.courses[0].model_copy(update={"title": LONG, "teachers": ("ليلى حداد",)})
    for made in (
        make_pdf(named, language), make_conference_sheets(own, [named]),
        make_class_list(own, [(SCHOOL, [named.model_copy(update={"courses": (course,)})])]),
        make_code_slips(own, [_letter(language, LONG)], TODAY),
    ):  # fmt: skip
        assert LONG.split()[1][:20] in "".join(page_texts(made)).replace("\n", "").replace(" ", "")


def test_a_form_in_all_languages_is_a_page_in_each() -> None:
    pages = page_texts(make_feedback_form(ENGLISH, None, TODAY, languages=ENGLISH.institution.languages))
    assert [bool(page.strip()) for page in pages] == [True, False] * 3 + [True]


@pytest.mark.parametrize(
    ("value", "direction", "set_as"),
    [("B+", "rtl", "\u200f\u200eB+\u200e\u200f"), (PHONE, "rtl", f"\u200f\u200e{PHONE}\u200e\u200f"),
     ("87.5%", "rtl", "87.5%"), ("19 نوفمبر 2021", "rtl", "19 نوفمبر 2021"), ("B+", "ltr", "B+"),
     ("Ångström", "ltr", "Ångström"), ("نور", "ltr", "\u200e\u200fنور\u200f\u200e"),
     ("مدرسة Lake", "rtl", "\u200fمدرسة Lake\u200f")],
)  # fmt: skip
def test_a_value_is_set_apart_where_it_could_turn_round(value: str, direction: str, set_as: str) -> None:
    assert isolated(value, direction) == set_as
    assert isolated(set_as, direction) == set_as


def test_every_value_of_a_sentence_is_set_apart_whoever_fills_it_in() -> None:
    said = translator_for("ar").text("letter", "contact", label="هاتف", value=PHONE)
    assert f"\u200f\u200e{PHONE}\u200e\u200f" in said
    assert "\u2068" not in said  # `visible` would take an isolate out
