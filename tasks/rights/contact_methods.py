"""Where a recipient is written to, and where nobody ever is. Pure; docs/rights.md has its cases.

What a barred contact also has is never used, so sameness is read widely: two spellings of one address must be found
to be one, and two addresses that are taken for one cost the office a question.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple, get_args

from termpost.schemas.documents.identity import Reach

AddressRule = Literal["no-channel", "address-unclear", "address-of-barred"]
EmailRule = Literal["no-email", "email-unclear", "email-of-barred"]
ADDRESS_RULES: tuple[AddressRule, ...] = get_args(AddressRule)

# as the United States Postal Service shortens them (Publication 28, appendices B and C), and a few of other languages
SHORT = {
    "alley": "aly", "avenue": "ave", "av": "ave", "avenida": "ave", "boulevard": "blvd", "circle": "cir", "court": "ct",
    "drive": "dr", "east": "e", "expressway": "expy", "first": "1st", "fort": "ft", "freeway": "fwy", "heights": "hts",
    "highway": "hwy", "lane": "ln", "mount": "mt", "mountain": "mtn", "north": "n", "northeast": "ne",
    "northwest": "nw", "parkway": "pkwy", "place": "pl", "road": "rd", "route": "rte", "saint": "st", "second": "2nd",
    "south": "s", "southeast": "se", "southwest": "sw", "square": "sq", "street": "st",
    "terrace": "ter", "third": "3rd", "trail": "trl", "west": "w",
}  # fmt: skip
NO_PART = frozenset({"apartment", "apt", "building", "bldg", "flat", "floor", "fl", "no", "number", "room", "rm", "ste",
                     "suite", "unit"})  # fmt: skip
ASCII_MARK = re.compile("[^0-9a-z]")
ONE_MAILBOX = frozenset({"gmail.com", "googlemail.com"})  # where dots in a name mean nothing


class Reachability(NamedTuple):
    """By what a recipient may be reached about one student: what a channel is asked with."""

    has_address: bool
    has_email: bool
    post_only: bool = False  # nothing but the post is allowed


class ContactRow(NamedTuple):
    """How somebody is reached about one child, and whether that child lives with them."""

    contact: str  # whose row it is; of a student's own copy, the student
    reach: Reach
    lives_with: bool | None = None


class ContactMethods(NamedTuple):
    """How one recipient may be written to, the same for all their children. Personal: it stays in memory."""

    home: Reach | None  # whose address is used
    address_rule: AddressRule | None  # why there is none
    email: str | None = None  # as `mail_key` has it
    email_rule: EmailRule | None = None  # why there is none

    def reachability(self, post_only: bool) -> Reachability:
        """About one student; with `post_only` nothing but letters may go to them."""
        return Reachability(self.home is not None, self.email is not None, post_only)


def contact_methods(recipient: str, rows: Sequence[ContactRow], barred: Iterable[ContactRow]) -> ContactMethods:
    """The one address and the one e-mail address of a recipient.

    Args:
        rows: all of the recipient's, by child.
        barred: whom a restriction bars from any of these children; the recipient's own address is no bar to
            themselves.
    """
    others = [one.reach for one in barred if one.contact != recipient]
    home, address_rule = _home(rows)
    if home is not None and any(same_place(home, other) for other in others):
        home, address_rule = None, "address-of-barred"
    email, email_rule = _email(rows)
    if email is not None and any(email == mail_key(other.email) for other in others):
        email, email_rule = None, "email-of-barred"
    return ContactMethods(home, address_rule, email, email_rule)


def same_place(one: Reach, other: Reach) -> bool:
    """Whether two addresses may be one: by street, unless both town and postal code are known and differ.

    Case, accents, punctuation, the usual abbreviations, the order of the parts and a missing apartment do not tell
    them apart.
    """
    if not one.street or not other.street:
        return False
    differ = [
        bool(mine and theirs and mine != theirs)
        for mine, theirs in ((_town(one), _town(other)), (_code(one), _code(other)))
    ]
    return not all(differ) and _same_street(_parts(one.street), _parts(other.street))


def mail_key(email: str | None) -> str:
    """What two spellings of one mailbox share; empty where there is none. `+tag` and, at Gmail, dots mean nothing."""
    name, at, domain = unicodedata.normalize("NFKC", email or "").strip().casefold().rpartition("@")
    if not at:
        return ""
    name = name.partition("+")[0] or name
    if domain in ONE_MAILBOX:
        return f"{name.replace('.', '')}@gmail.com"
    return f"{name}@{domain}"


def _home(rows: Sequence[ContactRow]) -> tuple[Reach | None, AddressRule | None]:
    """The address that all rows give; where they differ, the one of a child who lives there."""
    known = [row for row in rows if row.reach.has_address]
    if len(known) == 1:
        return known[0].reach, None
    known.sort(key=lambda row: row.lives_with is not True)
    if not known:
        return None, "no-channel"
    here = [row for row in known if row.lives_with is True]
    for among in (known, here):
        if among and all(row.reach.address == among[0].reach.address or same_place(row.reach, among[0].reach)
                         for row in among):  # fmt: skip
            return among[0].reach, None
    return None, "address-unclear"


def _email(rows: Sequence[ContactRow]) -> tuple[str | None, EmailRule | None]:
    found = sorted({mail_key(row.reach.email) for row in rows} - {""})
    if len(found) == 1:
        return found[0], None
    return None, "email-unclear" if found else "no-email"


def _plain(text: str | None) -> str:
    """Small letters without accents, everything else that is no letter or digit a space."""
    small = (text or "").casefold()
    if small.isascii():  # as most are: the same, ten times as fast
        return ASCII_MARK.sub(" ", small)
    apart = unicodedata.normalize("NFKD", small)
    bare = (sign for sign in apart if not unicodedata.combining(sign))
    return "".join(sign if sign.isalnum() else " " for sign in bare)


def _parts(street: str) -> tuple[str, ...]:
    words = [word for word in _plain(street).split() if word not in NO_PART]
    words = [f"{word.removesuffix('strasse')}str" if word.endswith("strasse") else word for word in words]
    return tuple(SHORT.get(word, word) for word in words)


def _same_street(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    short, long = sorted((one, other), key=lambda parts: len("".join(parts)))
    if not short:
        return False
    begun = "".join(short)
    if any("".join(long[:length]) == begun for length in range(1, len(long) + 1)):
        return True
    return len(short) > 1 and not Counter(short) - Counter(long)


def _town(reach: Reach) -> str:
    return "".join(_plain(reach.city).split())


def _code(reach: Reach) -> str:
    """Without what ZIP+4 adds."""
    return "".join(_plain((reach.postal_code or "").partition("-")[0]).split())
