"""Law 8 on the embedded store and on a real S3: killed again and again, a run ends as if nothing had happened."""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import count
from pathlib import Path
from unittest.mock import patch

import pytest
from school import FANNIE, FATHER, KYLE, LISA, MOTHER, OTHER, School, new_school, small_extract
from services.gateway import Gateway

from schemas.errors import InputError
from schemas.refs import PersonRef
from tasks.distribute.access import code_of
from tasks.distribute.links import fresh_links
from tasks.distribute.reopen import is_sealed, students_in_sealed
from tasks.distribute.revoke import reseal_live, revoke
from tasks.distribute.withdraw import released_in, withdraw
from tasks.record.objects import object_is_as_logged
from tasks.record.verify import verify
from tasks.s3_store import S3Store
from tasks.store import FileStore

S3 = pytest.param("s3", marks=pytest.mark.xdist_group("s3"))
FILE = pytest.param("file", marks=pytest.mark.xdist_group("kills"))
LACKS = '["public-access", "encryption", "conditional-write", "least-privilege"]'  # what Ceph 16 does not keep


class Killed(BaseException):
    """Nothing catches it."""


@pytest.fixture(params=[FILE, S3])
def school(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> School:
    school = new_school(tmp_path / "home")
    if request.param == "s3":
        gateway: Gateway = request.getfixturevalue("s3")
        store = gateway.store(monkeypatch, "district")
        lines = (f'url = "{store.url}"', f'endpoint_url = "{gateway.endpoint}"', f"accept = {LACKS}",
                 'accept_reason = "a gateway on loopback"', "")  # fmt: skip
        settings = school.home / "termpost.toml"
        said = "[store]\n" + "\n".join(lines) + "\n"
        text = re.sub(r"\[store\]\n.*?\n\n", said, settings.read_text(), flags=re.DOTALL)
        settings.write_text(text)
        assert isinstance(school.open().store, S3Store)
    return school


@contextmanager
def dying_after(writes: int) -> Iterator[None]:
    """The process ends right after so many writes to the store, whatever thread made them."""
    made = count(1)

    def struck(real: Callable[..., object]) -> Callable[..., object]:
        def write(*args: object, **kwargs: object) -> object:
            answer = real(*args, **kwargs)
            if next(made) >= writes:
                raise Killed
            return answer

        return write

    patches = [patch.object(kind, name, struck(getattr(kind, name))) for kind in (FileStore, S3Store)
               for name in ("put", "delete", "forget_older")]  # fmt: skip
    for one in patches:
        one.start()
    try:
        yield
    finally:
        for one in patches:
            one.stop()


def killed_until_done(seed: int, steps: tuple[int, int], work: Callable[[], object]) -> int:
    """Runs the work, killed each time some steps later; returns how often it was killed."""
    chance, writes = random.Random(seed), 1  # noqa: S311 - seeded, and no secret
    for kills in count():
        try:
            with dying_after(writes):
                work()
        except Killed:
            writes += chance.randint(*steps)
        else:
            return kills
    raise AssertionError


def page_of(school: School, contact: str) -> bytes:
    store = school.open().store
    (key,) = store.list(f"sealed/{school.ref(contact)}/")
    return store.get(key)


def assert_whole(school: School) -> None:
    home = school.open()
    verdict = verify(home.store, home.keys.log_key.public_key(), home.anchor, full=True,
                     objects=object_is_as_logged(home), patience=0)  # fmt: skip
    assert verdict.ok, verdict
    assert [key for key in home.store.list("outgoing/") if not key.endswith(".json")] == []
    shown = {key for prefix in ("sealed/", "print/") for key in home.store.list(prefix)}
    assert shown == {e.object for e in school.entries("sealed")}


def test_killed_again_and_again_every_flow_ends_with_each_thing_once(
    school: School, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extract = small_extract(tmp_path / "extract")
    on_disk = isinstance(school.open().store, FileStore)
    steps, of_prepare = ((2, 7), (2, 7)) if on_disk else ((4, 9), (25, 45))  # a run on S3 takes its time
    kills = killed_until_done(1, of_prepare, lambda: school.prepare(extract))
    made = school.entries("report_made")
    assert Counter((e.object, e.version) for e in made).most_common(1)[0][1] == 1
    assert {e.version for e in made} == {1}
    assert {e.student for e in made} == {school.ref(student) for student in (LISA, FANNIE, KYLE)}

    kills += killed_until_done(2, steps, school.release)
    arrived = Counter(e.delivery for e in school.entries("sent", "delivered"))
    assert len(arrived) == 8  # four reports to three recipients, each by two channels
    assert set(arrived.values()) == {1}
    assert set(Counter((e.report, e.version) for e in school.entries("released")).values()) == {1}
    assert students_in_sealed(page_of(school, MOTHER), code_of(school.open(), school.ref(MOTHER))) == {LISA, FANNIE}
    assert_whole(school)

    _links_are_fresh(school, monkeypatch)
    ref, home = PersonRef(school.ref(OTHER)), school.open()
    old = code_of(home, ref)
    kills += killed_until_done(3, steps, lambda: revoke(school.open(), "run", "operator", ref))
    reseal_live(school.open(), "run")
    assert code_of(school.open(), ref) != old
    assert students_in_sealed(page_of(school, OTHER), code_of(school.open(), ref)) == {KYLE}

    lisas = released_in([school.state()], {school.ref(LISA)})
    kills += killed_until_done(4, steps, lambda: _take_back(school, lisas))
    assert not is_sealed(page_of(school, FATHER))
    assert is_sealed(page_of(school, MOTHER))
    assert kills >= (10 if on_disk else 5)

    before = len(school.entries())
    assert school.prepare(extract)
    assert [e.kind for e in school.entries()[before:]] == []


def _links_are_fresh(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    """One for each live page, for seven days at most; a file store says that nobody could follow it."""
    with monkeypatch.context() as named:
        named.setenv("TERMPOST_SECRET_SIGNER", "STRANGER:STRANGERSECRET")
        home = school.open()
        if isinstance(home.store, FileStore):
            with pytest.raises(InputError, match="outside"):
                fresh_links(home, None)
            return
        links = fresh_links(home, None)
    assert {link.recipient for link in links} == {school.ref(contact) for contact in (MOTHER, FATHER, OTHER)}
    assert len(links) == 3
    assert all("X-Amz-Signature=" in link.url and f"/sealed/{link.recipient}/" in link.url for link in links)
    assert {link.until - home.clock.now() <= timedelta(days=7) for link in links} == {True}


def _take_back(school: School, reports: dict[tuple[str, int], str]) -> None:
    with suppress(InputError):  # where all was said before it was killed
        withdraw(school.open(), "run", "mlopez", reports, "wrong-mark")
