"""The number on a slip or form: which report version it is about and whose it is, and nothing personal.

Ten signs of a digest under the recipient's key, and one that shows a typing error. Nobody without the home's secrets
can make one or read anything in it; what it is about is found by making the numbers of all that was sent.
"""

import re

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.tasks.home.home import Home
from termpost.tasks.secrets.access_codes import ALPHABET, BETWEEN, check_symbol

SIGNS = 10  # of 5 bits each: among 10,000 letters no two have the same, but for once in 20 million schools
PREFIX = "TS"  # what a scanned square begins with, so that no other code passes for one


def slip_number(home: Home, report: str, version: int, recipient: str) -> str:
    """As printed: `XXXX-XXXX-XXX`. The same each time.

    Raises:
        KeyError: the recipient is erased.
    """
    bits = int(home.people.name(PersonRef(recipient), "slip", report, str(version)), 16)
    signs = [bits >> 5 * place & 31 for place in range(SIGNS)]
    text = "".join(ALPHABET[sign] for sign in [*signs, check_symbol(signs)])
    return f"{text[:4]}-{text[4:8]}-{text[8:]}"


def square_text(number: str) -> str:
    """What the square of the number says."""
    return f"{PREFIX}:{number}"


def tidy_slip(typed: str) -> str:
    """The number as printed, from what was typed or scanned.

    Raises:
        InputError: `bad-slip`; the message never repeats what was typed.
    """
    text = re.sub(BETWEEN, "", typed).upper().removeprefix(f"{PREFIX}:")
    if len(text) != SIGNS + 1 or not set(text) <= set(ALPHABET):
        raise _bad(f"the number of a slip has {SIGNS + 1} letters and digits, none of them 0, O, 1 or I")
    *signs, check = (ALPHABET.index(sign) for sign in text)
    if check_symbol(signs) != check:
        raise _bad("the number of the slip has a typing error: its last sign does not fit")
    return f"{text[:4]}-{text[4:8]}-{text[8:]}"


def _bad(what: str) -> InputError:
    return InputError("bad-slip", what, "--slip", "compare it with the slip, group by group, or scan the square")
