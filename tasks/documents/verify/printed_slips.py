"""Independent verification (law 13): which slips a letter has, by the numbers and the squares that are printed on them.

It shares no code with what makes the numbers and squares and prints them: zxing-cpp reads a square off the picture of
a page, as the office's scanner does.
"""

import hashlib
import hmac
import re
from collections.abc import Collection, Iterable, Sequence

import zxingcpp
from termpost.tasks.documents.pdf_text import pictures_of, read_as_seen

_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_PRINTED = re.compile(rf"(?<![0-9A-Z-])([{_SIGNS}]{{4}}-[{_SIGNS}]{{4}}-[{_SIGNS}]{{3}})(?![0-9A-Z-])")
_SQUARE = "TS:"  # what the square of a slip begins with
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_DOTS = 2  # to a point: a square of 20 mm has three to four for each of its modules
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


def slips_printed_on(pdf: bytes, pages: Sequence[str], wanted: Collection[str], first: int = 0) -> frozenset[str]:
    """The numbers on the pages of a letter, read as these texts. The slow reader is asked for what the fast one lacks.

    What has figures alone counts where it is wanted, since it may be how somebody is called.

    Args:
        first: the place in the file of the first of these pages.
    """
    found = {number for text in pages for number in _PRINTED.findall(text)}
    for place in range(len(pages) if set(wanted) - found else 0):
        found |= set(_PRINTED.findall(read_as_seen(pdf, first + place)))
    return frozenset(number for number in found if number in wanted or not _OF_DIGITS.fullmatch(number))


def squares_printed_on(pdf: bytes, places: Iterable[int]) -> frozenset[str]:
    """What the squares of slips on these pages say: numbers, if they are as they should be."""
    pictures = pictures_of(pdf, places, _DOTS)
    said = (one.text for picture in pictures for one in zxingcpp.read_barcodes(picture, _QR))
    return frozenset(text.removeprefix(_SQUARE) for text in said if text.startswith(_SQUARE))
