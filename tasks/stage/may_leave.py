"""What may leave: bytes that are still those which were approved, and a cycle that nobody stopped."""

from termpost.schemas.base.errors import Refused
from termpost.schemas.base.languages import ReportFormat
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.prepared import Bytes, PreparedReport
from termpost.schemas.log.cycle_state import CycleState
from termpost.tasks.home.home import Home


def approved_bytes(home: Home, report: PreparedReport, language: str, kind: ReportFormat) -> bytes:
    """One rendition of a report, compared once more with what was approved.

    Raises:
        Refused: `bytes-changed`.
    """
    return _as_approved(home, report, report.rendition(language, kind))


def approved_insert(home: Home, report: PreparedReport, language: str) -> tuple[bytes, bytes] | None:
    """Page and PDF of what goes along with a report, in the same way; None where nothing does.

    Raises:
        Refused: `bytes-changed`.
    """
    found = report.insert(language)
    return found and (_as_approved(home, report, found[0]), _as_approved(home, report, found[1]))


def _as_approved(home: Home, report: PreparedReport, rendition: Bytes) -> bytes:
    data = home.store.get(rendition.object)
    if home.people.digest(PersonRef(report.student), data) != rendition.digest:
        raise Refused(
            "bytes-changed",
            f"{rendition.object} is not what was approved",
            "the store",
            "find out who changed it (termpost log verify), then prepare the cycle again",
        )
    return data


def refuse_stopped(state: CycleState) -> None:
    """Raises Refused where somebody stopped the cycle after it was last approved."""
    if state.stopped:
        raise Refused("stopped", "deliveries of this cycle were stopped", f"cycle {state.cycle}",
                      "`termpost release` goes on where they stopped")  # fmt: skip
