"""What a delivery, and what is delivered, is called: by digests under the recipient's key, so nobody can guess it."""

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.parcel import Parcel
from termpost.tasks.home.home import Home


def delivery_id(home: Home, parcel: Parcel, channel: str, report: str, version: int) -> str:
    """A report version to a recipient by a channel."""
    return "d" + home.people.name(PersonRef(parcel.recipient), "delivery", report, str(version), channel)


def delivery_ids(home: Home, parcel: Parcel, channel: str) -> tuple[str, ...]:
    """One for each report in the parcel, in its order."""
    return tuple(delivery_id(home, parcel, channel, r.report, r.version) for r in parcel.reports)


def content_name(home: Home, parcel: Parcel) -> str:
    """Differs with the content, so that a link never shows another version than it was sent for."""
    digests = [rendition.digest for report in parcel.reports for rendition in report.renditions]
    return home.people.name(PersonRef(parcel.recipient), "page", *digests)
