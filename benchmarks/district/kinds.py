"""The kinds of households, and how often each comes in every hundred."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Adult:
    """How one adult stands to the children of a household. `kind` is what counts are kept by."""

    kind: str
    relation: str
    role: Literal["parent", "guardian", "relative"]
    primary: bool = False
    lives_with: bool = True
    emergency: bool = False
    legal: Literal["true", "false", ""] = ""  # "": not known
    restriction: Literal["", "no-contact", "no-records", "post-only"] = ""
    force: Literal["", "open", "now", "ended", "later"] = ""  # of the restriction, seen from the school year
    agreement: Literal["", "live", "expired"] = ""  # of an agency; "": no date on record
    home: Literal["family", "other", "abroad", "none"] = "family"
    email: Literal["own", "shared", ""] = "own"
    eldest_only: bool = False  # the restriction names the eldest child, not the others


def _mother(kind: str = "together") -> Adult:
    return Adult(kind, "Mother", "parent", primary=True, emergency=True)


TOGETHER = Adult("together", "Father", "parent")
SEPARATED = Adult("separated", "Father", "parent", lives_with=False, home="other")
SEPARATED_MOTHER = _mother("separated")
SINGLE_MOTHER, SINGLE_FATHER = _mother("single"), Adult("single", "Father", "parent", primary=True, emergency=True)


def _guardian(kind: str, legal: Literal["true", "false", ""]) -> Adult:
    return Adult(kind, "Guardian", "guardian", primary=True, legal=legal)


def _grandmother(kind: str, legal: Literal["true", "false", ""], *, lives_with: bool = True) -> Adult:
    return Adult(kind, "Grandmother", "relative", lives_with, lives_with, legal=legal)


def _agency(kind: str, agreement: Literal["", "live", "expired"]) -> Adult:
    return Adult(kind, "Agency", "guardian", primary=True, lives_with=False, agreement=agreement, home="other")


def _barred(
    kind: str,
    restriction: Literal["no-contact", "no-records", "post-only"],
    force: Literal["open", "now", "ended", "later"],
    email: Literal["own", "shared"] = "own",
    *,
    eldest_only: bool = False,
) -> Adult:
    return Adult(
        kind, "Father", "parent", lives_with=False, restriction=restriction, force=force, home="other", email=email,
        eldest_only=eldest_only,
    )  # fmt: skip


def _emergency(relation: str) -> Adult:
    return Adult("emergency-only", relation, "relative", lives_with=False, emergency=True, home="other")


# shares of a hundred; each kind comes in every hundred families of a school
HOUSEHOLDS: tuple[tuple[int, tuple[Adult, ...]], ...] = (
    (36, (_mother(), TOGETHER)),
    (4, (_mother(), TOGETHER, _emergency("Aunt"))),
    (3, (_mother(), Adult("shared-email", "Father", "parent", email="shared"))),
    (12, (SEPARATED_MOTHER, SEPARATED)),
    (2, (SEPARATED_MOTHER, Adult("abroad", "Father", "parent", lives_with=False, home="abroad"))),
    (9, (SINGLE_MOTHER,)),
    (3, (SINGLE_FATHER, _emergency("Neighbor"))),
    (4, (_guardian("guardian-legal", "true"),)),
    (1, (_guardian("guardian-unknown", ""),)),
    (1, (_guardian("guardian-not-legal", "false"), _guardian("guardian-legal", "true"))),
    (2, (_grandmother("grandparent-legal", "true"),)),
    (2, (SINGLE_MOTHER, _grandmother("grandparent", "", lives_with=False))),
    (2, (SINGLE_MOTHER, Adult("step-parent", "Stepfather", "parent", legal="true"))),
    (1, (SINGLE_MOTHER, Adult("step-parent-unknown", "Stepfather", "parent"))),
    (2, (_agency("agency-live", "live"),)),
    (1, (_agency("agency-expired", "expired"), _grandmother("grandparent-legal", "true"))),
    (1, (_agency("agency-undated", ""), SINGLE_MOTHER)),
    (2, (SINGLE_MOTHER, _barred("no-contact", "no-contact", "open"))),
    (1, (SINGLE_MOTHER, _barred("no-contact-ended", "no-contact", "ended"))),
    (1, (SINGLE_MOTHER, _barred("no-contact-later", "no-contact", "later"))),
    (2, (SINGLE_MOTHER, _barred("barred-shares-email", "no-contact", "now", "shared"))),
    (4, (SINGLE_MOTHER, _barred("no-records", "no-records", "now"))),
    (2, (SINGLE_MOTHER, _barred("post-only", "post-only", "open"))),
    (1, (SINGLE_MOTHER, Adult("no-address", "Father", "parent", lives_with=False, home="none", email=""))),
    (1, (SINGLE_MOTHER, Adult("email-only", "Father", "parent", lives_with=False, home="none"))),
)
# not dealt: only a family of two children can be so
DIVIDED = (SINGLE_MOTHER, _barred("no-records-one-child", "no-records", "now", eldest_only=True))
KINDS = tuple(sorted({adult.kind for adults in (*(adults for _, adults in HOUSEHOLDS), DIVIDED) for adult in adults}))
