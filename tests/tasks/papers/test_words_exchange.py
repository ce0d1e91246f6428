"""The school's words out as a workbook or a catalogue, and back."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from termpost.schemas.base.errors import InputError
from termpost.tasks.documents.words.school_words import read_words
from termpost.tasks.home.home import Home
from termpost.tasks.papers.words import exchange
from termpost.tasks.papers.words.exchange import export_words, import_words, words_of

from tests.tasks.papers.paperwork import CYCLE

PRINTED = frozenset({("course", "Algebra I"), ("course", "=Art & <Craft>"), ("term", "Fall")})


@dataclass(frozen=True)
class _Folder:
    """As much of a home as the exchange needs."""

    path: Path

    @property
    def settings(self) -> Any:
        return SimpleNamespace(institution=SimpleNamespace(languages=("en", "es")))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(exchange, "words_of", lambda *_: PRINTED)
    return _Folder(tmp_path)


def retold(data: bytes, before: str, after: str) -> bytes:
    """A workbook with something else in its sheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            assert before in text or "sheet1" not in name
            new.writestr(name, text.replace(before, after, 1))
    return out.getvalue()


CELL = '<c r="C{row}" t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c>'


def test_the_words_of_the_prepared_reports_are_found(home: Home) -> None:
    found = words_of(home, CYCLE)
    assert {kind for kind, _ in found} >= {"course", "term", "office"}
    assert not any("Mothers" in word or "Grown" in word for _, word in found)  # nobody's name
    assert words_of(home, None) == found


@pytest.mark.parametrize("ending", [".xlsx", ".po"])
def test_what_goes_out_comes_back_the_same(ending: str, folder: Any) -> None:
    (folder.path / "languages").mkdir()
    old = 'msgid ""\nmsgstr ""\n"Language: es\\n"\n\nmsgctxt "course"\nmsgid "Algebra I"\nmsgstr "Álgebra I"\n'
    (folder.path / "languages/es.po").write_text(old, encoding="utf-8")
    file = folder.path / f"words{ending}"
    made = export_words(folder, "es", file, None)
    assert (made.words, made.lacking) == (3, 2)
    assert export_words(folder, "es", file, None) == made
    file.write_bytes(made.data)
    assert import_words(folder, file) == ("es", 1)
    assert read_words(folder.path, "es") == {("course", "Algebra I"): "Álgebra I"}


def test_a_workbook_s_translations_are_kept_beside_those_there_were(folder: Any) -> None:
    file = folder.path / "words.xlsx"
    data = export_words(folder, "es", file, None).data
    file.write_bytes(retold(data, CELL.format(row=4, said=""), CELL.format(row=4, said="Otoño")))
    assert import_words(folder, file, "es") == ("es", 1)
    assert read_words(folder.path, "es") == {("term", "Fall"): "Otoño"}
    file.write_bytes(retold(data, CELL.format(row=3, said=""), CELL.format(row=3, said="Álgebra")))
    assert import_words(folder, file) == ("es", 2)


@pytest.mark.parametrize(
    ("before", "after", "code", "what", "place"),
    [
        (CELL.format(row=3, said=""), '<c r="C3"><f>1+1</f><v>2</v></c>', "bad-words", "formula", "words.xlsx cell C3"),
        (CELL.format(row=3, said=""), CELL.format(row=3, said="@SUM(A1)"), "bad-words", "formula", "words.xlsx row 3"),
        (">Fall<", ">Autumn<", "bad-words", "no report prints", "words.xlsx row 4"),
        ("translation es", "translation fr", "wrong-language", "in fr", "words.xlsx"),
        ("translation es", "Spanish", "bad-words", "first row", "words.xlsx row 1"),
    ],
)
def test_a_row_that_is_wrong_takes_nothing_in(
    before: str, after: str, code: str, what: str, place: str, folder: Any
) -> None:
    file = folder.path / "words.xlsx"
    said = retold(
        export_words(folder, "es", file, None).data, CELL.format(row=4, said=""), CELL.format(row=4, said="O")
    )
    file.write_bytes(retold(said, before, after))
    with pytest.raises(InputError) as refused:
        import_words(folder, file)
    assert refused.value.code == code
    assert what in refused.value.what
    assert refused.value.where == place
    assert not (folder.path / "languages").exists()


def test_a_language_that_the_school_does_not_offer_is_refused(folder: Any) -> None:
    with pytest.raises(InputError, match="offers no reports in vi"):
        export_words(folder, "vi", folder.path / "words.po", None)
