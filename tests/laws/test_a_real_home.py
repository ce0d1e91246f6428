"""A real home from extract to log, by the machine's clock: every other test is a rehearsal of another day."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from termpost.schemas.base.errors import Refused
from termpost.tasks.home.logged_objects import object_is_as_logged
from termpost.tasks.home.recipient_codes import code_of
from termpost.tasks.log.verify import verify

from tests.real_school import real_school
from tests.school import LISA, MOTHER, Prepared


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """Two people approved and everything is out, all of it today."""
    school = real_school(tmp_path_factory.mktemp("real"))
    toml = school.home / "termpost.toml"
    toml.write_text(toml.read_text() + "\n[release]\napprovals = 2\n")
    first, second = school.phone, school.register("jkim", "head")
    school.prepare(school.extract)
    assert school.release() == []
    school.phone = second
    assert school.release(staff="jkim") != []
    school.phone = first
    return school


def test_everything_is_written_at_the_machines_time_and_nothing_is_told(school: Prepared) -> None:
    entries = school.entries()
    assert {e.kind for e in entries} >= {"report_made", "approved", "released", "delivered", "sent"}
    assert [e.as_of for e in entries if e.as_of] == []
    assert [e.at for e in entries] == sorted(e.at for e in entries)
    assert all(abs(e.at - datetime.now(UTC)) < timedelta(hours=1) for e in entries)
    assert len({e.digest for e in school.entries("approved")}) == 1
    home = school.open()
    verdict = verify(home.store, home.keys.log_key.public_key(), home.anchor, full=True,
                     objects=object_is_as_logged(home), patience=0)  # fmt: skip
    assert verdict.ok, verdict


def test_tomorrow_nothing_more_is_let_out_by_a_day_that_somebody_names(school: Prepared) -> None:
    before = len(school.entries("released", "planned"))
    school.as_of = datetime.now(UTC) + timedelta(days=1)
    try:
        with pytest.raises(Refused) as caught:
            school.release()
    finally:
        school.as_of = None
    assert caught.value.code == "not-a-rehearsal"
    assert len(school.entries("released", "planned")) == before


def test_a_family_opens_its_page_and_nothing_says_rehearsal(school: Prepared, browser: Browser, tmp_path: Path) -> None:
    (key,) = school.store.list(f"sealed/{school.ref(MOTHER)}/")
    file = tmp_path / "page.html"
    file.write_bytes(school.store.get(key))
    page = browser.new_context(offline=True).new_page()
    page.goto(file.as_uri())
    page.locator("input").first.fill(code_of(school.open(), school.ref(MOTHER)))
    page.keyboard.press("Enter")
    report = page.frame_locator("iframe").first
    expect(report.locator("h1").first).to_be_visible()
    text = report.locator("body").inner_text()
    today = datetime.now(UTC).year
    assert str(today) in text or str(today - 1) in text
    assert not re.search("rehearsal", text + page.content(), re.IGNORECASE)
    assert school.ref(LISA)
