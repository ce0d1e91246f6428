"""What is out can be taken back: a void code opens nothing live, and a withdrawn report is gone from its link."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest
from playwright.sync_api import Browser, expect
from termpost.schemas.base.errors import InputError
from termpost.tasks.channels.portal.reopen import is_sealed, reopen_sealed, students_in_sealed
from termpost.tasks.channels.portal.void_code import reseal_live, void_code
from termpost.tasks.distribute.withdraw import TakenBack, finish, released_in, withdraw
from termpost.tasks.documents.verify.stamps import stamps_of_page
from termpost.tasks.home.logged_objects import object_is_as_logged
from termpost.tasks.home.recipient_codes import code_of
from termpost.tasks.log.verify import verify
from termpost.tasks.store.file.store import FileStore

from tests.school import CYCLE, FANNIE, FATHER, KYLE, LISA, MOTHER, OTHER, Prepared

GONE = b"This report was taken back"


def page_of(school: Prepared, contact: str) -> bytes:
    (key,) = school.store.list(f"sealed/{school.ref(contact)}/")
    return school.store.get(key)


def code(school: Prepared, contact: str) -> str:
    return code_of(school.open(), school.ref(contact))


def take_back(school: Prepared, *students: str) -> TakenBack:
    wanted = {school.ref(student) for student in students}
    return withdraw(school.open(), "run", "mlopez", released_in([school.state()], wanted), "wrong-mark")


def assert_log_holds(school: Prepared) -> None:
    home = school.open()
    verdict = verify(home.store, home.keys.log_key.public_key(), home.anchor, full=True,
                     objects=object_is_as_logged(home), patience=0)  # fmt: skip
    assert verdict.ok, verdict


@contextmanager
def dying_before_put(prefix: str) -> Iterator[None]:
    """The store takes everything but what lies under the prefix, as if the process were killed there."""
    put = FileStore.put

    def struck(self: FileStore, key: str, data: bytes, *, once: bool = False) -> object:
        if key.startswith(prefix):
            raise KeyboardInterrupt
        return put(self, key, data, once=once)

    with patch.object(FileStore, "put", struck), pytest.raises(KeyboardInterrupt):
        yield


@pytest.mark.released
def test_a_void_code_opens_nothing_that_is_live_and_the_next_one_opens_the_same(school: Prepared) -> None:
    old, before, hers = code(school, MOTHER), page_of(school, MOTHER), page_of(school, OTHER)
    assert void_code(school.open(), "run", "operator", school.ref(MOTHER)) == 1
    new, after = code(school, MOTHER), page_of(school, MOTHER)
    assert reopen_sealed(after, new) == reopen_sealed(before, old)
    with pytest.raises(InputError, match="does not open"):
        reopen_sealed(after, old)
    assert page_of(school, OTHER) == hers
    assert_log_holds(school)
    logged = b"".join(school.store.get(key) for key in school.store.list("log/"))
    assert old.encode() not in logged
    assert new.encode() not in logged
    assert reseal_live(school.open(), "run") == 0


@pytest.mark.released
def test_everyones_code_can_be_made_void_at_once(school: Prepared) -> None:
    old = {contact: code(school, contact) for contact in (MOTHER, FATHER, OTHER)}
    assert void_code(school.open(), "run", "operator", None) == 3
    for contact, void in old.items():
        assert code(school, contact) != void
        assert reopen_sealed(page_of(school, contact), code(school, contact))


def test_what_is_released_after_a_revocation_is_sealed_under_the_next_code(school: Prepared) -> None:
    old = code(school, MOTHER)
    assert void_code(school.open(), "run", "operator", school.ref(MOTHER)) == 0
    school.release()
    assert code(school, MOTHER) != old
    assert reopen_sealed(page_of(school, MOTHER), code(school, MOTHER))


@pytest.mark.released
def test_a_revocation_that_was_killed_is_finished(school: Prepared) -> None:
    old = code(school, MOTHER)
    with dying_before_put("sealed/"):
        void_code(school.open(), "run", "operator", school.ref(MOTHER))
    assert reopen_sealed(page_of(school, MOTHER), old)
    assert reseal_live(school.open(), "run") == 1
    assert reopen_sealed(page_of(school, MOTHER), code(school, MOTHER))
    assert_log_holds(school)


@pytest.mark.released
def test_a_withdrawn_report_leaves_every_page_and_a_siblings_stays(school: Prepared) -> None:
    assert take_back(school, LISA) == TakenBack(1, Counter(pages=2, envelopes=2))
    alone = page_of(school, FATHER)  # has a right to her report only
    assert not is_sealed(alone)
    assert GONE in alone
    notice, stays = reopen_sealed(page_of(school, MOTHER), code(school, MOTHER))
    if stays.pdf == b"":
        notice, stays = stays, notice
    assert (GONE in notice.page, notice.pdf) == (True, b"")
    assert stamps_of_page(stays.page) == {f"{FANNIE} · {CYCLE} · v1"}
    assert students_in_sealed(page_of(school, OTHER), code(school, OTHER)) == {KYLE}
    assert_log_holds(school)
    assert not finish(school.open(), "run").total()


@pytest.mark.released
def test_a_release_after_a_withdrawal_sends_what_was_in_its_envelopes_and_nothing_else(school: Prepared) -> None:
    take_back(school, LISA)
    before = len(school.entries())
    school.release()
    again = [e for e in school.entries()[before:] if e.kind in ("sent", "delivered")]
    assert [(e.student, e.recipient, e.channel) for e in again] == [(school.ref(FANNIE), school.ref(MOTHER), "print")]
    assert_log_holds(school)
    before = len(school.entries())
    school.release()
    assert len(school.entries()) == before


@pytest.mark.released
def test_a_whole_cycle_is_taken_back(school: Prepared) -> None:
    assert take_back(school, LISA, FANNIE, KYLE) == TakenBack(3, Counter(pages=3, envelopes=3))
    assert not any(is_sealed(page_of(school, contact)) for contact in (MOTHER, FATHER, OTHER))
    assert list(school.store.list("print/")) == []
    state = school.state()
    assert state.counts(0)["withdrawn"] == 3
    assert set(state.deliveries.values()) == {"withdrawn"}
    school.release()
    assert not any(is_sealed(page_of(school, contact)) for contact in (MOTHER, FATHER, OTHER))
    with pytest.raises(InputError, match="out"):
        take_back(school, LISA)


@pytest.mark.released
def test_a_withdrawal_that_was_killed_is_finished(school: Prepared) -> None:
    with dying_before_put("sealed/"):
        take_back(school, LISA)
    assert is_sealed(page_of(school, FATHER))
    assert finish(school.open(), "run") == Counter(pages=2, envelopes=2)
    assert not is_sealed(page_of(school, FATHER))
    assert_log_holds(school)


@pytest.mark.released
def test_what_was_taken_back_can_no_longer_be_opened_after_a_code_was_revoked(school: Prepared) -> None:
    take_back(school, LISA)
    assert void_code(school.open(), "run", "operator", None) == 2  # the father's page has no seal any more
    assert_log_holds(school)


@pytest.mark.released
def test_a_page_that_nobody_can_open_goes_as_a_whole(school: Prepared) -> None:
    (key,) = school.store.list(f"sealed/{school.ref(MOTHER)}/")
    school.store.put(key, school.store.get(key).replace(b'"data":"', b'"data":"AAAA'))
    take_back(school, LISA)
    assert not is_sealed(page_of(school, MOTHER))


@pytest.mark.released
def test_a_family_sees_the_notice_in_place_of_the_report(school: Prepared, browser: Browser) -> None:
    take_back(school, LISA)
    (key,) = school.store.list(f"sealed/{school.ref(MOTHER)}/")
    page = browser.new_page(offline=True)
    page.goto(f"file://{school.store.url(key)}")
    page.get_by_label("Access code").fill(code(school, MOTHER))
    page.keyboard.press("Enter")
    headings = page.locator("#reports > section")
    expect(headings).to_have_count(2)
    gone = page.get_by_role("button", name="Lisa")
    gone.click()
    expect(page.frame_locator("iframe:visible").get_by_role("heading")).to_have_text("This report was taken back")
    expect(page.locator("section:visible a.act")).to_have_count(0)
    page.close()
