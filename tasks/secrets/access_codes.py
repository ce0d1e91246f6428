"""Access codes: what a family types to open a sealed page.

Sixteen symbols carry 80 bits; the seventeenth is a check symbol. The symbols are the elements of GF(32), in the order
of the alphabet, and a code is valid when its Reed-Solomon parity (the polynomial of its symbols at the primitive
element) is zero. The weights are 17 different powers of one element and none is zero, so every wrong symbol and every
swap of two symbols, neighbours or not, changes the parity: it is the one-check Reed-Solomon code, distance 2. Luhn
modulo 32 would let swaps through.
"""

import re

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from termpost.schemas.base.errors import InputError

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0, O, 1, I; upper case only, so L is like nothing that is left
SYMBOLS = 16  # of 5 bits each
MASTER_BYTES = 32  # at least
_REDUCE = 0b100101  # x^5 + x^2 + 1, primitive over GF(2)
# What people and phones put between the groups: spaces, also unbreakable ones, and any dash. The page drops the same.
BETWEEN = "[ \\t\\r\\n\\u00a0\\u2007\\u2009\\u202f\\u2010-\\u2015\\u2212-]"


def access_code(master: bytes, recipient: str, counter: int) -> str:
    """The code of a recipient, as printed: `XXXX-XXXX-XXXX-XXXX-C`.

    HKDF-SHA-256 (RFC 5869) of the home's master secret (32 random bytes or more); a higher counter replaces the code.
    """
    if len(master) < MASTER_BYTES or counter < 0 or not recipient:
        raise ValueError("a code needs a master secret of 32 bytes, a recipient and a counter from 0")
    info = f"termpost.code/1\n{counter}\n{recipient}".encode()  # the reference is last, so no two inputs read alike
    bits = int.from_bytes(HKDF(SHA256(), SYMBOLS * 5 // 8, salt=None, info=info).derive(master))
    symbols = [bits >> 5 * place & 31 for place in reversed(range(SYMBOLS))]
    symbols.append(check_symbol(symbols))
    return grouped("".join(ALPHABET[symbol] for symbol in symbols))


def grouped(code: str) -> str:
    """A tidy code in groups of four, as printed."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def tidy(code: str) -> str:
    """The 17 symbols of a typed code.

    Upper-cases a to z and drops spaces and dashes of any kind (BETWEEN); maps nothing else. InputError `bad-code` on a
    wrong length, symbol or check symbol; the message never repeats what was typed.
    """
    text = re.sub(BETWEEN, "", code)
    text = re.sub("[a-z]", lambda letter: letter[0].upper(), text)  # not str.upper: it turns ſ into S and ß into SS
    if len(text) != SYMBOLS + 1:
        raise _bad(f"the access code does not have {SYMBOLS + 1} letters and digits")
    if not set(text) <= set(ALPHABET):
        raise _bad("the access code has a character that no code has (0, O, 1, I and signs are never used)")
    if _parity([ALPHABET.index(symbol) for symbol in text]) != 0:
        raise _bad("the access code has a typing error: its check character does not fit")
    return text


def check_symbol(symbols: list[int]) -> int:
    """The symbol that makes the parity of at most 30 others zero, so that each wrong one and each swap shows."""
    return _times_x(_parity(symbols))


def _bad(what: str) -> InputError:
    return InputError("bad-code", what, "the access code", "compare it with the letter, group by group")


def _times_x(symbol: int) -> int:
    doubled = symbol << 1
    return doubled ^ _REDUCE if doubled & 32 else doubled


def _parity(symbols: list[int]) -> int:
    """The polynomial with these coefficients at x, by Horner's rule."""
    value = 0
    for symbol in symbols:
        value = _times_x(value) ^ symbol
    return value
