"""A home with an object of every kind that a step goes by, and what somebody who can write to the store does to one."""

import csv
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from unittest.mock import patch

from click.testing import CliRunner
from termpost.flows.cli import termpost
from termpost.schemas.documents.stored_objects import OBJECT_KINDS, ObjectKind
from termpost.tasks.home.home import Home
from termpost.tasks.secrets.object_tags import split
from termpost.tasks.store.file.store import FileStore
from termpost.tasks.store.interface import ObjectHead

from tests.school import CYCLE, FATHER, KYLE, LISA, Prepared
from tests.snapshots import released_school, small_school
from tests.tasks.channels.print.documents import document

Attack = Literal["edited", "swapped", "older", "deleted"]
ATTACKS: tuple[Attack, ...] = ("edited", "swapped", "older", "deleted")
BY_PLACE = {kind.place: kind for kind in OBJECT_KINDS}


def waiting_school(folder: Path) -> Prepared:
    """Comments were read twice, the office decided about a contact, a report has a second version, and the first of two
    people approved."""
    school = small_school(folder)
    for state in ("done", "accepted"):
        _read_comments(school, folder / "comments.csv", state)
    run(school, "rights", "decide", LISA, FATHER, "--finding", "no-records", "--basis", "court-order",
        "--document", "C-17", "--by", "mlopez", "--otp", school.phone.code())  # fmt: skip
    school.extract.change("results.csv", {"studentSourcedId": LISA}, score="1")
    (plans := school.extract.folder / "supplement" / "inserts").mkdir()
    (plans / f"{KYLE}.pdf").write_bytes(document("Goal three was reached"))
    school.prepare(school.extract)
    toml = school.home / "termpost.toml"
    toml.write_text(toml.read_text() + "\n[release]\napprovals = 2\n")
    assert school.release() == []
    return school


def run(school: Prepared, *words: str) -> str:
    """One command; what it complains of is raised."""
    with school.phone.is_the_time():
        said = CliRunner().invoke(termpost, [*words, "--home", str(school.home), "--as-of", str(school.told)],
                                  standalone_mode=False)  # fmt: skip
    if said.exception is not None:
        raise said.exception
    assert said.exit_code == 0, said.output
    return said.output


def _read_comments(school: Prepared, sheet: Path, state: str) -> None:
    """The second time all are accepted; the first time one."""
    sheet.unlink(missing_ok=True)
    run(school, "comments", "export", str(sheet), "--cycle", CYCLE)
    with sheet.open(newline="", encoding="utf-8-sig") as source:
        rows = list(csv.DictReader(source))
    for row in rows if state == "accepted" else rows[:1]:
        row["state"] = "accepted"
    with sheet.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    run(school, "comments", "import", str(sheet), "--cycle", CYCLE, "--by", "mlopez")


def is_of(kind: ObjectKind, key: str) -> bool:
    """Whether a key of the store is of the kind; of a kept one in any of its versions."""
    place = kind.place
    if kind.check == "kept":
        place = place.replace(".json", "-<tag>.json")
    pattern = "".join(
        (".+" if part == "<file>" else "[^/]+") if part.startswith("<") else re.escape(part)
        for part in re.split(r"(<[a-z]+>)", place)
    )
    return re.fullmatch(pattern, key) is not None


def act(home: Home, kind: ObjectKind, key: str, attack: Attack, earlier: bytes | None = None) -> None:
    """Does it to one object.

    Args:
        earlier: what counted once in its place; None: something else that this home might have put there.
    """
    data = home.store.get(key)
    if attack == "deleted":
        home.store.delete(key)
    elif kind.check == "digest":
        others = (other for other in home.store.list("") if other != key and is_of(kind, other))
        swapped = next((home.store.get(other) for other in others if home.store.get(other) != data), data + b"%")
        home.store.put(key, {"edited": data + b"\n", "swapped": swapped, "older": earlier or data + b"%%"}[attack])
    else:
        home.store.put(key, _forged(home, kind, key, attack, data, earlier))


def _forged(home: Home, kind: ObjectKind, key: str, attack: Attack, data: bytes, earlier: bytes | None) -> bytes:
    """Swapped and older ones carry a good tag: this home made them, for another place or at another time."""
    body, tag = split(data)
    assert tag
    name = re.sub(r"-[0-9a-f]{20}(\.[a-z]+)$", r"\1", key) if kind.check == "kept" else key
    if attack == "edited":
        return _changed(body) + data[len(body) :]
    if attack == "older":
        return earlier or home.tags.tagged(name, _changed(body))
    folders = name.split("/")
    folders[-2] += "0"
    return home.tags.tagged("/".join(folders), body)


def _changed(body: bytes) -> bytes:
    return body[:-1] + b" " + body[-1:]


@contextmanager
def once_put(is_meant: Callable[[str], bool], then: Callable[[str], None]) -> Iterator[list[str]]:
    """Somebody waits for an object of a running step to be put, and acts at once; yields its key, once it is there."""
    put, seen = FileStore.put, list[str]()

    def watched(self: FileStore, key: str, data: bytes, *, once: bool = False) -> ObjectHead:
        head = put(self, key, data, once=once)
        if not seen and is_meant(key):
            seen.append(key)
            then(key)
        return head

    with patch.object(FileStore, "put", watched):
        yield seen


def out_school(folder: Path) -> Prepared:
    """Everything is out, a document joins every envelope, and the envelopes are in a pack."""
    school = released_school(folder)
    (folder / "trip.pdf").write_bytes(document("Trip"))
    run(school, "print", "--cycle", CYCLE, "--out", str(folder / "packs"), "--enclose", f"all={folder / 'trip.pdf'}",
        "--by", "mlopez", "--otp", school.phone.code())  # fmt: skip
    return school
