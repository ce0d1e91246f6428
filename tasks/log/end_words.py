"""What is known of the end of the log, in words: the chain itself cannot tell that nothing was cut off."""

from dataclasses import dataclass
from datetime import UTC, datetime

from termpost.schemas.base.counted import counted
from termpost.tasks.log.anchor import Anchor, RememberedEnd

RESTORED = ("if this home or its store was brought back from a copy, a registered person says so, and it goes on from "
            "here: termpost log accept (docs/log.md)")  # fmt: skip

NO_LOG = "there is no log at all in the store: look whether [store] url names the right one"


@dataclass(frozen=True)
class EndSaid:
    """Of a log that holds."""

    anchored: str | None  # when this machine last wrote down where it ends
    is_known: bool
    text: str


def end_said(anchor: Anchor, end: RememberedEnd, published: int) -> EndSaid:
    """By what it is known that nothing was cut off.

    Args:
        published: heads and checkpoints that were given.
    """
    is_sealed = end.state == "sealed"
    at = _written_at(anchor) if end.head else None
    known = [f"the anchor of {at} and the count of {counted(end.count, 'segment')}"] if is_sealed else []
    known += [f"{published} published head{'s' if published > 1 else ''}"] if published else []
    is_known = bool(published) or (is_sealed and anchor.has_keys_beside)
    text = f"its end is held against {' and '.join(known)}" if known else _lacking(end)
    if is_sealed and not is_known:
        text += "; the secrets come from the environment, so the count lies beside no key: give a head with --head"
    return EndSaid(at, is_known, text)


def _lacking(end: RememberedEnd) -> str:
    if end.state == "unsealed":
        return ("the anchor is of an earlier version and anybody could have made it: run termpost migrate, or give a "
                "head with --head")  # fmt: skip
    return (
        "nothing outside the store says where it ends: bring back the anchor and the count, or give a head with --head"
    )


def _written_at(anchor: Anchor) -> str | None:
    try:
        return datetime.fromtimestamp(anchor.file.stat().st_mtime, UTC).isoformat(timespec="seconds")
    except FileNotFoundError:
        return None
