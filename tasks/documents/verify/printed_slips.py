"""Independent verification (law 13): which slips a letter has, by the numbers that are printed on them.

It shares no code with what makes the numbers and prints them.
"""

import hashlib
import hmac
import re
from collections.abc import Collection, Sequence

from termpost.tasks.documents.pdf_text import read_as_seen

_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_PRINTED = re.compile(rf"(?<![0-9A-Z-])([{_SIGNS}]{{4}}-[{_SIGNS}]{{4}}-[{_SIGNS}]{{3}})(?![0-9A-Z-])")
BEFORE_CHECK = 10
_OF_DIGITS = re.compile("[0-9-]+")  # a telephone number may be written so


def expected_slip(key: bytes, report: str, version: int) -> str:
    """The number on the slip of a report version for the person whose key this is, made once more."""
    said = hmac.new(key, f"name\0slip\0{report}\0{version}".encode(), hashlib.sha256).hexdigest()[:20]
    bits, signs = int(said[-13:], 16), list[int]()
    while len(signs) < BEFORE_CHECK:
        bits, sign = divmod(bits, 32)
        signs.append(sign)
    text = "".join(_SIGNS[sign] for sign in (*signs, _check(signs)))
    return "-".join((text[:4], text[4:8], text[8:]))


def _check(signs: Sequence[int]) -> int:
    """The sum of each sign times x to the power of its distance from the end, in GF(32) by x^5 + x^2 + 1."""
    total = 0
    for power, sign in enumerate(reversed(signs), 1):
        product = sign << power
        for bit in range(product.bit_length() - 1, 4, -1):
            if product >> bit & 1:
                product ^= 0b100101 << bit - 5
        total ^= product
    return total


def slips_printed_on(pdf: bytes, pages: Sequence[str], wanted: Collection[str]) -> frozenset[str]:
    """The numbers on the pages of a letter, read as these texts. The slow reader is asked for what the fast one lacks.

    What has figures alone counts where it is wanted, since it may be how somebody is called.
    """
    found = {number for text in pages for number in _PRINTED.findall(text)}
    for place in range(len(pages) if set(wanted) - found else 0):
        found |= set(_PRINTED.findall(read_as_seen(pdf, place)))
    return frozenset(number for number in found if number in wanted or not _OF_DIGITS.fullmatch(number))
