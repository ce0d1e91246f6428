"""The backup file: `termpost.backup/1`, a line in clear, then a zip under AES-256-GCM.

The recovery key is random (160 bits), so HKDF (RFC 5869) makes the cipher's key of it: a slow derivation would only
make up for a secret that somebody chose. The format is authenticated with the rest. Each file has its own
random nonce of 96 bits: of one key used daily for a century, two nonces are alike with 2^-66.
"""

import io
import zipfile
from collections.abc import Mapping

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from termpost.schemas.base.errors import InputError
from termpost.tasks.secrets.keys import open_bytes, seal_bytes
from termpost.tasks.store.interface import checked

BACKUP_FORMAT = "termpost.backup/1"
FIRST_LINE = f"{BACKUP_FORMAT}\n".encode()

Members = Mapping[str, bytes]  # name → bytes: settings, `secrets/…`, `catalogue.sqlite`


def seal_backup(members: Members, recovery_key: str) -> bytes:
    """The bytes of the file; the recovery key as `read_recovery_key` gives it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return FIRST_LINE + seal_bytes(_key(recovery_key), packed.getvalue(), BACKUP_FORMAT)


def open_backup(data: bytes, recovery_key: str) -> dict[str, bytes]:
    """What is in it. InputError `no-backup` or `backup-closed`."""
    if not data.startswith(FIRST_LINE):
        raise InputError("no-backup", f"this is no {BACKUP_FORMAT} file", "the backup", "name the file that "
                         "`termpost keys backup` wrote; a damaged one: take the other copy")  # fmt: skip
    try:
        packed = open_bytes(_key(recovery_key), data[len(FIRST_LINE) :], BACKUP_FORMAT)
    except ValueError:
        raise InputError("backup-closed", "it does not open: its recovery key is another, or it was changed",
                         "the backup", "take the key shown with this file, or the other copy") from None  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {checked(name): archive.read(name) for name in archive.namelist()}


def _key(recovery_key: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=BACKUP_FORMAT.encode()).derive(recovery_key.encode())
