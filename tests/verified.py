"""A school whose reports carry numbers, and whoever asks its portal about one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import httpx
from termpost.schemas.base.clock import SystemClock
from termpost.schemas.documents.verification import verification_key
from termpost.schemas.settings.settings import load_settings
from termpost.tasks.channels.portal.app import portal
from termpost.tasks.channels.portal.verification import AnswerPace
from termpost.tasks.home import stated_numbers
from termpost.tasks.store.interface import Store

from tests.portal_server import asking
from tests.school import Prepared, new_school, small_extract

BASE = "https://portal.grand-bend.example"
CURRENT, ASK = "Genuine and current", "Please ask the school"


def offer_numbers(home: Path, *, key: str = "") -> None:
    """Switches the setting on; `key`: what the portal checks with."""
    toml = home / "termpost.toml"
    text = toml.read_text().replace("verification = false", "verification = true")
    if "verification = true" not in text:
        text += "\n[report]\nverification = true\n"
    own = f'base_url = "{BASE}"'
    assert own in text
    toml.write_text(text.replace(own, f'{own}\nverification_key = "{key}"') if key else text)


@contextmanager
def as_if_real() -> Iterator[None]:
    """The homes of tests are rehearsals, which make no number good."""
    with patch.object(stated_numbers, "_real", lambda _home: "current"):
        yield


def verified_school(folder: Path) -> Prepared:
    """Three reports with numbers, and everything is out."""
    new = new_school(folder / "home")
    offer_numbers(new.home)
    offer_numbers(new.home, key=new.open().verification.public)
    school = Prepared(new.home, new.phone, extract=small_extract(folder / "extract"))
    school.prepare(school.extract)
    with as_if_real():
        school.release()
    return school


def number_of(school: Prepared, student: str, version: int = 1) -> str:
    """That of a student's report, by what the log says was made."""
    made = next(e for e in school.entries("report_made") if e.student == school.ref(student) and e.version == version)
    return school.open().verification.number(str(made.report), version)


def place_of(school: Prepared, student: str, version: int = 1) -> str:
    return verification_key(number_of(school, student, version))


async def at_once(_seconds: float) -> None:
    """Waits for nobody."""


@contextmanager
def asked(home: Path, store: Store, pace: AnswerPace | None = None) -> Iterator[httpx.Client]:
    """The portal, which has the settings and the store and no secret."""
    app = portal(load_settings(home, {}), store, SystemClock(), "", pace or AnswerPace(sleep=at_once))
    with asking(app) as client:
        yield client


def answered(school: Prepared, *numbers: str) -> list[str]:
    """`current` or `ask`, of each."""
    with asked(school.home, school.store.raw) as client:
        texts = [client.get(f"/verify/{number}").text for number in numbers]
    assert all((CURRENT in text) != (ASK in text) for text in texts)
    return ["current" if CURRENT in text else "ask" for text in texts]
