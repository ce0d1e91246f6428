"""All delivery reports of a place, matched to what was sent. Reading changes nothing there; twice gives the same."""

import mailbox
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from termpost.schemas.base.errors import InputError
from termpost.tasks.channels.email.delivery_report import LARGEST, DsnFate, DsnResult, IgnoredReason, read_report

WEIGHT: dict[DsnFate, int] = {
    "delayed": 0,
    "delivered": 1,
    "failed": 2,
}  # a server may take a message and return it later


@dataclass(frozen=True)
class StatusChange:
    """What became of a message that was sent."""

    message_id: str
    fate: DsnFate
    reason: str  # closed code: `delivered`, `delayed-4.4.1`, `bounce-5.1.1`


@dataclass(frozen=True)
class Ignored:
    """A file that changes nothing, and why. Its name may tell whom it was about: for the screen, never for a log."""

    file: str  # within the place; `#3` is the third message of an mbox
    why: IgnoredReason


@dataclass(frozen=True)
class Reports:
    """Everything that lay there: `read` is the number of messages, each in one of the two or repeated in news."""

    read: int
    news: tuple[StatusChange, ...]  # one a message, sorted
    ignored: tuple[Ignored, ...]

    def counts(self) -> dict[str, int]:
        """How many files changed nothing, by reason."""
        reasons = sorted({one.why for one in self.ignored})
        return {why: sum(one.why == why for one in self.ignored) for why in reasons}


def read_reports(place: Path, sent: Iterable[str]) -> Reports:
    """Reads a folder of `.eml` files, a Maildir or an mbox file.

    Args:
        sent: Message-IDs that left, or whose sending is uncertain. A report about any other changes nothing.

    Raises:
        InputError: the place is not there.
    """
    known = {message_id.strip("<>").partition("@")[0]: message_id for message_id in sent}
    found: dict[str, DsnResult] = {}
    silent: list[Ignored] = []
    read = 0
    for name, data in _messages(place):
        read += 1
        told = read_report(data()) if callable(data) else data
        if isinstance(told, str):
            silent.append(Ignored(name, told))
        elif told.token not in known:
            silent.append(Ignored(name, "not-ours"))
        else:
            found[told.token] = _weightier(found.get(told.token), told)
    news = sorted((StatusChange(known[told.token], told.fate, told.reason) for told in found.values()), key=_by_id)
    return Reports(read, tuple(news), tuple(silent))


def _by_id(news: StatusChange) -> str:
    return news.message_id


def _weightier(one: DsnResult | None, other: DsnResult) -> DsnResult:
    """The same whichever was read first."""
    return other if one is None else max(one, other, key=lambda told: (WEIGHT[told.fate], told.reason))


def _messages(place: Path) -> Iterator[tuple[str, Callable[[], bytes] | IgnoredReason]]:
    """Names, and how to read each: one that is too large is not read."""
    if place.is_file():
        yield from _of_mbox(place)
    elif (place / "cur").is_dir() and (place / "new").is_dir():
        yield from _of_files(place, [*(place / "cur").iterdir(), *(place / "new").iterdir()])
    elif place.is_dir():
        yield from _of_files(place, [path for path in place.rglob("*") if path.suffix.lower() == ".eml"])
    else:
        raise InputError("no-reports", "there is no folder or mailbox with delivery reports", "the path given",
                         "give a folder of .eml files, a Maildir or an mbox file")  # fmt: skip


def _of_files(place: Path, paths: list[Path]) -> Iterator[tuple[str, Callable[[], bytes] | IgnoredReason]]:
    for path in sorted(paths):
        if path.is_file():
            name = path.relative_to(place).as_posix()
            yield name, "too-large" if path.stat().st_size > LARGEST else path.read_bytes


def _of_mbox(path: Path) -> Iterator[tuple[str, Callable[[], bytes] | IgnoredReason]]:
    box = mailbox.mbox(path, create=False)  # opened for reading and writing, and only read
    try:
        for number, key in enumerate(box.keys(), start=1):
            yield f"{path.name}#{number}", lambda key=key: box.get_bytes(key)  # type: ignore[misc]
    finally:
        box.close()
