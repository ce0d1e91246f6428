"""A household at its door, in Chromium on a phone: it finds everything, and the school hears what it says."""

import hashlib
import json
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Route, expect
from termpost.tasks.secrets.access_codes import access_code

from tests.household import MEETING, PAGE_PAIR, QUERY, SLOTS, Household, act, one, open_report, send


def test_one_code_opens_everything_and_leaves_no_trace_in_the_browser(household: Household) -> None:
    tab = household.unlock(household.tab())
    expect(tab.locator("#home > .waits li")).to_have_count(3)
    expect(tab.locator("#home > .card > h2")).to_have_text(["Waiting for you", "Lisa Woods", "Ömer Woods"])
    tab.get_by_text("Earlier reports").click()
    expect(tab.get_by_role("button", name="Fall 2021: midterm")).to_be_visible()
    tab.locator(f"#{QUERY} summary").click()
    expect(tab.locator(f"#{QUERY} blockquote").first).to_have_text(
        "Why is the quiz <b>missing</b>?"
    )  # words, whatever they are
    expect(tab.locator(f"#{QUERY} .words")).to_contain_text("Thank you.")
    expect(tab.locator(f"#{QUERY} .answer ~ blockquote")).to_have_text("Thank you.")  # what she wrote back, after it
    with tab.expect_response("**/receipts"):
        open_report(tab, 2)
    expect(tab.locator("#reports > section:visible > h2")).to_have_text("Ömer Woods")
    tab.get_by_role("button", name="All reports").click()
    expect(tab.locator("#home h2").first).to_be_focused()
    kept = tab.evaluate(
        "[location.href, JSON.stringify({...localStorage, ...sessionStorage}), document.cookie, history.length]"
    )
    assert kept[:3] == [household.base + "/", "{}", ""]
    assert tab.evaluate("indexedDB.databases().then((found) => found.length)") == 0
    tab.get_by_role("button", name="Lock again").click()
    expect(tab.locator("#code")).to_have_value("")
    assert household.complaints == []


def test_a_statement_is_on_the_page_too_however_it_was_opened(household: Household) -> None:
    tab = household.unlock(household.tab(), "/p1/c0ffee")
    first, second = tab.locator("#reports > section").all()
    expect(first.locator("details.statement blockquote")).to_have_text("We still say that the quiz was handed in.")
    expect(second.locator("details.statement")).to_have_count(0)
    tab.get_by_role("button", name="All reports").click()
    open_report(tab)
    expect(tab.locator("#reports details.statement")).to_have_count(1)


@pytest.mark.needs("openssl")
def test_i_have_read_it_proves_these_bytes_to_whoever_has_the_public_key(household: Household, tmp_path: Path) -> None:
    tab = open_report(household.unlock(household.tab()))
    act(tab, "I have read it")
    expect(tab.locator(".acts:visible > .said")).to_contain_text("knows that you have read it")
    said = one(household)
    assert (said.kind, said.page, said.part) == ("acknowledgement", "c0ffee", 0)
    assert said.proof
    pdf = b"%PDF-1.7 Lisa Woods"
    assert said.proof.pdf == hashlib.sha256(pdf).hexdigest()
    halves = (int(said.proof.signature[:64], 16), int(said.proof.signature[64:], 16))
    files = {"text": f"termpost.acknowledgement/1\nsealed/p1/c0ffee\n{said.proof.pdf}\n{said.proof.day}".encode(),
             "signature": encode_dss_signature(*halves), "key": _pem(PAGE_PAIR.public)}  # fmt: skip
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    checked = ["openssl", "dgst", "-sha256", "-verify", "key", "-signature", "signature", "text"]
    assert subprocess.run(checked, cwd=tmp_path, capture_output=True, check=False).stdout == b"Verified OK\n"
    tab.get_by_role("button", name="All reports").click()
    expect(tab.locator("#home")).to_contain_text("you told the school that you have read it")
    expect(tab.locator("#home > .waits li")).to_have_count(2)


def _pem(public: bytes) -> bytes:
    key = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), public)
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def test_what_a_family_says_of_a_report_reaches_the_home_and_nobody_else(household: Household) -> None:
    tab = open_report(household.unlock(household.tab()), 1)
    act(tab, "Ask a question")
    tab.get_by_label("Your question").fill("لماذا؟ <img src=x>")
    send(tab)
    expect(tab.locator("form.say:visible .said")).to_contain_text("The school has your message")
    expect(tab.get_by_label("Your question")).to_have_value("")
    said = one(household)
    assert (said.kind, said.page, said.part, said.text) == ("question", "c0ffee", 1, "لماذا؟ <img src=x>")
    act(tab, "A mark looks wrong")
    tab.get_by_label("Which course?").select_option(index=1)
    title = tab.get_by_label("Which course?").evaluate("(node) => node.selectedOptions[0].textContent")
    tab.get_by_label("Which piece of work").fill("Essay")
    send(tab)
    expect(tab.locator("form.say:visible .said")).to_contain_text("Please write something first")
    tab.get_by_label("What looks wrong?").fill("It was 18.")
    send(tab)
    expect(tab.locator("form.say:visible .said")).to_contain_text("The school has your message")
    said = one(household)
    assert (said.kind, said.course, said.piece, said.text) == ("mark", 1, "Essay", "It was 18.")
    inside = tab.frame_locator("iframe:visible")
    assert inside.locator("article").first.locator("[data-course='1']").text_content() == title
    act(tab, "Meet a teacher")
    tab.get_by_label("when can you come").fill("Mondays")
    tab.get_by_label("interpreter").check()
    send(tab)
    expect(tab.locator("form.say:visible .said")).to_contain_text("The school has your message")
    said = one(household)
    assert (said.kind, said.text, said.interpreter) == ("meeting", "Mondays", True)
    act(tab, "How was this report?")
    send(tab)
    expect(tab.locator("form.say:visible .said")).to_contain_text("choose a number")
    tab.get_by_label("4").check()
    send(tab)
    expect(tab.locator("form.say:visible .said")).to_contain_text("has your opinion")
    said = one(household)
    assert (said.kind, said.rating, said.text, said.language) == ("rating", 4, "", "en")
    assert household.complaints == []


@pytest.mark.parametrize("answer", [None, 429, 503, 404])
def test_who_cannot_be_heard_is_told_whom_to_call_and_loses_no_word(household: Household, answer: int | None) -> None:
    tab = open_report(household.unlock(household.tab()))
    ids: list[str] = []

    def refuse(route: Route) -> None:
        ids.append(json.loads(route.request.post_data or "")["id"])
        if answer is None:
            route.abort()
        else:
            route.fulfill(status=answer, headers={"access-control-allow-origin": "*"})

    tab.route("**/messages", refuse)
    act(tab, "Ask a question")
    words = "Why is the quiz missing?"
    tab.get_by_label("Your question").fill(words)
    send(tab)
    told = tab.locator("form.say:visible .said")
    expect(told.locator("a[href='tel:5550100']")).to_be_visible()
    expect(told).to_contain_text("08:00–16:30")
    expect(tab.get_by_label("Your question")).to_have_value(words)
    act(tab, "Meet a teacher")
    act(tab, "Ask a question")
    expect(tab.get_by_label("Your question")).to_have_value(words)
    tab.unroute("**/messages")
    with tab.expect_request("**/messages") as again:
        send(tab)
    expect(told).to_contain_text("The school has your message")
    assert [json.loads(again.value.post_data or "")["id"]] == ids  # the same one, so that it is not two
    assert one(household).text == words


def test_a_page_says_before_it_is_left_that_something_is_not_sent(household: Household) -> None:
    tab = open_report(household.unlock(household.tab()))
    act(tab, "Ask a question")
    tab.get_by_label("Your question").fill("Why?")
    asked: list[str] = []

    def stay(dialog: object) -> None:
        asked.append(str(getattr(dialog, "type", "")))
        dialog.dismiss()  # type: ignore[attr-defined]

    tab.on("dialog", stay)
    tab.get_by_role("button", name="Lock again").click()
    expect(tab.get_by_label("Your question")).to_have_value("Why?")
    assert asked == ["beforeunload"]


def test_a_time_is_picked_and_one_that_is_taken_says_so(household: Household) -> None:
    tab = household.unlock(household.tab())
    tab.get_by_role("button", name="Choose a time").click()
    expect(tab.locator(f"#{MEETING}")).to_have_attribute("open", "")
    slots = tab.locator(f"#{MEETING} .slots button")
    expect(slots).to_have_count(2)
    expect(slots.first).to_contain_text("Tuesday, December 21, 2021")
    expect(slots.first).to_contain_text("08:30")  # in the school's zone
    household.store.put(f"inbox/slots/{SLOTS[0]}.json", b"another's")
    slots.first.click()
    expect(tab.locator(f"#{MEETING} .said").first).to_contain_text("has just been taken")
    expect(slots.first).to_be_disabled()
    household.store.delete(f"inbox/slots/{SLOTS[0]}.json")
    slots.nth(1).click()
    expect(tab.locator(f"#{MEETING} .said").first).to_contain_text("The time is yours")
    expect(tab.locator(f"#{MEETING} .slots")).to_be_hidden()
    (key,) = household.store.list("inbox/slots/")
    assert key == f"inbox/slots/{SLOTS[1]}.json"
    said = one(household)
    assert (said.kind, said.query, said.slot) == ("slot", MEETING, SLOTS[1])
    tab.locator(f"#{QUERY} summary").click()
    tab.locator(f"#{QUERY}").get_by_role("button", name="Write back").click()
    tab.locator(f"#{QUERY} textarea").fill("Thank you.")
    tab.locator(f"#{QUERY}").get_by_role("button", name="Send").click()
    expect(tab.locator(f"#{QUERY} form .said")).to_contain_text("The school has your message")
    said = one(household)
    assert (said.kind, said.query, said.text) == ("reply", QUERY, "Thank you.")


def test_a_link_of_old_opens_its_report_and_leads_to_everything_else(household: Household) -> None:
    tab = household.unlock(household.tab(), "/p1/decade")
    expect(tab.locator("#reports > section:visible > h2")).to_be_focused()
    tab.get_by_role("button", name="All reports").click()
    expect(tab.locator("#home > .card > h2")).to_have_text(["Waiting for you", "Lisa Woods", "Ömer Woods"])
    open_report(tab)
    assert household.complaints == []


def test_a_saved_page_sends_where_there_is_a_network_and_names_the_phone_where_there_is_none(
    household: Household, tmp_path: Path
) -> None:
    saved = tmp_path / "saved.html"
    saved.write_bytes(household.store.get("sealed/p1/decade.html"))
    for offline in (False, True):
        tab = household.tab()
        tab.context.set_offline(offline)
        tab.goto(saved.as_uri())
        tab.locator("#code").fill(_code())
        tab.keyboard.press("Enter")
        expect(tab.locator("#reports > section:visible > h2")).to_be_focused()
        act(tab, "Ask a question")
        tab.get_by_label("Your question").fill("Why?")
        send(tab)
        told = tab.locator("form.say:visible .said")
        if offline:
            expect(told.get_by_role("link", name="555 0100")).to_be_visible()
            expect(tab.get_by_role("button", name="All reports")).to_be_hidden()
        else:
            expect(told).to_contain_text("The school has your message")
            assert one(household).page == "decade"
            tab.get_by_role("button", name="All reports").click()
            expect(tab.locator("#home .waits")).to_be_visible()
    assert household.arrived() == []


def _code(recipient: str = "p1") -> str:
    return access_code(bytes(range(32)), recipient, 0)


def test_a_code_that_finds_nothing_says_whom_to_ask_and_a_portal_that_is_away_too(household: Household) -> None:
    tab = household.tab()
    tab.goto(household.base + "/")
    tab.locator("#code").fill(_code("p2"))
    tab.keyboard.press("Enter")
    alert = tab.get_by_role("alert")
    expect(alert).to_contain_text("Nothing was found for this code")
    expect(alert.get_by_role("link").first).to_be_visible()
    tab.route("**/door/*", lambda route: route.abort())
    tab.locator("#code").fill(_code())
    tab.keyboard.press("Enter")
    expect(alert).to_contain_text("could not be loaded")
    expect(tab.locator("#code")).to_have_value(_code())
