"""The languages of the papers: every sentence there, with its braces, in the plural forms of the language."""

import re
import string
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.languages import best_language, found_as
from termpost.schemas.documents.report import Report
from termpost.tasks.documents import wording
from termpost.tasks.documents.wording import LOCALES, languages, source, translator_for
from termpost.tasks.render.page import page_of
from termpost.tasks.render.pdf import make_pdf
from termpost.tasks.render.report_view import report_view_of, report_views

from tests.reading import page_texts

TRANSLATED = [tag for tag in languages() if tag != "en"]
OFFERED = ("en", "es", "zh-Hans", "ar")


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def forms_of(said: str | Sequence[str | None] | None) -> tuple[str, ...]:
    """One or more, as a catalogue has them; empty where it has none."""
    return (said or "",) if said is None or isinstance(said, str) else tuple(form or "" for form in said)


def messages(tag: str) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Context, English forms and translated forms of every sentence of a catalogue."""
    with (LOCALES / f"{tag}.po").open("rb") as file:
        for message in read_po(file):
            if message.id:
                yield message.context or "", forms_of(message.id), forms_of(message.string)


def test_the_six_languages_are_there() -> None:
    assert set(languages()) >= {"en", "es", "fr", "zh-Hans", "ar", "uk"}


@pytest.mark.parametrize("tag", TRANSLATED)
def test_every_sentence_is_translated_and_keeps_its_braces(tag: str) -> None:
    found = {context: (english, forms) for context, english, forms in messages(tag)}
    assert set(found) == set(source())
    for context, (english, forms) in found.items():
        text = source()[context]
        assert english == ((text,) if isinstance(text, str) else text), context
        for form in forms:
            assert form, context
            missing = fields(english[-1]) - fields(form)
            assert fields(form) <= fields(english[-1]), context
            assert not missing or (missing == {"n"} and len(forms) > 1), context


@pytest.mark.parametrize("tag", languages())
@pytest.mark.parametrize("n", [0, 1, 2, 3, 5, 11, 21, 100])
def test_a_count_is_said_with_its_number_in_every_plural_form(tag: str, n: int) -> None:
    said = translator_for(tag).plural("action", "hand_in", n, courses="")
    assert "{" not in said
    assert re.search(r"\d", said) is None or str(n) in said
    if n > 2:
        assert str(n) in said


def test_a_catalogue_that_lacks_a_sentence_is_refused_with_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (LOCALES / "es.po").read_text(encoding="utf-8")
    (tmp_path / "es.po").write_text(text.replace('msgstr "Informe final"', 'msgstr ""', 1), encoding="utf-8")
    monkeypatch.setattr(wording, "LOCALES", tmp_path)
    translator_for.cache_clear()
    try:
        with pytest.raises(InputError, match=r"1 sentences are not translated, the first is report.title_final"):
            translator_for("es")
    finally:
        translator_for.cache_clear()


@pytest.mark.parametrize("state", ["reviewed", "draft"])
def test_the_state_of_a_catalogue_is_read_from_its_header(
    state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (LOCALES / "es.po").read_text(encoding="utf-8")
    assert "X-Termpost-State: draft" in text
    (tmp_path / "es.po").write_text(text.replace("State: draft", f"State: {state}"), encoding="utf-8")
    monkeypatch.setattr(wording, "LOCALES", tmp_path)
    translator_for.cache_clear()
    try:
        assert translator_for("es").is_draft is (state == "draft")
    finally:
        translator_for.cache_clear()


def test_what_nobody_reviewed_ends_with_a_note_and_has_the_school_language_folded_on_the_page_alone(
    report: Report,
) -> None:
    first, second = report_views(report, "es")
    assert (first.language, second.language) == ("es", "en")
    assert [(said.language, said.direction) for said in first.note] == [("es", "ltr"), ("en", "ltr")]
    assert "(inglés)" in first.note[0].text
    assert "(English)" in first.note[1].text
    assert second == report_view_of(report, "en")
    assert second.note == ()
    page = page_of((first, second)).decode()
    assert page.count("<article") == 2
    assert page.index(first.note[1].text) < page.index('<details class="second">') < page.index('<article lang="en"')
    assert "<details open" not in page
    assert re.search(r"@media print \{.*\.second \{ display: none; \}", page, re.DOTALL)
    paper = " ".join(" ".join(page_texts(make_pdf(report, "es"))).split())
    assert first.note[1].text in paper
    assert translator_for("en").labels("report")["do_now"] not in paper


def test_a_language_that_the_school_trusts_is_one_copy_without_a_note(report: Report) -> None:
    trusted = report.model_copy(update={"reviewed": ("es",)})
    for said, language in ((report, "en"), (trusted, "es"), (trusted, "es-MX")):
        (only,) = report_views(said, language)
        assert only.note == ()
        assert "<details" not in page_of([only]).decode()
    assert len(report_views(trusted, "ar")) == 2
    own = report.model_copy(update={"languages": ("es",)})
    assert len(report_views(own, "es")) == 1  # the school's own is no translation


@pytest.mark.parametrize(
    ("asked", "served"),
    [("es-MX", "es"), ("zh", "zh-Hans"), ("zh-CN", "zh-Hans"), ("zh-TW", "en"), ("ar-EG", "ar"), ("EN-us", "en"),
     ("vi", "en"), (None, "en"), ("", "en"), ("not a tag", "en"), ("tlh", "en")],
)  # fmt: skip
def test_a_person_gets_the_language_that_serves_or_the_school_s(asked: str | None, served: str) -> None:
    assert best_language(asked, OFFERED) == served


def test_a_regional_tag_is_served_by_itself_first() -> None:
    assert found_as("pt-BR", ("pt", "pt-BR")) == "pt-BR"
    assert found_as("pt-PT", ("pt-BR", "pt")) == "pt"
    assert found_as("pt-PT", ("pt-BR",)) is None


def test_numbers_dates_and_lists_follow_the_language(full_report: Report) -> None:
    spanish, arabic, chinese = (report_view_of(full_report, tag) for tag in ("es", "ar", "zh-Hans"))
    assert spanish.courses[0].grade.text == "87,50\u00a0%"
    assert "19 de noviembre de 2021" in {fact.value.text for fact in spanish.facts}
    assert "2021年11月19日" in {fact.value.text for fact in chinese.facts}
    assert arabic.direction == "rtl"
    assert arabic.contact[1].address == "\u200e555-0142\u200e"  # else it turns round: 0142-555
    assert ". " not in chinese.method
    assert "español" in spanish.other_ways
    assert "العربية" in spanish.other_ways


def test_a_comment_is_marked_where_it_is_in_another_language_than_the_sheet(full_report: Report) -> None:
    for tag, notes in (("en", ["", "written in Spanish"]), ("es", ["escrito en inglés", ""])):
        sheet = report_view_of(full_report, tag)
        found = [c.comment for c in sheet.courses if c.comment]
        assert [comment.language for comment in found] == ["en", "es"]
        assert [bool(comment.note) for comment in found] == [bool(note) for note in notes], tag
    assert report_view_of(full_report, "en").courses[4].comment.note == "written in Spanish"  # type: ignore[union-attr]
