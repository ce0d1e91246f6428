"""The secrets of a home: a master secret for people and access codes, and the key that signs the log."""

import base64
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from schemas.errors import InputError

MASTER, LOG = "master.key", "log.key"
NONCE = 12  # bytes, NIST SP 800-38D


@dataclass(frozen=True)
class Keys:
    """32 bytes each, kept as base64 text."""

    master: bytes
    log: bytes

    @property
    def log_key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.log)

    def derive(self, purpose: str) -> bytes:
        """A key of its own for each purpose, so that no two uses can disturb each other (RFC 5869)."""
        return HKDF(SHA256(), 32, salt=None, info=f"termpost/{purpose}".encode()).derive(self.master)


def seal_bytes(key: bytes, plain: bytes, context: str) -> bytes:
    """AES-256-GCM under a random nonce: nonce, then ciphertext and tag. `context` must be the same on opening."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, context.encode())


def open_bytes(key: bytes, sealed: bytes, context: str) -> bytes:
    """The plain bytes; ValueError where key, context or bytes are not those they were sealed with."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], context.encode())
    except InvalidTag:
        raise ValueError("a sealed value does not open with this key") from None


def make_keys(folder: Path) -> None:
    """Writes fresh secrets that only the owner may read; those that exist stay."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in (MASTER, LOG):
        path = folder / name
        if not path.exists():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as out:
                out.write(base64.b64encode(secrets.token_bytes(32)) + b"\n")


def load_keys(folder: Path, environ: Mapping[str, str]) -> Keys:
    """Reads them from `TERMPOST_SECRET_MASTER` and `TERMPOST_SECRET_LOG`, else from the folder."""
    return Keys(*(_read(folder / name, environ.get(f"TERMPOST_SECRET_{name[:-4].upper()}")) for name in (MASTER, LOG)))


def _read(path: Path, given: str | None) -> bytes:
    if given is None and not path.exists():
        raise InputError("no-secret", "a secret of the home is missing", f"secrets/{path.name}",
                         "restore it from the backup; a new home gets its secrets from `termpost init`")  # fmt: skip
    if given is None and path.stat().st_mode & 0o077:
        raise InputError("unsafe-secret", "others may read a secret of the home", f"secrets/{path.name}",
                         f"chmod 600 secrets/{path.name}")  # fmt: skip
    try:
        value = base64.b64decode(given if given is not None else path.read_text(), validate=False)
    except ValueError:
        value = b""
    if len(value) != 32:  # noqa: PLR2004 - bytes of an AES-256 or Ed25519 key
        raise InputError("bad-secret", "a secret of the home is not 32 bytes in base64", f"secrets/{path.name}",
                         "restore it from the backup")  # fmt: skip
    return value


def read_secret(folder: Path | None, name: str, given: str | None) -> str | None:
    """The text of a secret: `given`, else of the file; None where there is neither.

    Raises:
        InputError: others may read the file.
    """
    path = folder / name if folder else None
    if given or path is None or not path.is_file():
        return given or None
    if path.stat().st_mode & 0o077:
        raise InputError("unsafe-secret", "others may read a secret of the home", f"secrets/{name}",
                         f"chmod 600 secrets/{name}")  # fmt: skip
    return path.read_text(encoding="utf-8").strip() or None
