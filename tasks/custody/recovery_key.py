"""The recovery key of a backup: random, printed once, typed by a person when everything else is gone.

It is two codes of the kind that families get (secrets/access_codes.py), one after the other: 160 random bits, and a
check symbol in each half that finds every wrong symbol and every swap.
"""

import re
import secrets

from termpost.schemas.base.errors import InputError
from termpost.tasks.secrets.access_codes import BETWEEN, SYMBOLS, access_code, tidy

HALF = SYMBOLS + 1  # symbols, the check among them


def new_recovery_key() -> str:
    """`XXXX-XXXX-XXXX-XXXX-C XXXX-XXXX-XXXX-XXXX-C`"""
    return " ".join(access_code(secrets.token_bytes(32), "recovery", 0) for _ in range(2))


def read_recovery_key(text: str) -> str:
    """The 34 symbols of a typed key. InputError `bad-recovery-key` never repeats what was typed."""
    typed = re.sub(BETWEEN, "", text)
    if len(typed) != 2 * HALF:
        raise _bad(f"the recovery key does not have {2 * HALF} letters and digits")
    halves = []
    for name, half in (("first", typed[:HALF]), ("second", typed[HALF:])):
        try:
            halves.append(tidy(half))
        except InputError:
            raise _bad(f"the {name} half of the recovery key has a typing error") from None
    return "".join(halves)


def _bad(what: str) -> InputError:
    return InputError("bad-recovery-key", what, "the recovery key", "compare it with the paper, group by group")
