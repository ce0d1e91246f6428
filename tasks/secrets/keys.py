"""The secrets of a home: a master secret for people and access codes, and the key that signs the log."""

import base64
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from termpost.schemas.base.errors import InputError
from termpost.tasks.runtime.atomic_files import write_durably
from termpost.tasks.secrets.signers import RetiredKey, Signers, earlier_of

MASTER, LOG = "master.key", "log.key"
END = "end"  # what the line of `log.key` is called that outlived the key it was derived from
NONCE = 12  # bytes, NIST SP 800-38D


@dataclass(frozen=True)
class Keys:
    """32 bytes each, kept as base64 text; and what a rotation left of the secrets before (docs/keys.md)."""

    master: bytes
    log: bytes
    retained_keys: Mapping[str, bytes] = field(
        default_factory=dict, hash=False
    )  # purpose → key that outlived its master
    log_earlier: tuple[RetiredKey, ...] = ()  # oldest first
    retained_end: bytes = b""

    @property
    def log_key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.log)

    @property
    def log_end(self) -> bytes:
        """The key under which the home remembers where its log ends; the same whoever signs the log by now."""
        return self.retained_end or HKDF(SHA256(), 32, salt=None, info=b"termpost/log/end").derive(self.log)

    @property
    def log_signers(self) -> Signers:
        """Whose signatures the log must bear."""
        return Signers(self.log_key.public_key(), self.log_earlier)

    def derive(self, purpose: str) -> bytes:
        """A key of its own for each purpose, so that no two uses can disturb each other (RFC 5869). One that
        a rotation of the master secret retained is the same as before."""
        return self.retained_keys.get(purpose) or self.derive_from_master(purpose)

    def derive_from_master(self, purpose: str) -> bytes:
        """The same, of the master secret alone."""
        return HKDF(SHA256(), 32, salt=None, info=f"termpost/{purpose}".encode()).derive(self.master)


def seal_bytes(key: bytes, plain: bytes, context: str) -> bytes:
    """AES-256-GCM under a random nonce: nonce, then ciphertext and tag. `context` must be the same on opening."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, context.encode())


def open_bytes(key: bytes, sealed: bytes, context: str) -> bytes:
    """The plain bytes; ValueError where key, context or bytes are not those they were sealed with."""
    return _opened(AESGCM(key), sealed, context)


def opener(key: bytes) -> Callable[[bytes, str], bytes]:
    """`open_bytes` for many values under one key: to set a cipher up takes longer than to open a small value."""
    return partial(_opened, AESGCM(key))


def _opened(cipher: AESGCM, sealed: bytes, context: str) -> bytes:
    try:
        return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], context.encode())
    except InvalidTag:
        raise ValueError("a sealed value does not open with this key") from None


def make_keys(folder: Path) -> None:
    """Writes fresh secrets that only the owner may read; those that exist stay."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in (MASTER, LOG):
        path = folder / name
        if not path.exists():
            write_durably(path, base64.b64encode(secrets.token_bytes(32)) + b"\n", once=True)


def load_keys(folder: Path, environ: Mapping[str, str]) -> Keys:
    """Reads them from `TERMPOST_SECRET_MASTER` and `TERMPOST_SECRET_LOG`, else from the folder."""
    return parse_keys(*(secret_text(folder, name, environ) for name in (MASTER, LOG)))


def variable(name: str) -> str:
    """The name of a secret's environment variable."""
    return f"TERMPOST_SECRET_{name.partition('.')[0].upper()}"


def secret_text(folder: Path, name: str, environ: Mapping[str, str]) -> str:
    """The text of the master secret or the log's key, as it is kept.

    Raises:
        InputError: there is none, others may read it, or its variable is empty.
    """
    text = _kept(folder, name, environ, variable(name))
    if text is None:
        raise InputError("no-secret", "a secret of the home is missing", f"secrets/{name}",
                         "restore it from the backup; a new home gets its secrets from `termpost init`")  # fmt: skip
    return text


def read_secret(folder: Path | None, name: str, environ: Mapping[str, str], called: str) -> str | None:
    """The text of a login: of the variable `called`, else of the file; None where there is neither.

    Raises:
        InputError: others may read the file, or the variable is empty.
    """
    text = _kept(folder, name, environ, called)
    return text if called in environ or text is None else text.strip() or None


def given_secret(environ: Mapping[str, str], called: str) -> str | None:
    """The value of the variable, if it is set.

    Raises:
        InputError: it is empty: whoever set it meant a secret, and the one in the file may be another.
    """
    given = environ.get(called)
    if given is not None and not given.strip():
        raise InputError("bad-secret", "the variable of a secret is empty", f"environment variable {called}",
                         "give the secret, or unset the variable")  # fmt: skip
    return given


def _kept(folder: Path | None, name: str, environ: Mapping[str, str], called: str) -> str | None:
    """The one place where a secret is read: the variable wins over the file, which only its owner may read."""
    given, path = given_secret(environ, called), folder / name if folder else None
    if given is not None or path is None or not path.is_file():
        return given
    if path.stat().st_mode & 0o077:
        raise InputError("unsafe-secret", "others may read a secret of the home", f"secrets/{name}",
                         f"chmod 600 secrets/{name}")  # fmt: skip
    return path.read_bytes().decode("utf-8", "replace")


def parse_keys(master: str, log: str) -> Keys:
    """The keys in the two texts."""
    secret, more = _parse(master, MASTER)
    signing, before = _parse(log, LOG)
    end = dict(before).get(END, b"")
    earlier = [earlier_of(*line) for line in before if line[0] != END]
    if None in earlier:
        raise _bad(LOG)
    return Keys(secret, signing, retained_keys=dict(more), log_earlier=tuple(one for one in earlier if one),
                retained_end=end)  # fmt: skip


def keys_text(secret: bytes, more: Iterable[tuple[str, bytes]] = ()) -> str:
    """How a secret is kept: the first line is the secret, each further one a name and what it names."""
    lines = [base64.b64encode(secret).decode(), *(f"{name}:{base64.b64encode(value).decode()}" for name, value in more)]
    return "".join(f"{line}\n" for line in lines)


def _parse(text: str, name: str) -> tuple[bytes, list[tuple[str, bytes]]]:
    words = text.split()  # in the environment spaces may stand for the ends of lines
    try:
        value = base64.b64decode("".join(word for word in words if ":" not in word), validate=False)
        pairs = [(word.rpartition(":")[0], base64.b64decode(word.rpartition(":")[2])) for word in words if ":" in word]
    except ValueError:
        value, pairs = b"", []
    if {len(value), *(len(more) for _, more in pairs)} != {32}:  # bytes of an AES-256 or Ed25519 key
        raise _bad(name)
    return value, pairs


def _bad(name: str) -> InputError:
    return InputError("bad-secret", "a secret of the home is not 32 bytes in base64", f"secrets/{name}",
                      "restore it from the backup")  # fmt: skip
