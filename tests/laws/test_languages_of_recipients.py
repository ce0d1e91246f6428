"""Two parents of one child may read two languages: each gets report, page around it and letter in their own."""

from collections import defaultdict
from pathlib import Path

import pytest
from termpost.schemas.documents.pack import ChosenEnvelopes
from termpost.tasks.channels.portal.reopen import reopen_sealed
from termpost.tasks.channels.print.print_run import PrintWish, print_packs
from termpost.tasks.documents.pdf_text import read_pages
from termpost.tasks.documents.words.school_words import WordKind, as_po
from termpost.tasks.home.recipient_codes import code_of

from tests.school import CYCLE, FATHER, LISA, MOTHER, OTHER, Prepared, School, new_school, small_extract

TERM = "2021-2022 Fall Semester"


def write_words(home: Path, said: dict[tuple[WordKind, str], str]) -> None:
    words = ((kind, word, translation) for (kind, word), translation in said.items())
    (home / "languages").mkdir()
    (home / "languages" / "es.po").write_bytes(as_po("es", words, defaultdict(str)))


def sealed(school: School, contact: str) -> bytes:
    (key,) = school.store.list(f"sealed/{school.ref(contact)}/")
    return school.store.get(key)


def envelope(school: School, contact: str) -> str:
    (key,) = (k for k in school.store.list("print/") if school.ref(contact) in k)
    return read_pages(school.store.get(key))[0].text


def test_each_recipient_gets_every_paper_in_their_language(tmp_path: Path) -> None:
    school, extract = new_school(tmp_path / "home"), small_extract(tmp_path / "x")
    for contact, language in ((MOTHER, "es-MX"), (FATHER, "ar"), (OTHER, "vi")):
        extract.change("supplement/contacts.csv", {"contactSourcedId": contact}, preferredLanguage=language)
    write_words(school.home, {("office", "Grand Bend High School Office"): "Oficina", ("term", TERM): "Otoño de 2021"})
    school.prepare(extract)
    names = {key.rpartition("/")[2] for key in school.store.list(f"reports/255901001/{CYCLE}/")}
    assert {"report.en.pdf", "report.es.pdf", "report.ar.html"} <= names
    assert not {name for name in names if name.startswith("report.vi")}
    school.release()

    for contact, language, word in (
        (MOTHER, "es", "Código de acceso"),
        (FATHER, "ar", "رمز"),
        (OTHER, "en", "Access code"),
    ):
        page = sealed(school, contact)
        assert f'<html lang="{language}"' in page.decode()
        assert word in page.decode()
        opened = reopen_sealed(page, code_of(school.open(), school.ref(contact)))
        assert len(opened) == (2 if contact == MOTHER else 1)
        for part in opened:
            assert f'<html lang="{language}"' in part.page.decode()
    spanish, english = envelope(school, MOTHER), envelope(school, OTHER)
    assert "Saludos" in spanish
    assert "Otoño de 2021" in spanish  # the school's words too
    assert TERM not in spanish
    assert ("Dear" in english, TERM in english) == (True, True)
    print_packs(school.open(), PrintWish(CYCLE, ChosenEnvelopes()), tmp_path / "out", "operator")
    packed = " ".join(page.text for page in read_pages((tmp_path / "out" / "pack-01.pdf").read_bytes()))
    assert "Envíe sus preguntas a Oficina" in " ".join(packed.split())
    assert school.ref(LISA)


@pytest.mark.soak
def test_a_language_that_is_no_longer_offered_falls_back_to_the_school_s(school: Prepared) -> None:
    """Before, nobody asked for another language."""
    school.extract.change("supplement/contacts.csv", {"contactSourcedId": MOTHER}, preferredLanguage="fr")
    school.prepare(school.extract)
    settings = school.home / "termpost.toml"
    settings.write_text(settings.read_text().replace('"fr", ', ""))
    school.release()
    assert '<html lang="en"' in sealed(school, MOTHER).decode()
