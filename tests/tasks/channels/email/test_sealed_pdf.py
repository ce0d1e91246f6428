"""The attached PDF: opens with the code as printed and with nothing else, shows nothing before, stays accessible."""

import io
import subprocess
from pathlib import Path

import pikepdf
import pytest
from termpost.schemas.base.errors import InputError
from termpost.tasks.channels.email.sealed_pdf import seal_pdf
from termpost.tasks.render.pdf import make_pdf
from termpost.tasks.secrets.access_codes import access_code

from tests.reading import page_texts
from tests.tasks.channels.print.test_envelope import report

CODE, OTHER = (access_code(bytes(range(32)), recipient, 0) for recipient in ("r-1", "r-2"))


@pytest.fixture(scope="module")
def plain() -> bytes:
    return make_pdf(report("604822", rows=40), "en")


@pytest.fixture(scope="module")
def sealed(plain: bytes) -> bytes:
    return seal_pdf(plain, CODE)


def qpdf(*arguments: str) -> tuple[int, str]:
    done = subprocess.run(["qpdf", *arguments], capture_output=True, check=False)
    return done.returncode, done.stdout.decode(errors="replace")


@pytest.mark.needs("qpdf")
def test_it_is_encrypted_with_aes_256_and_opens_with_the_code_as_printed(sealed: bytes, tmp_path: Path) -> None:
    (tmp_path / "sealed.pdf").write_bytes(sealed)
    path = str(tmp_path / "sealed.pdf")
    assert qpdf("--requires-password", path)[0] == 0  # 0: a password is wanted
    for wrong in ("", OTHER, CODE.replace("-", ""), CODE.lower()):
        assert qpdf("--requires-password", f"--password={wrong}", path)[0] == 0, wrong
    assert qpdf("--requires-password", f"--password={CODE}", path)[0] == 3  # 3: encrypted, and this is the password
    code, text = qpdf("--show-encryption", f"--password={CODE}", path)
    assert code == 0
    assert "R = 6" in text
    assert text.count("AESv3") == 3  # streams, strings, files
    for allowed in ("extract for accessibility", "extract for any purpose", "print high resolution"):
        assert f"{allowed}: allowed" in text
    for barred in ("modify document assembly", "modify annotations", "modify anything"):
        assert f"{barred}: not allowed" in text
    assert qpdf("--check", f"--password={CODE}", path)[0] == 0
    assert qpdf("--decrypt", f"--password={CODE}", path, str(tmp_path / "open.pdf"))[0] == 0


def test_tags_language_title_and_every_word_survive(plain: bytes, sealed: bytes) -> None:
    with pikepdf.open(io.BytesIO(plain)) as one, pikepdf.open(io.BytesIO(sealed), password=CODE) as other:
        for key in ("/MarkInfo", "/Lang", "/ViewerPreferences"):
            assert repr(one.Root[key]) == repr(other.Root[key])
        assert _tags(one) == _tags(other)
        assert len(_tags(one)) > 100
        with one.open_metadata() as before, other.open_metadata() as after:
            # an encrypted file is no PDF/A, and everything else stays as it was said
            dropped = {key for key in before if key not in after}
            assert {key.rpartition("}")[2] for key in dropped} == {"part", "conformance"}
            assert all("pdfa/ns/id" in key for key in dropped)
            assert all(before[key] == after[key] for key in after if isinstance(before[key], str))
        assert dict(one.docinfo)["/Title"] == dict(other.docinfo)["/Title"]
    words = page_texts(plain)
    assert page_texts(sealed, "-upw", CODE) == words
    assert "604822" in words[0]


def _tags(pdf: pikepdf.Pdf) -> list[str]:
    """Every tag of the structure tree in order."""
    found, open_ = [], [pdf.Root.StructTreeRoot]
    while open_:
        node = open_.pop()
        if isinstance(node, pikepdf.Array):
            open_.extend(reversed(list(node)))
        elif isinstance(node, pikepdf.Dictionary):
            found.append(str(node.get("/S", "")))
            if "/K" in node:
                open_.append(node["/K"])
    return found


def test_without_the_code_nothing_of_it_can_be_read(plain: bytes, sealed: bytes) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        page_texts(sealed)
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(sealed))
    with pikepdf.open(io.BytesIO(plain)) as document:
        title = str(document.docinfo["/Title"])
    for text in (title, "604822", "Harbour", "Lindqvist", "Algebra", "Student"):
        for encoded in (
            text.encode(),
            text.encode("utf-16-be"),
            text.encode().hex().encode(),
            text.encode().hex().upper().encode(),
        ):
            assert encoded not in sealed, text
    with pikepdf.open(io.BytesIO(sealed), password=CODE) as opened:
        assert opened.encryption.EFF if hasattr(opened.encryption, "EFF") else opened.is_encrypted
        assert opened.trailer.Encrypt.get("/EncryptMetadata", True)


def test_two_sealings_share_no_key(plain: bytes, sealed: bytes) -> None:
    again = seal_pdf(plain, CODE)
    with pikepdf.open(io.BytesIO(sealed), password=CODE) as one, pikepdf.open(io.BytesIO(again), password=CODE) as two:
        assert one.encryption.encryption_key != two.encryption.encryption_key
        assert bytes(one.trailer.Encrypt.O) != bytes(two.trailer.Encrypt.O)


def test_a_code_in_any_form_gives_the_printed_one_and_no_code_is_refused(plain: bytes) -> None:
    sealed = seal_pdf(plain, CODE.lower().replace("-", " "))
    pikepdf.open(io.BytesIO(sealed), password=CODE).close()
    with pytest.raises(InputError) as caught:
        seal_pdf(plain, "2222-2222")
    assert caught.value.code == "bad-code"
