"""The school's words in `languages/<tag>.po`: read with care, and put where the report prints them."""

from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from termpost import flows
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.report import CategoryPart, Contact, Course, Phrase, Report, School, Student
from termpost.tasks.documents.locale.placeholders import refuse_unlike
from termpost.tasks.documents.words.report_words import printed_words, with_words
from termpost.tasks.documents.words.school_words import as_po, read_words
from termpost.tasks.render.languages import refuse_unreadable
from termpost.tasks.render.report_view import report_view_of

HEAD = 'msgid ""\nmsgstr ""\n"Language: es\\n"\n\n'


def home(folder: Path, body: str, head: str = HEAD) -> Path:
    (folder / "languages").mkdir()
    (folder / "languages" / "es.po").write_text(head + body, encoding="utf-8")
    return folder


def entry(kind: str, word: str, said: str) -> str:
    return f'msgctxt "{kind}"\nmsgid "{word}"\nmsgstr "{said}"\n\n'


def test_words_are_read_by_kind_and_a_region_falls_back(tmp_path: Path) -> None:
    body = entry("course", "Art", "Arte") + entry("part", "Art", "Plástica") + entry("term", "Fall", "")
    found = read_words(home(tmp_path, body), "es-US")
    assert found == {("course", "Art"): "Arte", ("part", "Art"): "Plástica"}
    assert read_words(tmp_path, "fr") == {}


@pytest.mark.parametrize(
    ("body", "head", "what", "place"),
    [
        (entry("course", "Art", "=HYPERLINK(1)"), HEAD, "formula", "languages/es.po line 5"),
        (entry("course", "Level {n}", "Nivel"), HEAD, "lacks {n}", "languages/es.po line 5"),
        (entry("course", "Art", "Arte {x}"), HEAD, "has a foreign {x}", "languages/es.po line 5"),
        (
            entry("course", "Art", "Arte") + entry("course", "Art", "Dibujo"),
            HEAD,
            "another translation",
            "es.po line 9",
        ),
        (entry("teacher", "Art", "Arte"), HEAD, "kind of word", "languages/es.po line 5"),
        (entry("course", "Art", "Arte"), HEAD.replace("es", "fr"), "in fr", "languages/es.po"),
        ("Art = Arte\n", HEAD, "no line of a gettext catalogue", "languages/es.po line 5"),
        (entry("course", "Art", "A" * 301), HEAD, "too long", "languages/es.po line 5"),
    ],
)
def test_what_is_wrong_is_one_line_with_file_and_place(
    body: str, head: str, what: str, place: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as refused:
        read_words(home(tmp_path, body, head), "es")
    assert what in refused.value.what
    assert place in refused.value.where
    assert "\n" not in str(refused.value)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    words = [("course", 'Say "hi" \\ go', "Di «hola»"), ("policy", "Grades", "")]
    (tmp_path / "languages").mkdir()
    (tmp_path / "languages" / "es.po").write_bytes(as_po("es", words, {"course": "a", "policy": "b"}))  # type: ignore[arg-type]
    assert read_words(tmp_path, "es") == {("course", 'Say "hi" \\ go'): "Di «hola»"}


def test_a_home_s_file_is_read_before_anything_is_taken_in(tmp_path: Path) -> None:
    settings = SimpleNamespace(institution=SimpleNamespace(languages=("en", "es")))
    school = SimpleNamespace(path=tmp_path, settings=settings, calendar=SimpleNamespace(country="US"))
    refuse_unreadable(school)  # type: ignore[arg-type]
    home(tmp_path, entry("course", "Art", "=1"))
    with pytest.raises(InputError, match="formula"):
        refuse_unreadable(school)  # type: ignore[arg-type]
    flow = (Path(flows.__path__[0]) / "prepare_reports.py").read_text(encoding="utf-8")
    assert "refuse_unrenderable(shared_home(run))" in flow.partition("pull(run")[0]  # which asks it


def test_one_of_our_own_sentences_that_lost_its_braces_is_refused() -> None:
    refuse_unlike(("{n} piece", "{n} pieces"), ("una", "{n} piezas"), "es")  # a plural form may say the number in words
    for said in ("faltan", "{nombre}"):
        with pytest.raises(InputError) as refused:
            refuse_unlike("{name} is missing", said, "templates/locales/es.po report.x")
        assert refused.value.code == "bad-placeholder"


def _report() -> Report:
    course = Course(
        class_id="alg", title="Algebra I", current=Decimal("87.5"), final=None, graded=4, missing=0, late=0,
        categories=(CategoryPart(title="Exams", percent=Decimal(80), marks=2),),
    )  # fmt: skip
    method = (Phrase(key="method.weighted", shares=(("Exams", Decimal(100)),)), Phrase(key="method.practice"))
    return Report.model_validate({
        "languages": ("en", "es"), "cycle_id": "c", "cycle_title": "Fall", "session_title": "Fall", "kind": "midterm",
        "cutoff": "2021-11-19", "version": 1, "school": School(name="N", institution="I"),
        "student": Student(name="Ana Art", number="1"), "courses": (course,), "attendance": None, "scale": (),
        "method": method, "query_until": "2022-01-05", "ask": Contact(name="Main office"),
    })  # fmt: skip


def test_a_report_prints_the_translation_and_the_gradebook_s_name_once_beside_it() -> None:
    report = _report()
    table = {
        ("course", "Algebra I"): "Álgebra I", ("part", "Exams"): "Exámenes", ("term", "Fall"): "Otoño",
        ("office", "Main office"): "Secretaría", ("course", "Band"): "Banda", ("course", "Ana Art"): "X",
    }  # fmt: skip
    made = with_words(report, {"en": {}, "es": table})  # type: ignore[dict-item]
    (words,) = made.words
    assert {word for _, word, _ in words.said} == {"Algebra I", "Exams", "Fall", "Main office"}  # what it prints
    sheet = report_view_of(made, "es")
    (row,) = sheet.courses
    assert (row.title, row.original) == ("Álgebra I", "Algebra I")
    assert row.categories[0].title == "Exámenes"
    assert "Exámenes 100" in sheet.method
    assert sheet.title.endswith("Otoño")
    assert "Secretaría" in sheet.ask
    assert sheet.student == "Ana Art"  # a name is no word of the school
    assert report_view_of(made, "en") == report_view_of(report, "en")
    assert report_view_of(made, "en").courses[0].original == ""
    assert with_words(report, {"en": {}, "es": {}}) == report
    assert ("office", "Main office") in printed_words(report)
