"""Mails of invented families, and mailboxes that a home reads."""

import shutil
from pathlib import Path

from tests.school import Prepared
from tests.services.imap_server import PASSWORD, ImapUser

QUESTION = "Why is the quiz of Friday missing?"


def mail(sender: str, text: str = QUESTION, message_id: str = "<1@mail.example.org>", **headers: str) -> bytes:
    """Plain text; a header of None's place is left out by an empty value."""
    given = {
        "From": sender, "To": "office@grand-bend.example.org", "Subject": "A question", "Message-ID": message_id,
        "Date": "Fri, 17 Dec 2021 15:00:00 +0000", "Content-Type": "text/plain; charset=utf-8", "MIME-Version": "1.0",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }  # fmt: skip
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value)
    return f"{head}\r\n{text}\r\n".encode()


def use_imap(school: Prepared, user: ImapUser, *, url: str = "", password: str = PASSWORD) -> None:
    """As a school sets it up."""
    shutil.copy(user.service.trusted.ca_file, school.home / "mail-ca.pem")
    _set(school, f'mailbox = "{url or user.url}"\nmailbox_ca_file = "mail-ca.pem"\n')
    secret = school.home / "secrets" / "imap-password"
    secret.write_text(password)
    secret.chmod(0o600)


def use_folder(school: Prepared) -> Path:
    _set(school, 'mailbox = "arrived"\n')
    folder = school.home / "arrived"
    folder.mkdir()
    return folder


def put(folder: Path, name: str, data: bytes) -> None:
    (folder / name).write_bytes(data)


def lying(folder: Path) -> dict[str, list[str]]:
    """Which files are where."""
    places = {"": folder, "taken": folder / "taken", "left": folder / "left"}
    return {name: sorted(one.name for one in place.glob("*.eml"))
            for name, place in places.items() if place.exists()}  # fmt: skip


def _set(school: Prepared, lines: str) -> None:
    settings = school.home / "termpost.toml"
    settings.write_text(f"{settings.read_text().partition(chr(10) + '[feedback]')[0]}\n[feedback]\n{lines}")
