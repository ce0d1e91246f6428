"""The office at the command line, for attacks that a school would meet there."""

import json
import re
from typing import Any

from click.testing import CliRunner, Result
from termpost.flows.cli import termpost
from termpost.schemas.base.errors import InputError
from termpost.tasks.channels.portal.reopen import is_sealed
from termpost.tasks.home.logged_objects import object_is_as_logged
from termpost.tasks.log.verify import verify

from tests.school import LISA, Prepared

CONTACTS = "supplement/contacts.csv"
BOTH = {"page", "envelope"}


def run(school: Prepared, *said: str) -> Result:
    day = school.as_of.date().isoformat() if school.as_of else ""
    return CliRunner().invoke(termpost, [*said, "--home", str(school.home), "--as-of", day], standalone_mode=False)


def told(school: Prepared, *said: str) -> Any:
    """What a command says as JSON."""
    result = run(school, *said, "--json")
    assert result.exception is None, result.exception
    return json.loads(result.stdout)


def decide(school: Prepared, finding: str, contact: str, *more: str, student: str = LISA) -> Result:
    said = ("rights", "decide", student, contact, "--finding", finding, "--basis", "court-order", "--document", "C-17",
            "--by", "mlopez", *more, "--otp")  # fmt: skip
    with school.phone.is_the_time():
        return run(school, *said, school.phone.code())


def open_to(school: Prepared, contact: str) -> set[str]:
    """Where something lies open for a contact: `page`, `envelope`."""
    ref = school.ref(contact)
    pages = [key for key in school.store.list(f"sealed/{ref}/") if is_sealed(school.store.get(key))]
    envelopes = [key for key in school.store.list("print/") if ref in key]
    return ({"page"} if pages else set()) | ({"envelope"} if envelopes else set())


def bar(school: Prepared, contact: str, student: str = LISA, **cells: str) -> None:
    """In the extract; what is typed over is a bar unless the cells say otherwise."""
    where = {"studentSourcedId": student, "contactSourcedId": contact}
    school.extract.change(CONTACTS, where, **(cells or {"contactRestrictions": "no-contact"}))


def whole(school: Prepared) -> bool:
    """Whether every object is as the log says."""
    home = school.open()
    return verify(
        home.store, home.keys.log_key.public_key(), home.anchor, full=True, objects=object_is_as_logged(home),
        patience=0,
    ).ok  # fmt: skip


def accept_losses(school: Prepared, remedy: str) -> None:
    """Somebody puts into the settings what a refusal says, with a reason."""
    (name,) = re.findall(r'put "([^"]+)" into accept', remedy)
    settings = school.home / "termpost.toml"
    before, _, rest = settings.read_text().partition("\n[checks]\naccept = ")
    names = [*(json.loads(rest.splitlines()[0]) if rest else ()), name]
    lines = f'\n[checks]\naccept = {json.dumps(names)}\naccept_reason = "Orders are kept by the office now."\n'
    settings.write_text(before + lines)


def let_in(school: Prepared) -> None:
    """Prepares what lacks files or columns on purpose: each refusal is answered as it asks."""
    for _ in range(3):
        try:
            school.prepare(school.extract)
        except InputError as refused:
            assert refused.code == "extract-rejected"  # noqa: PT017 - anything else goes on
            accept_losses(school, refused.remedy)
        else:
            return
    raise AssertionError("still refused")
