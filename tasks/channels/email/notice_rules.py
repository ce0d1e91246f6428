"""Whether a notice may go to somebody's e-mail address, and one notice per address. The plan holds no address.

Many student systems have a guardian record for each child, so one mother is several recipients with one mailbox: their
parcels stand in one notice, each with its own link, which opens with its own code. The mailbox learns nothing that it
would not learn from a notice for each.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, NamedTuple, get_args

from termpost.schemas.base.channel_name import ChannelName
from termpost.schemas.documents.parcel import Parcel, Plan, RecipientDecision
from termpost.tasks.channels.channel import Addressee

NoticeRule = Literal[
    "may-notify", "no-email", "no-portal", "post-only", "asked-for-print", "email-unclear", "email-of-barred",
    "same-email",
]  # fmt: skip
NOTICE_RULES: tuple[NoticeRule, ...] = get_args(NoticeRule)
NOT_USED: frozenset[NoticeRule] = frozenset({"email-of-barred", "email-unclear", "same-email"})  # though on record
ASKED: frozenset[NoticeRule] = frozenset({"email-of-barred", "email-unclear"})  # of the office, as a question


class NoticeWish(NamedTuple):
    """What there is to say of one recipient's e-mail address. Personal: it stays in memory."""

    recipient: str
    rule: NoticeRule
    email: str | None  # as `contact_methods.mail_key` has it; None unless it may be used
    is_primary: bool


def notice_wish(addressee: Addressee) -> NoticeWish:
    """A notice says that something lies in the portal; what forbids or spares it, most protective first."""
    methods = addressee.methods
    if methods.email_rule == "email-of-barred":
        rule: NoticeRule = "email-of-barred"
    elif addressee.post_only:
        rule = "post-only"
    elif addressee.on_paper:
        rule = "asked-for-print"
    elif not addressee.has_page:
        rule = "no-portal"
    else:
        rule = methods.email_rule or "may-notify"
    email = methods.email if rule == "may-notify" else None
    return NoticeWish(addressee.recipient, rule, email, addressee.is_primary)


def with_notices(plan: Plan, wishes: Sequence[NoticeWish], *, by_mail: bool) -> Plan:
    """The plan with one notice per e-mail address: the contact who is called first gets it, else the first reference.

    Whoever shares the address and has a report that nobody before them has stands in the same notice. Whoever has none
    keeps right, page and letter; only the second link to the same report is spared.
    """
    rules: dict[str, NoticeRule] = {}
    for wish in wishes:  # of a recipient met twice, in two portions of schools, what forbids counts
        if rules.get(wish.recipient, "may-notify") == "may-notify":
            rules[wish.recipient] = wish.rule
    by_mailbox: defaultdict[str, list[str]] = defaultdict(list)
    for wish in sorted(wishes, key=lambda w: (not w.is_primary, w.recipient)):
        if wish.email is not None and rules[wish.recipient] == "may-notify":
            by_mailbox[wish.email].append(wish.recipient)
    shared = {
        recipient: mine for mine in map(dict.fromkeys, by_mailbox.values()) if len(mine) > 1 for recipient in mine
    }
    about = {p.recipient: {report.report for report in p.reports} for p in plan.parcels if p.recipient in shared}
    leaders: dict[str, str] = {}  # recipient → in whose notice they stand
    for mine in {id(mine): mine for mine in shared.values()}.values():
        told, leader = set[str](), next(iter(mine))
        for recipient in mine:
            if about[recipient] <= told:
                rules[recipient] = "same-email"
            elif recipient != leader:
                leaders[recipient] = leader
            told |= about[recipient]
    parcels = tuple(
        _with_rule(parcel, rules[parcel.recipient], leaders.get(parcel.recipient, ""), by_mail)
        for parcel in plan.parcels
    )
    refused = tuple(
        RecipientDecision(
            student=report.student, recipient=parcel.recipient, allowed=False, rule=parcel.notice_rule,
            question=parcel.notice_rule in ASKED, channel=ChannelName.EMAIL,
        )
        for parcel in parcels if parcel.notice_rule in NOT_USED for report in parcel.reports
    )  # fmt: skip
    return plan.model_copy(update={"parcels": parcels, "notices": (*plan.notices, *refused)})


def _with_rule(parcel: Parcel, rule: NoticeRule, leader: str, by_mail: bool) -> Parcel:
    """The parcel with what there is to say of a notice; e-mail is one of its channels where one may go."""
    may = rule == "may-notify"
    channels = (*parcel.channels, ChannelName.EMAIL) if may and by_mail else parcel.channels
    return replace(parcel, notice_rule=rule, may_notify=may, channels=channels, notice_with=leader)
