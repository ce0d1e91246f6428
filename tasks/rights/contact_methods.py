"""Where a recipient is written to, and where nobody ever is. Pure; docs/rights.md has its cases.

What a barred contact also has, or may have, is never used: two addresses that are taken for one cost the office a
question.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple, get_args

from termpost.schemas.documents.identity import Reach
from termpost.tasks.rights.sameness.address import compare_places, is_same_house
from termpost.tasks.rights.sameness.mailbox import compare_mailboxes, mail_key

AddressRule = Literal["no-channel", "address-unclear", "address-of-barred", "address-confidential", "hand-over"]
EmailRule = Literal["no-email", "email-unclear", "email-of-barred"]
ADDRESS_RULES: tuple[AddressRule, ...] = get_args(AddressRule)
NO_CHANNEL: AddressRule = "no-channel"  # no address is on record
ADDRESS_OF_BARRED: AddressRule = "address-of-barred"
ADDRESS_CONFIDENTIAL: AddressRule = "address-confidential"  # a student's home, which is that of a contact it is kept of
BY_HAND: AddressRule = "hand-over"  # decided: what is addressed to the student is handed over at the office


class Reachability(NamedTuple):
    """By what a recipient may be reached about one student: what a channel is asked with."""

    has_address: bool
    has_email: bool
    post_only: bool = False  # nothing but the post is allowed
    in_person: bool = False  # the office hands over what a letter would have brought: it may not go where they live
    by_hand: bool = False  # the envelope itself is handed over, and has no address


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

    @property
    def in_person(self) -> bool:
        """Whether the letter waits, and only the letter: its code is handed over at the office."""
        return self.address_rule in (ADDRESS_OF_BARRED, ADDRESS_CONFIDENTIAL, NO_CHANNEL)

    @property
    def by_hand(self) -> bool:
        """Whether the office hands over whatever is addressed to them."""
        return self.address_rule == BY_HAND

    def reachability(self, post_only: bool) -> Reachability:
        """About one student; with `post_only` nothing but letters may go to them."""
        return Reachability(self.home is not None, self.email is not None, post_only, self.in_person, self.by_hand)


def contact_methods(
    recipient: str, rows: Sequence[ContactRow], barred: Iterable[ContactRow], cleared: Iterable[ContactRow] = ()
) -> ContactMethods:
    """The one address and the one e-mail address of a recipient.

    Args:
        rows: all of the recipient's, by child.
        barred: whom a restriction bars from any of these children; the recipient's own address is no bar to
            themselves.
        cleared: of the barred, those about whom the office answered that the recipient's address is none of theirs.
    """
    others = [one.reach for one in barred if one.contact != recipient]
    homes = [one for one in others if one not in {row.reach for row in cleared}]
    home, address_rule = _home(rows)
    if home is not None and any(compare_places(home, other).may_be_same for other in homes):
        home, address_rule = None, ADDRESS_OF_BARRED
    email, email_rule = _email(rows)
    if email is not None and any(compare_mailboxes(email, other.email).may_be_same for other in others):
        email, email_rule = None, "email-of-barred"
    return ContactMethods(home, address_rule, email, email_rule)


def _home(rows: Sequence[ContactRow]) -> tuple[Reach | None, AddressRule | None]:
    """The address that all rows give; where they differ, the one of a child who lives there."""
    known = [row for row in rows if row.reach.has_address]
    if len(known) == 1:
        return known[0].reach, None
    known.sort(key=lambda row: row.lives_with is not True)
    if not known:
        return None, NO_CHANNEL
    here = [row for row in known if row.lives_with is True]
    for among in (known, here):
        if among and all(row.reach.address == among[0].reach.address or is_same_house(row.reach, among[0].reach)
                         for row in among):  # fmt: skip
            return among[0].reach, None
    return None, "address-unclear"


def _email(rows: Sequence[ContactRow]) -> tuple[str | None, EmailRule | None]:
    found = sorted({mail_key(row.reach.email) for row in rows} - {""})
    if found and all(compare_mailboxes(found[0], other).may_be_same for other in found):
        return found[0], None
    return None, "email-unclear" if found else "no-email"
