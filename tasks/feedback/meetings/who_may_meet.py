"""Who may be met about a student today: who may have the report, by the newest record and the office's decisions.

To whom nothing but the post may go is not met. What is not clear is a question for the office, and no meeting.
"""

from collections.abc import Iterable

from termpost.schemas.base.errors import Refused
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import StudentStanding
from termpost.schemas.log.meetings.meeting_states import MeetingState
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.rights.answers import may_have_own
from termpost.tasks.rights.latest_word import StudentContact, extracts_newest_first
from termpost.tasks.rights.rights_today import rights_of_holders
from termpost.tasks.secrets.identities import open_identities


def who_may_meet(home: Home, asked: Iterable[StudentContact]) -> frozenset[StudentContact]:
    """Of these pairs of student and recipient, those who may; a student who is of age is their own recipient."""
    pairs = set(asked)
    if not pairs or not home.lake.catalogue.exists():
        return frozenset()
    own = {student for student, recipient in pairs if student == recipient}
    with open_lake(home.lake) as lake:
        today = rights_of_holders(home, lake, dict.fromkeys(pairs))
        newest = extracts_newest_first(lake)[:1]
        known = {
            ref: standing for extract_id in newest
            for ref, standing in
            open_identities(lake, home.people, extract_id, StudentStanding, map(PersonRef, own)).items()
        }  # fmt: skip
    day, terms = home.today, home.settings.rights
    of_age = {(str(ref), str(ref)) for ref, standing in known.items() if may_have_own(standing, day, terms)}
    allowed = {pair for pair, right in today.items() if right.allowed and right.ended is None and right.asks is None}
    return frozenset(allowed | of_age)


def pair_of(state: MeetingState) -> StudentContact | None:
    """Student and recipient of a meeting; None where one of them is not known."""
    return (state.student, state.recipient) if state.student and state.recipient else None


def refuse_without_right(home: Home, states: Iterable[MeetingState]) -> None:
    """Before somebody is met, or a time is offered to them.

    Raises:
        Refused: `nobody-to-meet`, where it is not known who asked; `no-right`.
    """
    pairs = {pair_of(state) for state in states}
    if None in pairs:
        raise Refused("nobody-to-meet", "it is not known who asked, or about whom", "ID",
                      "add the query with --student and --from, or use `meetings offer --student --to`")  # fmt: skip
    if pairs - who_may_meet(home, (pair for pair in pairs if pair)):
        raise no_right("ID")


def no_right(where: str) -> Refused:
    """What is said to whoever works here, and to nobody else."""
    return Refused("no-right", "this person has no right to be met about this student today", where,
                   "see `termpost recipients` and `termpost rights open`")  # fmt: skip
