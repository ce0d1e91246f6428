"""The bank of sentences: whole in each language, and a home's own file told by its line where it is wrong."""

from pathlib import Path

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.comments import KINDS, codes_of
from termpost.tasks.documents.wording import languages
from termpost.tasks.home.comment_bank import OWN, bank_in, shipped_bank

HEAD = "code,kind,en,es\n"


def test_the_shipped_sentences_stand_in_every_language_with_the_same_placeholders() -> None:
    sentences = shipped_bank().sentences.values()
    assert len(sentences) >= 40
    assert {one.kind for one in sentences} == set(KINDS)
    for one in sentences:
        assert set(one.texts) == set(languages()), one.code
        filled = [text.format(name="Amara", course="Biology") for text in one.texts.values()]
        assert len(set(filled)) == len(filled), one.code  # nothing is left in another language
        assert len({("Amara" in text, "Biology" in text) for text in filled}) == 1, one.code


def test_a_home_adds_sentences_and_puts_others_in_their_place(tmp_path: Path) -> None:
    (tmp_path / OWN).write_text(f"{HEAD}s40,strength,{{name}} sings.,{{name}} canta.\nS01,next_step,Rest.,Descansar.\n")
    bank = bank_in(tmp_path, ("en", "es-MX"))
    assert bank.of("S40").of("es-MX") == "{name} canta."
    assert (bank.of("S01").kind, bank.of("S01").of("en")) == ("next_step", "Rest.")
    assert bank.of("S02") == shipped_bank().of("S02")


def test_a_sentence_without_a_language_of_the_school_cannot_be_named(tmp_path: Path) -> None:
    assert bank_in(tmp_path, ("en", "de")).codes == frozenset()
    with pytest.raises(InputError, match="S01"):
        bank_in(tmp_path, ("en", "de")).of("S01")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("code,kind\nS40,strength\n", "line 1"),
        (f"{HEAD}S40,strength,{{name}} sings.,Canta.\n", "lacks {name} in es (comment-bank.csv, line 2)"),
        (f"{HEAD}S40,strength,{{pet}} sings.,Canta.\n", "unknown placeholder {pet} in en (comment-bank.csv, line 2)"),
        (f"{HEAD}S40,strength,{{name sings.,Canta.\n", "brace without its pair in en (comment-bank.csv, line 2)"),
        (f"{HEAD}S40,strength,{{name!r}} sings.,Canta.\n", "unknown placeholder"),
        (f'{HEAD}S40,strength,"Two\nlines.",Dos.\nS41,strength,Sings.,\n', "in es (comment-bank.csv, line 4)"),
        (f"{HEAD}S40,praise,Sings.,Canta.\n", "unknown kind"),
        (f"{HEAD}S40,strength,Sings.,Canta.\ns40,strength,Sings.,Canta.\n", "S40 is there twice"),
        (f"{HEAD}S 40,strength,Sings.,Canta.\n", "a code is one word"),
        (f"{HEAD}S40,strength,Sings, well.,Canta.\n", "another number of cells"),
        (f"{HEAD}S40,strength,,\n", "says nothing"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_home_s_own_bank_is_one_line_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / OWN).write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        bank_in(tmp_path, ("en", "es"))
    assert refused.value.code == "bad-bank"
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / OWN).write_bytes(HEAD.encode() + b"S40,strength,\xff,x\n")
    with pytest.raises(InputError, match="cannot be read"):
        bank_in(tmp_path, ("en",))


def test_codes_of_a_cell_are_read_as_meant() -> None:
    assert codes_of(" s01, N04;N04\nh02 ") == ("S01", "N04", "H02")
    assert codes_of("  ") == ()
