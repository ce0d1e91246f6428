"""The secrets of a home: made once, the owner's alone, refused when others may read them."""

import base64
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from termpost.schemas.base.errors import InputError
from termpost.tasks.secrets.keys import Keys, load_keys, make_keys, open_bytes, seal_bytes

steady = settings(deadline=None, derandomize=True, database=None)
KEY, OTHER = b"k" * 32, b"o" * 32


def test_fresh_secrets_differ_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        for home in ("a", "b"):
            make_keys(tmp_path / home / "secrets")
    finally:
        os.umask(before)
    folder = tmp_path / "a" / "secrets"
    assert [stat.S_IMODE(p.stat().st_mode) for p in (folder, *sorted(folder.iterdir()))] == [0o700, 0o600, 0o600]
    a, b = (load_keys(tmp_path / home / "secrets", {}) for home in ("a", "b"))
    assert len({a.master, a.log, b.master, b.log}) == 4
    assert {len(key) for key in (a.master, a.log, b.master, b.log)} == {32}


def test_secrets_that_exist_stay(tmp_path: Path) -> None:
    make_keys(tmp_path)
    first = load_keys(tmp_path, {})
    (tmp_path / "log.key").unlink()
    make_keys(tmp_path)
    second = load_keys(tmp_path, {})
    assert second.master == first.master
    assert second.log != first.log


def test_the_environment_wins_over_the_folder(tmp_path: Path) -> None:
    make_keys(tmp_path)
    environ = {"TERMPOST_SECRET_MASTER": base64.b64encode(KEY).decode()}
    keys = load_keys(tmp_path, environ)
    assert keys.master == KEY
    assert keys.log == load_keys(tmp_path, {}).log
    both = environ | {"TERMPOST_SECRET_LOG": base64.b64encode(OTHER).decode()}
    assert load_keys(tmp_path / "nowhere", both) == Keys(KEY, OTHER)


def refused(folder: Path, environ: dict[str, str] | None = None) -> InputError:
    with pytest.raises(InputError) as caught:
        load_keys(folder, environ or {})
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o620, 0o601])
def test_a_secret_that_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    make_keys(tmp_path)
    (tmp_path / "log.key").chmod(mode)
    error = refused(tmp_path)
    assert (error.code, error.remedy) == ("unsafe-secret", "chmod 600 secrets/log.key")


def test_a_missing_secret_is_not_made_anew(tmp_path: Path) -> None:
    assert refused(tmp_path).code == "no-secret"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text", ["", "AAAA", base64.b64encode(b"x" * 31).decode(), base64.b64encode(b"x" * 33).decode(), "Qzxé", "=" * 44]
)
def test_a_broken_secret_is_refused_without_showing_it(tmp_path: Path, text: str) -> None:
    make_keys(tmp_path)
    (tmp_path / "master.key").write_text(text)
    for error in (refused(tmp_path), refused(tmp_path, {"TERMPOST_SECRET_LOG": text, "TERMPOST_SECRET_MASTER": text})):
        assert error.code == "bad-secret"
        assert not text or text not in str(error)


def test_each_purpose_has_a_key_of_its_own_and_always_the_same() -> None:
    keys = Keys(KEY, OTHER)
    derived = [keys.derive(purpose) for purpose in ("people/lookup", "people/wrap", "codes", "")]
    assert len({*derived, KEY, OTHER}) == 6
    assert keys.derive("codes") == Keys(KEY, b"else" * 8).derive("codes") != Keys(OTHER, OTHER).derive("codes")
    # RFC 5869, computed once with another implementation (hmac of the standard library)
    import hmac

    prk = hmac.digest(bytes(32), KEY, "sha256")
    assert keys.derive("codes") == hmac.digest(prk, b"termpost/codes\x01", "sha256")


@steady
@given(st.binary(max_size=200), st.text(max_size=20))
def test_what_is_sealed_opens_and_never_looks_the_same_twice(plain: bytes, context: str) -> None:
    one, two = seal_bytes(KEY, plain, context), seal_bytes(KEY, plain, context)
    assert one != two
    assert one[:12] != two[:12]
    assert open_bytes(KEY, one, context) == open_bytes(KEY, two, context) == plain


@steady
@given(st.binary(min_size=1, max_size=60), st.data())
def test_any_changed_bit_another_key_or_context_does_not_open(plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(seal_bytes(KEY, plain, "identity/p1"))
    for key, context in ((OTHER, "identity/p1"), (KEY, "identity/p2"), (KEY, "")):
        with pytest.raises(ValueError, match="does not open"):
            open_bytes(key, bytes(sealed), context)
    place = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[place // 8] ^= 1 << place % 8
    with pytest.raises(ValueError, match="does not open"):
        open_bytes(KEY, bytes(sealed), "identity/p1")


def test_the_log_is_signed_with_its_own_secret() -> None:
    signature = Keys(KEY, OTHER).log_key.sign(b"head")
    Keys(b"z" * 32, OTHER).log_key.public_key().verify(signature, b"head")
