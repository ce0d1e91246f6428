"""Whether a notice may go to somebody's e-mail address, and one notice per address. The plan holds no address."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from termpost.schemas.documents.parcel import Decision, Parcel, Plan
from termpost.tasks.rights.contact_methods import NoticeRule, Ways

TOLD: frozenset[NoticeRule] = frozenset({"email-of-barred", "email-unclear", "same-email"})  # on record, not used
ASKED: frozenset[NoticeRule] = frozenset({"email-of-barred", "email-unclear"})


class Notice(NamedTuple):
    """What there is to say of one recipient's e-mail address. Personal: it stays in memory."""

    recipient: str
    rule: NoticeRule
    email: str | None  # as `reachable.mail_key` has it; None unless it may be used
    is_primary: bool


def notice_of(
    recipient: str, way: Ways, *, has_portal: bool, on_paper: bool, post_only: bool, is_primary: bool
) -> Notice:
    """A notice says that something lies in the portal; what forbids or spares it, most protective first."""
    if way.email_rule == "email-of-barred":
        rule: NoticeRule = "email-of-barred"
    elif post_only:
        rule = "post-only"
    elif on_paper:
        rule = "asked-for-print"
    elif not has_portal:
        rule = "no-portal"
    else:
        rule = way.email_rule or "may-notify"
    return Notice(recipient, rule, way.email if rule == "may-notify" else None, is_primary)


def _told(parcel: Parcel, rule: NoticeRule, by_mail: bool) -> Parcel:
    """The parcel with what there is to say of a notice; e-mail is one of its channels where one may go."""
    may = rule == "may-notify"
    channels = (*parcel.channels, "email") if may and by_mail else parcel.channels
    return replace(parcel, notice_rule=rule, may_notify=may, channels=channels)


def with_notices(plan: Plan, notices: Sequence[Notice], *, by_mail: bool) -> Plan:
    """The plan with one notice per e-mail address: the contact who is called first gets it, else the first reference.

    Whoever shares the address keeps right, page and letter; only the second message is spared.
    """
    first: dict[str, str] = {}
    for notice in sorted(notices, key=lambda n: (not n.is_primary, n.recipient)):
        if notice.email is not None:
            first.setdefault(notice.email, notice.recipient)
    rules: dict[str, NoticeRule] = {}
    for notice in notices:  # of a recipient met twice, in two portions of schools, what forbids counts
        same = notice.email is not None and first[notice.email] != notice.recipient
        if rules.get(notice.recipient, "may-notify") == "may-notify":
            rules[notice.recipient] = "same-email" if same else notice.rule
    parcels = tuple(_told(parcel, rules[parcel.recipient], by_mail) for parcel in plan.parcels)
    refused = tuple(
        Decision(
            student=report.student, recipient=parcel.recipient, allowed=False, rule=parcel.notice_rule,
            question=parcel.notice_rule in ASKED, channel="email",
        )
        for parcel in parcels if parcel.notice_rule in TOLD for report in parcel.reports
    )  # fmt: skip
    return plan.model_copy(update={"parcels": parcels, "notices": refused})
