"""What the portal can be asked by a report's number: `current` from before anybody can see it until it is replaced or
taken back. The log knows first (law 6); what a killed run left undone, the next one does."""

from collections.abc import Collection, Iterable, Mapping

from termpost.schemas.base.refs import PersonRef, ReportVersion
from termpost.schemas.documents.parcel import ParcelReport
from termpost.schemas.documents.verification import VerificationState, verification_key
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.verification_states import SaidOfNumber, VerificationStates, verification_entry
from termpost.tasks.home.home import Home
from termpost.tasks.runtime.concurrent import concurrent_map


def confirm(home: Home, run: str, cycle: str, reports: Iterable[ParcelReport]) -> None:
    """Makes the numbers of reports good that are about to be shown, and those of their earlier versions not."""
    shown = {(one.report, one.version): one for one in reports if one.is_verifiable}
    if not shown:
        return
    states = home.verification_states()
    wanted: dict[ReportVersion, tuple[SaidOfNumber, VerificationState]] = {}
    for key, one in shown.items():
        place = verification_key(home.verification.number(*key))
        said = states.said.get(key) or SaidOfNumber(place, "", one.student, cycle)
        wanted[key] = said, _real(home) if states.is_current(key) else "ask"
    newer = {report for report, _ in shown}
    wanted |= {key: (said, "ask") for key, said in states.outdated() if key[0] in newer}
    _state(home, run, wanted)


def settle_numbers(home: Home, run: str, entries: Iterable[Entry], busy: Collection[str] = ()) -> int:
    """Makes every number that must not be good any more say so; returns how many objects changed.

    Args:
        busy: cycles that another run is at work on.
    """
    outdated = [(key, said) for key, said in VerificationStates.fold(entries).outdated() if said.cycle not in busy]
    if not outdated:
        return 0
    left: dict[ReportVersion, tuple[SaidOfNumber, VerificationState]] = {
        key: (said, "ask") for key, said in outdated
        if said.state != "ask" or _lies(home, said.object) != _stated(home, key, "ask")
    }  # fmt: skip
    _state(home, run, left)
    return len(left)


def _state(home: Home, run: str, wanted: Mapping[ReportVersion, tuple[SaidOfNumber, VerificationState]]) -> None:
    """Into the log, then where the portal looks."""
    objects = [(key, said, state, _stated(home, key, state)) for key, (said, state) in wanted.items()
               if home.people.is_known(PersonRef(said.student))]  # fmt: skip
    home.log.append(run, [
        verification_entry(key, said, state, home.people.digest(PersonRef(said.student), data))
        for key, said, state, data in objects if said.state != state
    ])  # fmt: skip

    def put(one: tuple[ReportVersion, SaidOfNumber, VerificationState, bytes]) -> None:
        home.store.put(one[1].object, one[3])
        if one[2] == "ask":
            home.store.forget_older(one[1].object)

    for _ in concurrent_map(put, objects):
        pass


def _real(home: Home) -> VerificationState:
    return "rehearsal" if home.is_rehearsal else "current"


def _stated(home: Home, key: ReportVersion, state: VerificationState) -> bytes:
    return home.verification.stated(home.verification.number(*key), state)


def _lies(home: Home, key: str) -> bytes:
    try:
        return home.store.get(key)
    except KeyError:
        return b""
