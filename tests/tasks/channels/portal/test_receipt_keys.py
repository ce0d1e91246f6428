"""The key pair of a page and its signatures, against arithmetic written out here and against OpenSSL's command."""

import hashlib
import hmac
import json
import subprocess
from pathlib import Path

import pytest
from termpost.schemas.documents.receipt import Receipt
from termpost.tasks.channels.portal.receipt_keys import is_signed, private_key, public_key

from tests.signed_receipts import ORDER, mirrored, posted

RECIPIENT, PAGE, MASTER = "p1a2b3", "c0ffee", bytes(range(32))
# P-256 of SP 800-186, 3.2.1.3: y² = x³ - 3x + b over the integers modulo FIELD, and its base point
FIELD = 2**256 - 2**224 + 2**192 + 2**96 - 1
BASE = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
Point = tuple[int, int] | None
# of an elliptic curve key on P-256, up to its point (RFC 5480)
SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")


def plus(one: Point, other: Point) -> Point:
    if one is None or other is None:
        return one or other
    if one[0] == other[0] and (one[1] + other[1]) % FIELD == 0:
        return None
    slope = (
        (3 * one[0] ** 2 - 3) * pow(2 * one[1], -1, FIELD)
        if one == other
        else (other[1] - one[1]) * pow(other[0] - one[0], -1, FIELD)
    )
    x = (slope**2 - one[0] - other[0]) % FIELD
    return x, (slope * (one[0] - x) - one[1]) % FIELD


def times(number: int) -> Point:
    found, doubled = None, BASE
    while number:
        found, doubled, number = (
            plus(found, doubled) if number & 1 else found,
            plus(doubled, doubled) or BASE,
            number >> 1,
        )
    return found


def encoded(point: Point) -> bytes:
    assert point
    return b"\4" + point[0].to_bytes(32) + point[1].to_bytes(32)


def hkdf(secret: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869 with SHA-256 and no salt."""
    extracted = hmac.digest(bytes(32), secret, "sha256")
    made, last = b"", b""
    while len(made) < length:
        last = hmac.digest(extracted, last + info + bytes([len(made) // 32 + 1]), "sha256")
        made += last
    return made[:length]


def openssl(*arguments: object) -> bytes:
    return subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True).stdout


def der(r: int, s: int) -> bytes:
    """A signature as OpenSSL reads it: two ASN.1 integers."""
    parts = [b"\2" + bytes([len(data)]) + data for n in (r, s) if (data := n.to_bytes(n.bit_length() // 8 + 1))]
    return b"\x30" + bytes([len(b"".join(parts))]) + b"".join(parts)


def halves(signature: bytes) -> tuple[int, int]:
    """The reverse of it."""
    at = 4 + signature[3]
    return int.from_bytes(signature[4:at]), int.from_bytes(signature[at + 2 :])


@pytest.mark.parametrize("page", [PAGE, "0", "Z" * 64])
def test_a_key_is_made_of_the_secret_the_page_and_its_recipient(page: str) -> None:
    seed = int.from_bytes(hkdf(MASTER, f"termpost.receipt/2 key\n{page}\n{RECIPIENT}".encode(), 48))
    scalar = seed % (ORDER - 1) + 1
    made = private_key(MASTER, RECIPIENT, page)
    assert made == scalar.to_bytes(32)
    assert public_key(made) == encoded(times(scalar))


def test_other_names_and_other_secrets_are_other_keys() -> None:
    keys = [
        private_key(MASTER, RECIPIENT, PAGE), private_key(MASTER, PAGE, RECIPIENT), private_key(MASTER, RECIPIENT, "x"),
        private_key(MASTER, "x", PAGE), private_key(bytes(32), RECIPIENT, PAGE),
    ]  # fmt: skip
    assert len(set(keys)) == len(keys)


@pytest.mark.needs("openssl")
def test_what_openssl_signs_is_taken_and_nothing_that_was_changed(tmp_path: Path) -> None:
    key, message = tmp_path / "key.pem", tmp_path / "message"
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
    message.write_bytes(f"termpost.receipt/2\n{PAGE}\n{RECIPIENT}".encode())
    public = openssl("ec", "-in", key, "-pubout", "-outform", "DER")
    assert public.startswith(SPKI)
    made = posted(RECIPIENT, PAGE, *halves(openssl("dgst", "-sha256", "-sign", key, message)))

    def taken(receipt: dict[str, str], point: bytes = public[len(SPKI) :]) -> bool:
        return is_signed(Receipt.model_validate_json(json.dumps(receipt)), point)

    assert taken(made)
    assert taken(mirrored(made))  # of whoever has one; it says the same
    assert not taken(made | {"page": "other"})
    assert not taken(made | {"recipient": "other"})
    assert not taken(made, encoded(BASE))
    assert not taken(made, b"")
    assert not taken(made, bytes(1))  # the point at infinity
    assert not taken(made, public[len(SPKI) : -1] + bytes([public[-1] ^ 1]))  # beside the curve
    for place in range(128):
        digit = f"{int(made['signature'][place], 16) ^ 1:x}"
        assert not taken(made | {"signature": made["signature"][:place] + digit + made["signature"][place + 1 :]})


@pytest.mark.needs("openssl")
def test_openssl_says_the_same_of_a_page_s_own_signature(tmp_path: Path) -> None:
    """By the textbook: r is the x of k times the base point, s = (hash + r·d)/k."""
    private, digest = private_key(MASTER, RECIPIENT, PAGE), hashlib.sha256
    hashed = int.from_bytes(digest(f"termpost.receipt/2\n{PAGE}\n{RECIPIENT}".encode()).digest())
    number = int.from_bytes(digest(b"a number that is used once").digest()) % ORDER
    point = times(number)
    assert point
    r = point[0] % ORDER
    s = pow(number, -1, ORDER) * (hashed + r * int.from_bytes(private)) % ORDER
    (tmp_path / "public.der").write_bytes(SPKI + public_key(private))
    (tmp_path / "signature").write_bytes(der(r, s))
    (tmp_path / "message").write_bytes(f"termpost.receipt/2\n{PAGE}\n{RECIPIENT}".encode())
    openssl("pkey", "-pubin", "-inform", "DER", "-in", tmp_path / "public.der", "-out", tmp_path / "public.pem")
    said = openssl("dgst", "-sha256", "-verify", tmp_path / "public.pem", "-signature", tmp_path / "signature",
                   tmp_path / "message")  # fmt: skip
    assert said == b"Verified OK\n"
    assert is_signed(Receipt.model_validate_json(json.dumps(posted(RECIPIENT, PAGE, r, s))), public_key(private))
