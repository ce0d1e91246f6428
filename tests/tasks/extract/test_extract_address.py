"""What a user may type as EXTRACT, and that a secret in it is refused without being repeated."""

from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from termpost.schemas.base.errors import InputError
from termpost.tasks.extract.address import Address, read_address

SECRET = "s3cret-Qzx"  # noqa: S105 - none


@pytest.mark.parametrize(
    ("uri", "address"),
    [
        ("gradebook.zip", Address("", "gradebook.zip", path="gradebook.zip")),
        ("C:/exports/a@b.zip", Address("", "C:/exports/a@b.zip", path="C:/exports/a@b.zip")),
        ("s3://bucket", Address("s3", "s3://bucket/", host="bucket")),
        ("S3://bucket/a/b c#%20.zip", Address("s3", "s3://bucket/a/b c#%20.zip", host="bucket", path="a/b c#%20.zip")),
        ("sftp://u@h/a%20b/", Address("sftp", "sftp://h/a%20b/", host="h", user="u", path="/a b/")),
        ("sftp://u%40x@h:2222/a", Address("sftp", "sftp://h:2222/a", host="h", port=2222, user="u@x", path="/a")),
        ("https://h/ims/oneroster/", Address("https", "https://h/ims/oneroster", host="h", path="https://h/ims/oneroster")),
        ("http://127.0.0.1:8080", Address("https", "http://127.0.0.1:8080", host="127.0.0.1",
                                          path="http://127.0.0.1:8080")),
    ],
)  # fmt: skip
def test_an_address_is_taken_apart(uri: str, address: Address) -> None:
    assert read_address(uri) == address


@pytest.mark.parametrize(
    "uri",
    [
        f"sftp://u:{SECRET}@h/x", f"sftp://u:{SECRET}/y@h/x", f"sftp://u:{SECRET}@h:22/x?a", f"sftp://u@h/x?key={SECRET}",
        f"sftp://u@h/x#{SECRET}", f"sftp://u:{SECRET}@[h/x", f"sftp://u:{SECRET}@h:port/x", f"SFTP://u:{SECRET}@h/x",
        f"https://u:{SECRET}@h/x", f"https://{SECRET}@h/x", f"https://h/x?access_token={SECRET}", f"https://h/x#{SECRET}",
        f"http://u:{SECRET}@127.0.0.1/x", f"https://u:{SECRET}/y@h/x",
        f"s3://KEY:{SECRET}@bucket/x", f"s3://bucket/x.zip?X-Amz-Signature={SECRET}",
        f"u:{SECRET}@h:/path", f"sftp:u:{SECRET}@h/x", f"ftp://u:{SECRET}@h/x",
    ],
)  # fmt: skip
def test_a_secret_in_an_address_is_refused_and_not_repeated(uri: str) -> None:
    with pytest.raises(InputError) as caught:
        read_address(uri)
    assert caught.value.code in ("secret-in-address", "unknown-scheme")
    assert SECRET not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize(
    ("uri", "code", "remedy"),
    [
        ("ftp://h/x", "unknown-scheme", "s3://bucket/key"),
        ("file:///x", "unknown-scheme", "name a folder"),
        ("s3://", "bad-address", "s3://bucket/key"),
        ("s3://No_Bucket/x", "bad-address", "s3://bucket/key"),
        ("sftp://h/x", "bad-address", "sftp://user@host/path"),
        ("sftp://u@h/", "bad-address", "sftp://user@host/path"),
        ("sftp://u@/x", "bad-address", "sftp://user@host/path"),
        ("sftp://u@h:99999/x", "bad-address", "sftp://user@host/path"),
        ("https://", "bad-address", "https://host"),
        ("https://[", "bad-address", "https://host"),
        ("https://h/a\nb", "bad-address", "type it again"),
        ("http://sis.example.org/x", "not-secure", "https://"),
    ],
)
def test_what_names_nothing_is_refused_with_the_form_to_use(uri: str, code: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        read_address(uri)
    assert caught.value.code == code
    assert remedy in caught.value.remedy


def test_a_file_with_such_a_name_is_only_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a:b@c.zip").touch()
    assert read_address("a:b@c.zip").scheme == ""


@settings(max_examples=300, derandomize=True, deadline=None, database=None)
@given(st.text(), st.sampled_from(["s3://", "sftp://", "https://", "http://", "x://", ""]))
def test_whatever_is_typed_ends_in_an_address_or_one_clear_line(text: str, scheme: str) -> None:
    try:
        scheme = read_address(scheme + text).scheme
    except InputError as error:
        scheme = error.remedy
    assert scheme in ("", "s3", "sftp", "https") or len(scheme) > 5


@settings(max_examples=300, derandomize=True, deadline=None, database=None)
@given(
    st.text("ab:/@?#[]%.", max_size=6),
    st.text("ab:/?#[]%.", max_size=6),
    st.sampled_from(["s3://", "sftp://", "https://", "http://"]),
)
def test_no_login_with_a_password_gets_through(before: str, after: str, scheme: str) -> None:
    assume(scheme != "s3://" or "/" not in before)  # in a key of S3 anything may stand
    with pytest.raises(InputError) as caught:
        read_address(f"{scheme}{before}u:{SECRET}@host/{after}")
    assert SECRET not in str(caught.value)
