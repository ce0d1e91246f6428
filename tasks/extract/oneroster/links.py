"""What a Link header (RFC 8288) says of the next page; a token goes to no other host, and never in clear."""

import re
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
from termpost.schemas.base.errors import InputError

LINK = re.compile(r"<([^>]*)>([^<]*)")
REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,]+))", re.IGNORECASE)
PORTS = {"https": 443, "http": 80}
MOST_DIGITS = 11  # of a place in a list


def next_link(headers: httpx.Headers, asked: str, shown: str) -> str | None:
    """The address of the next page; "" where the header names none, None where there is no header.

    Args:
        asked: the address that was asked, which a relative one is relative to.
        shown: what an error says of where.

    Raises:
        InputError: `link-elsewhere`.
    """
    said = headers.get_list("Link")
    if not said:
        return None
    for target, params in LINK.findall(", ".join(said)):
        rels = [quoted or bare for quoted, bare in REL.findall(params)]
        if any("next" in rel.lower().split() for rel in rels):
            return _same_host(urljoin(asked, target.strip()), asked, shown)
    return ""


def offset_of(link: str) -> int | None:
    """Where the page begins that it names; None where it counts otherwise."""
    return whole_number(parse_qs(urlsplit(link).query).get("offset", [""])[-1])


def whole_number(said: str) -> int | None:
    """How many, or which: in plain digits, and not more than any list has."""
    return int(said) if said.isascii() and said.isdigit() and len(said) <= MOST_DIGITS else None


def _same_host(link: str, asked: str, shown: str) -> str:
    try:
        there, here = _origin(link), _origin(asked)
    except ValueError:
        there, here = ("", None, None), ("", "", None)
    if there == here:
        return link
    what = "in clear" if there[0] == "http" and there[1] == here[1] else "to another host"
    raise InputError("link-elsewhere", f"the Link to the next page leads {what}, where no token goes", shown,
                     "ask who runs the service to have Link name the address that is asked")  # fmt: skip


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or PORTS.get(parts.scheme)
