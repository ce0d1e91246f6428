"""Who the server must be, and who we are to it."""

from pathlib import Path
from typing import Any

import asyncssh
from termpost.schemas.base.errors import InputError
from termpost.tasks.extract.access import Access
from termpost.tasks.extract.address import Address

PORT = 22
CONNECT, LOGIN = 20, 30  # seconds
PASSWORD = ("sftp-password", "TERMPOST_SFTP_PASSWORD")


def login_options(address: Address, access: Access) -> dict[str, Any]:
    """What asyncssh needs to connect. Only a host whose key is on file is ever spoken to.

    Raises:
        InputError: there is no file of known hosts, this host is not in it, or a key or secret cannot be read.
    """
    known = _known_hosts(address, access)
    options: dict[str, Any] = {
        "host": address.host, "port": address.port or PORT, "username": address.user, "known_hosts": known,
        "connect_timeout": CONNECT, "login_timeout": LOGIN, "config": None, "gss_host": None,
        "x509_trusted_certs": None,
        "preferred_auth": ("publickey", "password", "keyboard-interactive"),
        "password": access.secret(*PASSWORD),
    }  # fmt: skip
    if access.settings.sftp.key_file:
        return options | {"client_keys": [_key(access)], "agent_path": None}
    return options | {"agent_path": access.environ.get("SSH_AUTH_SOCK") or None}


def known_hosts_path(access: Access) -> Path:
    """Of settings; else in the home; else the user's own."""
    if access.settings.sftp.known_hosts:
        return access.path(access.settings.sftp.known_hosts)
    return access.home / "known_hosts" if access.home else Path("~/.ssh/known_hosts").expanduser()


def _known_hosts(address: Address, access: Access) -> asyncssh.SSHKnownHosts:
    path = known_hosts_path(access)
    try:
        known = asyncssh.read_known_hosts(str(path))
    except (OSError, ValueError):
        raise InputError(
            "no-known-hosts", "the file of known hosts cannot be read", str(path), _learn(address)
        ) from None
    keys, authorities, *_ = known.match(address.host, "", address.port or PORT)
    if not keys and not authorities:
        raise InputError("unknown-host-key", "the key of this host is not known", address.shown, _learn(address))
    return known


def _learn(address: Address) -> str:
    port = f" -p {address.port}" if address.port else ""
    return (
        f"run ssh-keyscan{port} {address.host}, verify the fingerprint with who runs the server,"
        " and only then put the line into the known_hosts file"
    )


def _key(access: Access) -> asyncssh.SSHKey:
    setting = access.settings.sftp.key_file or ""
    path = access.path(setting)
    where = "[source.sftp] key_file"
    try:
        if path.stat().st_mode & 0o077:
            raise InputError("unsafe-secret", "others may read the private key", where, f"chmod 600 {setting}")
        return asyncssh.read_private_key(str(path))
    except OSError:
        raise InputError("no-key-file", "the private key cannot be read", where, "check the path") from None
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError):
        raise InputError("bad-key-file", "the file holds no private key, or one with a passphrase", where,
                         "name the private key; one with a passphrase belongs in an ssh agent") from None  # fmt: skip
