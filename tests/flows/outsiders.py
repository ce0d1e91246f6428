"""Three who get nothing, whatever happens: a barred father, an agency whose agreement is over, and a stranger."""

import secrets

import httpx
from playwright.sync_api import Browser, Page, expect
from termpost.tasks.channels.portal.door.messages import home_message_key

from tests.family_messages import posted
from tests.flows.living_school import AGENCY, MAILS, Living
from tests.household import act, send
from tests.school import FATHER, KYLE, LISA

CHILDREN = {FATHER: LISA, AGENCY: KYLE}


class Outsiders:
    """They hold what they had before: their codes, their links, the page that one of them saved."""

    def __init__(self, school: Living, browser: Browser) -> None:
        self.school, self.phone = school, school.context(browser)
        self.links = {
            contact: next(key for key in school.store.list(f"sealed/{school.ref(contact)}/")) for contact in CHILDREN
        }
        self.mails = {contact: len(school.mails(MAILS[contact])) for contact in CHILDREN}

    def get_nothing(self, *contacts: str) -> None:
        """Behind their doors lies nothing, no link shows anything, and no mail has come since."""
        for contact in contacts or CHILDREN:
            shown = self.school.door(contact)
            assert (shown.reports, shown.queries, shown.messages) == ((), (), None), contact
            assert len(self.school.mails(MAILS[contact])) == self.mails[contact]
            page = httpx.get(f"{self.school.base}/{self.links[contact].removeprefix('sealed/').removesuffix('.html')}")
            assert 'id="sealed"' not in page.text
            tab = self.school.unlocked(self.phone, contact)
            expect(tab.locator("#home address")).to_be_visible()
            expect(tab.locator("#home button")).to_have_count(0)
            tab.close()

    def insist(self) -> None:
        """All the same they ask: nothing of it is lost, the office sees who has no right, and they hear nothing."""
        school, known = self.school, len(self.school.threads())
        self._writes_from_a_saved_page()
        school.types("feedback", "add", "--student", KYLE, "--from", AGENCY, "--kind", "question", "--via", "phone",
                     "--text", "And Kyle?")  # fmt: skip
        assert school.as_of
        school.runs(school.as_of)
        new = school.threads()[known:]
        assert {one.contact for one in new} == {school.ref(FATHER), school.ref(AGENCY)}
        assert [(one.has_right, one.assigned_to, one.due is None) for one in new] == [(False, None, False)] * 2
        for contact, student in CHILDREN.items():
            offer = ("meetings", "offer", "--student", student, "--to", contact, "--with", "nguyen")
            assert school.refusal("nguyen", *offer) == "no-right"
        self._stranger()

    def _writes_from_a_saved_page(self) -> None:
        tab = self.phone.new_page()
        tab.goto((self.school.home.parent / "saved.html").as_uri())
        _unlock(tab, self.school.code(FATHER))
        expect(tab.locator("#reports > section:visible > h2")).to_be_focused()
        act(tab, "Ask a question")
        tab.get_by_label("Your question").fill("Where does she live?")
        with tab.expect_response("**/messages") as answer:
            send(tab)
        assert answer.value.status == 204
        tab.close()

    def _stranger(self) -> None:
        """A code of nobody's finds nothing, and what no page signed is not taken."""
        tab = self.phone.new_page()
        tab.goto(self.school.base + "/")
        _unlock(tab, self.school.code(FATHER)[:-4] + "2222")
        expect(tab.get_by_role("alert")).not_to_be_empty()
        expect(tab.locator("#home")).to_be_hidden()
        tab.close()
        place = self.links[FATHER].removesuffix(".html")
        for slot in (None, secrets.token_hex(16)):
            said = posted((7).to_bytes(32), _home_key(self.school), place, {"kind": "question", "text": "?"}, slot=slot)
            assert httpx.post(f"{self.school.base}/messages", json=said).status_code == 404


def _unlock(tab: Page, code: str) -> None:
    tab.locator("#code").fill(code)
    tab.keyboard.press("Enter")


def _home_key(school: Living) -> bytes:
    """Public; it stands on every page."""
    return home_message_key(school.open()).public
