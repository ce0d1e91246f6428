"""Caregivers by an affidavit: with the paper on file they have the reports, and what more the law of the place gives.

The paper is the office's decision (`rights decide --finding guardian --basis other-document`); a court order or papers
of guardianship make a guardian, of whom nothing here speaks.
"""

from collections.abc import Collection, Iterable
from typing import Final

from termpost.schemas.documents.identity import ContactRights
from termpost.schemas.log.rights_decision import RightsDecision

CAREGIVER: Final = "caregiver"  # the rule by which they have a report, and no more


def is_limited(contact: ContactRights, papers: Iterable[RightsDecision], limited: Collection[str]) -> bool:
    """Whether this contact has the reports alone.

    Args:
        papers: what the office says of them on that day.
        limited: relations, as `HomeLaw.limited_caregivers` gives them.
    """
    is_named = (contact.relation or "").strip().lower() in limited
    return is_named and any(one.finding == "guardian" and one.basis == "other-document" for one in papers)
