"""A new master secret: every person's key is wrapped under it, and the old one opens nothing that is kept from now on.

Keys that outlive it are written beside it in `master.key` (docs/keys.md says what that costs):
the lookup key, since source ids are kept nowhere, so their HMACs cannot be made anew; the key of receipts, since pages
that families have go on signing with theirs, and that of messages, which they encrypt for; the key of tags, since
objects and the log have them; that of the numbers by which copies are verified, since they are printed; each key of
objects in the store, for those that are under it, while new ones come under the new secret's; and, unless new codes are
asked for, the secret of the access codes, so that the letters families have stay good.
"""

import secrets
from dataclasses import replace

from termpost.schemas.base.errors import InputError
from termpost.tasks.channels.portal.door.messages import MESSAGES_KEY
from termpost.tasks.channels.portal.receipts import RECEIPTS
from termpost.tasks.home.cycle_locks import all_cycles_lock
from termpost.tasks.home.home import Home
from termpost.tasks.runtime.atomic_files import clean_up, commit, stage
from termpost.tasks.secrets.keys import MASTER, Keys, keys_text, parse_keys, variable
from termpost.tasks.secrets.object_keys import retained_store_keys
from termpost.tasks.secrets.object_tags import OBJECTS
from termpost.tasks.secrets.verification import VERIFICATION

LOOKUP, CODES = "people/lookup", "codes"


def rotate_master(home: Home, *, new_codes: bool = False) -> Keys:
    """Puts a fresh master secret in place; returns the keys of the home as they are then.

    Killed anywhere, the home opens with the old secret or with the new one, and everybody's key under it: the rename of
    `master.key` decides (tasks/secrets/key_store.py, `rewrap`).

    Args:
        new_codes: every access code changes for what is sealed from now on.

    Raises:
        InputError: `secret-elsewhere` where the secret is in the environment, `cycle-busy` where a flow is at work.
        RetryableError: somebody else was writing to the people.
    """
    refuse_environment(home, MASTER)
    path = home.path / "secrets" / MASTER
    with all_cycles_lock(home):
        old = home.keys
        purposes = (LOOKUP, RECEIPTS, MESSAGES_KEY, OBJECTS, VERIFICATION, *(() if new_codes else (CODES,)))
        retained = [*((purpose, old.derive(purpose)) for purpose in purposes), *retained_store_keys(old)]
        text = keys_text(secrets.token_bytes(32), retained)
        keys = replace(parse_keys(text, keys_text(old.log)), log_earlier=old.log_earlier,
                       retained_end=old.retained_end)  # fmt: skip
        clean_up(path.parent)
        beside = stage(path, text.encode())
        try:
            home.people.rewrap(keys, lambda: commit(beside, path))
        finally:
            beside.unlink(missing_ok=True)
    return keys


def refuse_environment(home: Home, name: str) -> None:
    """A rotation changes a file; what comes from the environment would win over it."""
    if variable(name) in home.environ:
        raise InputError(
            "secret-elsewhere", "this secret comes from the environment, so it cannot be changed here", variable(name),
            f"write it into secrets/{name}, unset the variable, rotate, and put the new text back there",
        )  # fmt: skip
