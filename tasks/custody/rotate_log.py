"""A new key for the log: the old one signs an entry that names it, and signs nothing after."""

import base64
import secrets
from contextlib import suppress

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from termpost.schemas.log.entry import Entry
from termpost.tasks.custody.rotate_master import refuse_environment
from termpost.tasks.home.home import Home
from termpost.tasks.log.handover import NEXT
from termpost.tasks.log.known_entries import HANDED_OVER
from termpost.tasks.log.refusals import HandedOverError
from termpost.tasks.runtime.atomic_files import write_durably
from termpost.tasks.secrets.keys import LOG, Keys, keys_text
from termpost.tasks.secrets.signers import raw

RUN = "keys-rotate"


def rotate_log(home: Home) -> Keys:
    """Hands the log over to a fresh key; returns the keys of the home as they are then.

    The segment decides: killed before it is in the store, the old key goes on; killed after it, whoever opens the log
    next puts the new key in place (tasks/log/handover.py).

    Raises:
        InputError: `secret-elsewhere` where the key is in the environment, `log-broken`.
    """
    refuse_environment(home, LOG)
    log = home.log  # may finish an earlier rotation, which needs what is overwritten next
    fresh = secrets.token_bytes(32)
    public = base64.b64encode(raw(Ed25519PrivateKey.from_private_bytes(fresh).public_key())).decode()
    write_durably(home.path / "secrets" / NEXT, keys_text(fresh).encode())
    with suppress(HandedOverError):  # what a writer meets that reads the entry back: its key is no longer in force
        log.append(RUN, [Entry(kind="settings_changed", digest=public, reason=HANDED_OVER)])
    after = Home(home.path, home.clock, home.environ)
    # signed by the new key, and so is everything before it, by the chain
    after.log.append(RUN, [Entry(kind="settings_changed", digest=public, reason="log-key-accepted")])
    return after.keys
