"""What goes wrong over SFTP, as one line for whoever must fix it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import asyncssh
from termpost.schemas.base.errors import InputError, RetryableError

# the same call may succeed later
LOST = (asyncssh.ConnectionLost, asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection, asyncssh.ServiceNotAvailable,
        TimeoutError, ConnectionResetError, BrokenPipeError)  # fmt: skip
NOT_THERE = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath, asyncssh.SFTPNotADirectory)
CHANGED_KEY = (
    "if the school confirms a new key: remove the old line from the known_hosts file, run ssh-keyscan, and verify the"
    " fingerprint with who runs the server; if not, somebody else may be answering"
)


@contextmanager
def explained(shown: str) -> Iterator[None]:
    """Turns what asyncssh and the network raise into InputError or RetryableError.

    Args:
        shown: the address without the login.
    """
    try:
        yield
    except (asyncssh.HostKeyNotVerifiable, asyncssh.KeyExchangeFailed):
        raise InputError("host-key-changed", "the host shows another key than the one that is known", shown,
                         CHANGED_KEY) from None  # fmt: skip
    except asyncssh.PermissionDenied:
        remedy = "check the user, [source.sftp] key_file, the ssh agent or the secret sftp-password"
        raise InputError("login-refused", "the server does not accept the login", shown, remedy) from None
    except NOT_THERE:
        raise InputError("no-extract", "there is nothing under this path", shown, "check the path") from None
    except asyncssh.SFTPPermissionDenied:
        raise InputError("access-denied", "this user may not read there", shown,
                         "ask who runs the server to let the user read it") from None  # fmt: skip
    except ConnectionRefusedError:
        raise InputError("source-unreachable", "connection refused", shown, "check host and port") from None
    except socket.gaierror:
        raise InputError("source-unreachable", "the host is not known", shown, "check its name") from None
    except LOST:
        raise RetryableError(f"the connection broke off or nobody answered ({shown})") from None
    except (asyncssh.Error, asyncssh.SFTPError, OSError) as error:
        raise InputError("sftp-refused", f"the transfer fails ({type(error).__name__})", shown,
                         "try `sftp` to the same address by hand") from None  # fmt: skip
