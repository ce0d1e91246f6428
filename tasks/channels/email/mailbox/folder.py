"""A folder of `.eml` files, into which some mail servers and forwarding rules write what arrives."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from termpost.schemas.base.errors import InputError
from termpost.tasks.channels.email.mailbox.lying_mail import LARGEST_HEAD, LARGEST_MAIL, MOST, LyingMail
from termpost.tasks.channels.email.mailbox.mail_head import relayed_at

WHERE: Final = "termpost.toml [feedback] mailbox"
TAKEN, LEFT = "taken", "left"  # folders beside the mails


class MailFolder:
    """Files directly in it; a link is none."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise InputError("no-mailbox", "the folder with the mails of families is not there", WHERE,
                             "make it, or correct the path")  # fmt: skip
        self._folder = folder

    def lying(self) -> Iterator[LyingMail]:
        paths = sorted(path for path in self._folder.glob("*.eml") if path.is_file() and not path.is_symlink())
        for path in paths[:MOST]:
            try:
                with path.open("rb") as file:
                    head = file.read(LARGEST_HEAD)
                size, came = path.stat().st_size, datetime.fromtimestamp(path.stat().st_mtime, UTC)
            except FileNotFoundError:  # the office took it away meanwhile
                continue
            # a file may be copied there long after it came; the newest Received is of the school's own server
            yield LyingMail(path.name, size, head, partial(_read, path), min(came, relayed_at(head) or came))

    def mark(self, names: Sequence[str], *, taken: bool) -> None:
        place = self._folder / (TAKEN if taken else LEFT)
        if names:
            place.mkdir(mode=0o700, exist_ok=True)
        for name in names:
            with suppress(FileNotFoundError):  # the office took it away meanwhile
                (self._folder / name).rename(_free(place, name))


def _free(place: Path, name: str) -> Path:
    """A name that nothing there has: what came earlier under the same one stays."""
    names = (name, *(f"{number}-{name}" for number in range(1, 10_000)))
    return next(path for one in names if not (path := place / one).exists())


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST_MAIL + 1)
