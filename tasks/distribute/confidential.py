"""Law 13: an address that is kept confidential is on no letter but that contact's own, read once more and plainly.

The plan leaves the homes of such contacts out where it looks for a student's own. This looks at the letters that were
made, and compares them as `likeness.py` does.
"""

from collections.abc import Mapping, Sequence

import duckdb
from termpost.schemas.base.errors import Refused
from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.schemas.documents.identity import ContactIdentity, StudentIdentity
from termpost.schemas.documents.parcel import Parcel
from termpost.tasks.channels.registry import channel_of
from termpost.tasks.distribute.likeness import live_alike
from termpost.tasks.home.home import Home
from termpost.tasks.secrets.identities import open_identities


def refuse_confidential(
    home: Home, lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, parcels: Sequence[Parcel],
    letters: Mapping[PersonRef, ContactIdentity], students: Mapping[PersonRef, StudentIdentity],
) -> None:  # fmt: skip
    """Holds every letter to a student against the homes of the contacts around them; others get one to their own.

    Args:
        letters: recipients with the address that stands on their letter.

    Raises:
        Refused: one has an address that stands on nobody else's envelope.
    """
    own = {
        PersonRef(parcel.recipient) for parcel in parcels
        if parcel.recipient in students and any(channel_of(name).by_post for name in parcel.channels)
    } & letters.keys()  # fmt: skip
    around = {PersonRef(contact.ref) for ref in own for contact in students[ref].contacts}
    people = open_identities(lake, home.people, extract_id, ContactIdentity, around) if around else {}
    for ref in own:
        letter = letters[ref].reach[:1]
        homes = {
            people[who].is_confidential for contact in students[ref].contacts
            if (who := PersonRef(contact.ref)) in people and live_alike(letter, people[who].reach)
        }  # fmt: skip
        if homes == {True}:  # where somebody else lives there too, the address is theirs as well
            raise Refused(
                "address-confidential", "a letter would tell an address that is kept confidential",
                "the outgoing area",
                "nothing was sent; see `termpost recipients`, and tell the developers: this must not happen",
            )  # fmt: skip
