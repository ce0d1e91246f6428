"""What the mother does with her phone: every step as she takes it, and what the school has of it after the next run."""

from datetime import datetime

from playwright.sync_api import BrowserContext, Page, expect
from termpost.schemas.log.query_threads import QueryThread

from tests.flows.living_school import Living, at
from tests.household import act, send
from tests.school import LISA, MOTHER

WORDS = ("Why is Friday's sonnet missing?", "The sonnet was handed in.", "Thursdays suit us.", "Short and clear.")
ANSWERS = ("It was marked on Tuesday.", "You were right; it counts now.")


def lisas(tab: Page) -> Page:
    """Lisa's newest report is open."""
    card = tab.locator("#home > .card").filter(has=tab.get_by_role("heading", name="Lisa Sybil Woods"))
    card.locator("button.report").first.click()
    expect(tab.locator("#reports > section:visible > h2")).to_be_focused()
    return tab


def _sent(tab: Page) -> None:
    send(tab)
    expect(tab.locator("form.say:visible .said:not(.bad)")).to_contain_text("has your")


def acknowledges(school: Living, tab: Page) -> None:
    lisas(tab)
    act(tab, "I have read it")
    expect(tab.locator(".acts:visible > .said")).to_contain_text("knows that you have read it")
    school.runs(at(1, 14, 16, 15))
    (read_by,) = school.entries("acknowledged")
    assert (read_by.student, read_by.recipient, read_by.version) == (school.ref(LISA), school.ref(MOTHER), 1)


def asks(school: Living, tab: Page, heard: datetime, *, prefect: bool) -> QueryThread:
    act(tab, "Ask a question")
    tab.get_by_label("Your question").fill(WORDS[0])
    _sent(tab)
    school.runs(heard, prefect=prefect)
    return school.newest()


def reads_the_answer(tab: Page, query: str, words: str) -> None:
    waiting = tab.locator("#home > .waits button").filter(has_text="answer")
    expect(waiting.first).to_be_visible()
    tab.locator(f"#{query} summary").click()
    expect(tab.locator(f"#{query} .words").last).to_have_text(words)


def disputes_a_mark(school: Living, tab: Page) -> QueryThread:
    school.as_of = at(1, 27, 12)
    lisas(tab)
    act(tab, "A mark looks wrong")
    tab.get_by_label("Which course?").select_option(index=0)
    tab.get_by_label("Which piece of work").fill("Sonnet")
    tab.get_by_label("What looks wrong?").fill(WORDS[1])
    _sent(tab)
    school.runs(at(1, 27, 12, 15))
    return school.newest()


def wishes_to_meet(school: Living, tab: Page) -> str:
    lisas(tab)
    act(tab, "Meet a teacher")
    tab.get_by_label("when can you come").fill(WORDS[2])
    _sent(tab)
    school.runs(at(1, 28, 12))
    wished = school.newest()
    assert (wished.kind, wished.version) == ("meeting", 2)  # from the corrected report
    return wished.id


def picks_a_time(tab: Page, query: str, number: int) -> int:
    """By thumb; the portal's answer."""
    tab.locator(f"#{query} summary").click()
    slots = tab.locator(f"#{query} .slots button")
    expect(slots).to_have_count(3)
    with tab.expect_response("**/messages") as answer:
        slots.nth(number).click()
    expect(tab.locator(f"#{query} .said").first).not_to_be_empty()
    return answer.value.status


def gives_the_time_back(tab: Page, query: str) -> None:
    tab.locator(f"#{query} summary").click()
    tab.locator(f"#{query} .acts .row button").last.click()
    with tab.expect_response("**/messages") as answer:
        tab.locator(f"#{query} form.say:visible button[type=submit]").click()
    assert answer.value.status == 204


def rates(school: Living, tab: Page) -> QueryThread:
    lisas(tab)
    act(tab, "How was this report?")
    tab.get_by_label("4").check()
    tab.locator("form.say:visible textarea").fill(WORDS[3])
    _sent(tab)
    assert school.as_of
    school.runs(school.as_of)
    return school.newest()


def asks_in(school: Living, phone: BrowserContext, language: str, contact: str) -> None:
    """By the places of the buttons alone, since each language has words of its own."""
    tab = school.unlocked(phone, contact)
    shown = tab.evaluate("[document.documentElement.lang, document.documentElement.dir]")
    assert shown == [language, "rtl" if language == "ar" else "ltr"]
    tab.locator("button.report:visible").first.click()
    tab.locator(".acts:visible .row button").nth(1).click()
    tab.locator("form.say:visible textarea").fill("?")
    with tab.expect_response("**/messages") as answer:
        tab.locator("form.say:visible button[type=submit]").click()
    assert answer.value.status == 204, language
    expect(tab.locator("form.say:visible .said:not(.bad)")).not_to_be_empty()
    tab.close()
