"""Where whoever is held can be looked up: file and row of the extract, or what is missing where no row says it."""

from collections.abc import Iterable, Mapping
from typing import Final

from pydantic import BaseModel
from termpost.schemas.base.errors import Refused
from termpost.schemas.documents.findings import HoldSource, findings_key
from termpost.schemas.documents.prepared import LEFT_OFF, NO_ATTENDANCE, NO_COMMENT, NO_CONTACT_KNOWN, RECORDS_HOLD
from termpost.schemas.log.cycle_state import NO_RECIPIENT
from termpost.tasks.documents.typesetting import UNPRINTABLE
from termpost.tasks.documents.verify.attached import NOT_PRINTED, STRANGE
from termpost.tasks.documents.verify.stamps import MIXED, UNSTAMPED
from termpost.tasks.documents.wording import Translator
from termpost.tasks.home.home import Home
from termpost.tasks.home.kept_objects import get_tagged

HoldPlaces = Mapping[tuple[str, str | None, str], HoldSource]  # student and class by their source ids, reason
# reasons that no row of an extract says → what is missing, in the table "proof"
LACKING: Final[Mapping[str, str]] = {
    NO_CONTACT_KNOWN: "lacks_contact",
    NO_RECIPIENT: "lacks_recipient",
    RECORDS_HOLD: "says_record",
    NO_COMMENT: "lacks_comment",
    NO_ATTENDANCE: "lacks_attendance",
    LEFT_OFF: "says_person",
    **dict.fromkeys((UNPRINTABLE, UNSTAMPED, MIXED, STRANGE, NOT_PRINTED), "says_report"),
}


class _Places(BaseModel):
    """Of the findings only what is asked for here: a district's rejected rows are many."""

    hold_places: tuple[HoldSource, ...] = ()


def hold_places_of(home: Home, extracts: Iterable[str]) -> dict[str, HoldPlaces]:
    """By extract, as its check left them; nothing of one whose findings are gone, or that an earlier version checked.

    Raises:
        Refused: `object-changed`, `no-tag`.
    """
    found: dict[str, HoldPlaces] = {}
    for extract_id in sorted(set(extracts)):
        try:
            data = get_tagged(home, findings_key(extract_id))
        except Refused as error:
            if error.code != "object-gone":
                raise
            data = b"{}"
        places = _Places.model_validate_json(data).hold_places
        found[extract_id] = {(one.student, one.class_id, one.reason): one for one in places}
    return found


def place_text(reason: str, place: HoldSource | None, translator: Translator) -> str:
    """`results.csv, row 12`, and how many more; without a row what is missing."""
    if place is None:
        return translator.text("proof", LACKING.get(reason, "says_no_row"))
    said = translator.text("proof", "place", file=place.file, row=translator.whole(place.row))
    return translator.plural("proof", "place_more", place.rows - 1, place=said) if place.rows > 1 else said
