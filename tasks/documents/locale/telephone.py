"""Telephone numbers as links (RFC 3966). On paper and on the screen a number stands as the school wrote it."""

import re
from collections.abc import Mapping
from typing import Final

NORTH_AMERICA: Final = frozenset({"US", "CA", "PR", "GU", "VI", "AS", "MP", "BS", "JM", "DO", "TT", "BB"})
AREA_AND_LINE: Final = 10  # digits of a number of North America
# calling codes of countries where a number dialled within begins with a nought that falls away from abroad (ITU E.164)
CALLING_CODES: Final[Mapping[str, str]] = {
    "AE": "971", "AT": "43", "AU": "61", "BE": "32", "CH": "41", "CN": "86", "DE": "49", "EG": "20", "FI": "358",
    "FR": "33", "GB": "44", "IE": "353", "IL": "972", "IN": "91", "JO": "962", "JP": "81", "KE": "254", "KR": "82",
    "LB": "961", "MA": "212", "MY": "60", "NG": "234", "NL": "31", "NZ": "64", "PH": "63", "PK": "92", "RO": "40",
    "SA": "966", "SE": "46", "TH": "66", "TR": "90", "UA": "380", "VN": "84", "ZA": "27",
}  # fmt: skip
_EXTENSION = re.compile(r"(?i)\s*(?:ext\.?|extension|x|#)\s*([0-9]{1,6})\s*$")


def dialled(number: str, country: str = "") -> str:
    """The link of a number, `tel:+15125550142;ext=7`: with its country where that can be told, else its digits alone.

    Args:
        number: as the school wrote it, with whatever signs and an extension.
        country: ISO 3166-1, of the school.
    """
    extension = _EXTENSION.search(number)
    main = number[: extension.start()] if extension else number
    main = (
        main.replace("(0)", "") if "+" in main else main
    )  # +44 (0)20 …: the nought is dialled within the country only
    digits = "".join(sign for sign in main if sign in "0123456789")
    if main.strip().startswith("+"):
        digits = f"+{digits}"
    elif country in NORTH_AMERICA:
        digits = _north_american(digits)
    elif digits.startswith("00"):
        digits = f"+{digits[2:]}"
    elif digits.startswith("0") and country in CALLING_CODES:
        digits = f"+{CALLING_CODES[country]}{digits[1:]}"
    return f"tel:{digits}" + (f";ext={extension[1]}" if extension else "") if digits else ""


def _north_american(digits: str) -> str:
    if digits.startswith("011"):
        return f"+{digits[3:]}"
    if len(digits) == AREA_AND_LINE:
        return f"+1{digits}"
    return f"+{digits}" if len(digits) == AREA_AND_LINE + 1 and digits[0] == "1" else digits
