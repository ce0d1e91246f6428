"""Whether two e-mail addresses are one mailbox. Pure; nothing is looked up in the DNS.

Sources: RFC 5321, section 2.4 (case), RFC 5890 (IDNA), and what the providers below publish of their own mailboxes.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import unquote

from email_validator import EmailNotValidError, validate_email
from termpost.tasks.rights.sameness.lettering import LOOK_ALIKES
from termpost.tasks.rights.sameness.outcome import Sameness, strongest


class Provider(NamedTuple):
    """What a provider does with names: domains of the same mailboxes, the first stands for all."""

    domains: tuple[str, ...]
    ignored: str = ""  # signs that mean nothing in a name
    tags: str = "+"  # what stands before a part that means nothing


PROVIDERS: Final = (
    Provider(("gmail.com", "googlemail.com"), ignored="."),
    Provider(("proton.me", "protonmail.com", "protonmail.ch", "pm.me"), ignored=".-_"),
    Provider(("icloud.com", "me.com", "mac.com")),
    Provider(("yandex.ru", "yandex.com", "yandex.ua", "yandex.by", "yandex.kz", "ya.ru")),  # there a.b is a-b, below
    Provider(("fastmail.com",)), Provider(("fastmail.fm",)), Provider(("zoho.com",)), Provider(("hey.com",)),
    *(Provider((f"{name}.{end}",)) for name in ("outlook", "hotmail", "live") for end in (
        "com", "fr", "es", "de", "com.mx", "com.ar", "co.uk", "it")),
    Provider(("msn.com",)), Provider(("passport.com",)),
)  # fmt: skip
BY_DOMAIN: Final = {domain: provider for provider in PROVIDERS for domain in provider.domains}
DASHED: Final = "yandex.ru"
SUBDOMAINS: Final = frozenset({"fastmail.com", "fastmail.fm"})  # a@user.fastmail.com is a box of user@fastmail.com
USUAL: Final = re.compile(r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]+")
BETWEEN: Final = re.compile(r"[;,\s|<>()\[\]]+")
QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"@')
IN_WORDS: Final = re.compile(r"\s*[\[({]\s*(at|dot)\s*[\])}]\s*|\s+(at|dot)\s+", re.IGNORECASE)


@lru_cache(maxsize=100_000)
def mail_key(email: str | None) -> str:
    """What all spellings of one mailbox share; empty where there is none. Of a list, those of all of it."""
    return " ".join(sorted({_key(one) for one in _addresses(email or "")}))


@lru_cache(maxsize=100_000)
def compare_mailboxes(one: str | None, other: str | None) -> Sameness:
    """Same where mail to both arrives in one box, ask where it may: a tag at a provider that is not known, a list."""
    found = _compare_cells(one or "", other or "")
    if found is Sameness.DIFFERENT and not f"{one}{other}".isascii():
        looks = _compare_cells(_as_it_looks(one or ""), _as_it_looks(other or ""))
        return Sameness.ASK if looks.may_be_same else found
    return found


def _compare_cells(one: str, other: str) -> Sameness:
    mine, theirs = _addresses(one), _addresses(other)
    if not mine or not theirs:
        return Sameness.DIFFERENT
    if len(mine) == len(theirs) == 1:
        return _compare(mine[0], theirs[0])
    if mail_key(one) == mail_key(other):
        return Sameness.SAME
    shared = strongest(_compare(a, b) for a in mine for b in theirs)
    return Sameness.ASK if shared.may_be_same else Sameness.DIFFERENT


def _compare(one: str, other: str) -> Sameness:
    if _key(one) == _key(other):
        return Sameness.SAME
    return Sameness.ASK if _widest(one) == _widest(other) else Sameness.DIFFERENT


def _addresses(said: str) -> tuple[str, ...]:
    """Every address in a cell, without names, brackets and `mailto:`."""
    shown = "".join(sign for sign in unicodedata.normalize("NFKC", said) if unicodedata.category(sign) != "Cf")
    shown = shown.strip()
    if USUAL.fullmatch(shown):
        return (shown,)
    shown = re.sub(r"(?i)mailto:([^?\s]+)(\?\S*)?", lambda found: unquote(found[1]), shown)
    shown = IN_WORDS.sub(lambda found: "@" if (found[1] or found[2]).lower() == "at" else ".", shown)
    quoted = QUOTED.search(shown)
    if quoted:
        return (shown[quoted.start() :],)
    return tuple(part for part in BETWEEN.split(shown) if "@" in part.strip("@"))


@lru_cache(maxsize=100_000)
def _key(address: str) -> str:
    """In small letters, by the domain as the DNS has it, without what its provider ignores."""
    small = unicodedata.normalize("NFC", address.casefold()).strip().rstrip(".")
    name, domain = _parsed(small)
    provider = BY_DOMAIN.get(domain)
    if provider is None:
        return f"{name}@{domain}"
    for sign in provider.tags:
        name = name.partition(sign)[0] or name
    bare = name.translate(dict.fromkeys(map(ord, provider.ignored)))
    if provider.domains[0] == DASHED:
        bare = bare.replace(".", "-")
    return f"{bare or name}@{provider.domains[0]}"


def _parsed(small: str) -> tuple[str, str]:
    if USUAL.fullmatch(small) and "xn--" not in small:
        name, _, domain = small.rpartition("@")
        return name, domain
    try:
        found = validate_email(small, check_deliverability=False, allow_quoted_local=True, strict=False)
    except EmailNotValidError:  # written in a way that no mail goes to: compared as it stands
        name, _, domain = small.rpartition("@")
        return re.sub(r'^"([a-z0-9._+-]+)"$', r"\1", name), domain
    return found.local_part.casefold(), (found.ascii_domain or found.domain).casefold()


@lru_cache(maxsize=100_000)
def _widest(address: str) -> str:
    """What an unknown provider may take for one box: without a tag, and by the owner's domain."""
    name, _, domain = _key(address).rpartition("@")
    name = name.partition("+")[0] or name
    for parent in SUBDOMAINS:
        if domain.endswith(f".{parent}"):
            name, domain = domain.removesuffix(f".{parent}"), parent
    return f"{name}@{domain}"


def _as_it_looks(cell: str) -> str:
    """With every letter as a reader takes it; before NFKC, which would make other letters of some."""
    return "".join(LOOK_ALIKES.get(sign, sign) for sign in cell)
