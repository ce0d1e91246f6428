"""The validation page: what to fix, for every rule, and nothing personal."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner
from playwright.sync_api import Browser
from termpost.flows import artifacts
from termpost.flows.cli import termpost
from termpost.schemas.base.refs import Checked, Extract, ExtractId, Run
from termpost.schemas.contracts.rules import RULES
from termpost.schemas.documents.findings import Findings, Problem, ProblemCount, validation_key
from termpost.tasks.check.landing import check_landing
from termpost.tasks.check.validation_page import make_validation_page

from tests.tasks.check.conftest import Bundle
from tests.tasks.gradebook import Rooms, copy_of_grand_bend, new_home

VOID = {"meta", "br", "wbr"}
# each text node's colour against the nearest painted ground, as WCAG defines contrast
CONTRAST = """() => {
  const part = c => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
  const rgb = s => s.match(/[\\d.]+/g).map(Number);
  const light = s => { const [r, g, b] = rgb(s).map(part); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = e => { for (; e; e = e.parentElement) { const s = getComputedStyle(e).backgroundColor;
    if ((rgb(s)[3] ?? 1) > 0) return s; } return null; };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walk.nextNode()) { const e = walk.currentNode.parentElement; if (!walk.currentNode.data.trim()) continue;
    const pair = [light(getComputedStyle(e).color), light(ground(e))].sort((a, b) => b - a);
    found.push((pair[0] + 0.05) / (pair[1] + 0.05)); }
  return found; }"""


class Outline(HTMLParser):
    """Every element, and whether they nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def words(page: bytes) -> str:
    text = page.decode().partition("<body")[2].partition(">")[2].replace("<wbr>", "")
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def plant(bundle: Any) -> None:
    """45 dates, a mark, a restriction, a line item, an unknown column and file."""
    rows = bundle.read("results.csv")
    for row in rows[1:46]:
        row[rows[0].index("scoreDate")] = "1/05/2023"
    rows[50][rows[0].index("score")] = "eighty"
    bundle.write("results.csv", rows)
    bundle.put("supplement/contacts.csv", 7, "contactRestrictions", "Bared")
    bundle.put("lineItems.csv", 1, "dueDate", "2021-02-30")
    bundle.add_column("categories.csv", "colour", "red")
    bundle.write("notes.csv", [["a"], ["1"]])


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    bundle = Bundle(copy_of_grand_bend(tmp_path_factory.mktemp("page") / "extract"))
    plant(bundle)
    return bundle.check()


def section(page: bytes, anchor: str) -> str:
    return words(b"<body>" + page.split(f'id="{anchor}"'.encode())[1].split(b"</section>")[0])


def test_it_says_the_outcome_and_for_every_file_what_came_and_what_went_where(findings: Findings) -> None:
    text = words(make_validation_page(findings))
    assert "Accepted with holds" in text
    for file in findings.files:
        assert f"{file.name} {file.rows:,} {file.accepted:,} {file.quarantined:,}" in text
    rows, quarantined = sum(f.rows for f in findings.files), sum(f.quarantined for f in findings.files)
    assert f"All files {rows:,} {rows - quarantined:,} {quarantined:,}" in text
    assert f"Students held {len(findings.held_students)}" in text


def test_a_rule_shows_its_first_rows_and_counts_the_rest(findings: Findings) -> None:
    page = make_validation_page(findings)
    dates = section(page, "error-type-date")
    assert "46 times" in dates
    assert "lineItems.csv dueDate 1 (2942251001) results.csv scoreDate 1–19" in dates  # an item's id is nobody's
    assert "And 26 more. In all: lineItems.csv 1, results.csv 45." in dates
    assert "Write it as YYYY-MM-DD, since nobody can know" in dates
    assert "supplement/contacts.csv contactRestrictions 7" in section(page, "error-enum")
    assert "categories.csv column 5" in section(page, "warning-unknown-column")


def test_every_link_leads_to_a_place_on_the_page_and_every_rule_has_one(findings: Findings) -> None:
    outline = Outline(make_validation_page(findings).decode())
    assert outline.open == []
    ids = [attributes["id"] for _, attributes in outline.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = {str(attributes["href"]) for tag, attributes in outline.found if tag == "a"}
    assert links == {"#top"} | {f"#{count.severity}-{count.rule}" for count in findings.counts}
    assert {link.removeprefix("#") for link in links} <= set(ids)


def test_it_is_one_file_without_scripts_that_fetches_nothing_and_always_the_same(findings: Findings) -> None:
    page = make_validation_page(findings)
    assert page == make_validation_page(Findings.model_validate_json(findings.model_dump_json()))
    tags = {tag for tag, _ in Outline(page.decode()).found}
    assert not tags & {"script", "link", "img", "iframe", "form", "base"}
    assert b"url(" not in page
    assert b"default-src 'none'" in page


def test_nothing_of_a_wrecked_extract_is_on_the_page(bundle: Any) -> None:
    values: set[str] = set()
    for name in ("users.csv", "results.csv", "supplement/contacts.csv", "demographics.csv"):
        header, *rows = bundle.read(name)
        values |= {cell for row in rows for cell in row if len(cell) > 4 and not cell.isalpha()}
        values |= {row[header.index("familyName")] for row in rows if "familyName" in header}
        bundle.write(name, [header, *([row[-1], *row[:-1]] for row in rows)])
    found = bundle.check()
    text = words(make_validation_page(found)).replace(found.extract_id, "").replace(found.extract_id[:12], "")
    assert len(found.problems) > 500
    shown = set(re.findall(r"[\w@.+'-]+", text))
    assert {value for value in values if value in shown or (" " in value and value in text)} == set()


def test_what_looks_like_markup_is_text(findings: Findings) -> None:
    name, hint = "<script>alert(1)</script>.csv", RULES["unknown-file"].message + " (<img src=x>)"
    problem = Problem(rule="unknown-file", severity="warning", file=name, row=3, column="<b>", key="<i>", message=hint)
    count = ProblemCount(rule="unknown-file", severity="warning", file=name, count=1)
    page = make_validation_page(findings.model_copy(update={"problems": (problem,), "counts": (count,)}))
    assert not any(tag in page for tag in (b"<script", b"<img", b"<i>"))
    assert all(text in page for text in (b"&lt;script&gt;", b"&lt;img src=x&gt;", b"3 (&lt;i&gt;)"))


def test_an_extract_without_a_fault_says_so(bundle: Any) -> None:
    text = words(make_validation_page(bundle.check().model_copy(update={"counts": (), "problems": ()})))
    assert "No rule was broken." in text


def test_a_rejected_extract_says_what_is_fatal_first(bundle: Any) -> None:
    plant(bundle)
    bundle.rename("users.csv", "givenName", "gvenName")
    page = make_validation_page(bundle.check())
    assert "Rejected Nothing of this extract was loaded." in words(page)
    first = page.decode().index('class="rule ')
    assert page.decode()[first:].startswith('class="rule fatal"')


def test_every_rule_has_a_remedy() -> None:
    assert [rule for rule, said in RULES.items() if not said.remedy[0].islower() or len(said.remedy) <= 6] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read_on_a_phone_by_day_and_by_night(browser: Browser, findings: Findings, scheme: Any) -> None:
    tab = browser.new_page(viewport={"width": 360, "height": 800}, color_scheme=scheme)
    tab.set_content(make_validation_page(findings).decode())
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    contrasts = tab.evaluate(CONTRAST)
    assert len(contrasts) > 100
    assert min(contrasts) >= 4.5
    assert [(one["id"], one["nodes"][0]["html"]) for one in Axe().run(tab).response["violations"]] == []
    tab.close()


def test_check_writes_the_page_where_it_is_asked_to(bundle: Any, tmp_path: Path) -> None:
    plant(bundle)
    page = tmp_path / "page.html"
    said = CliRunner().invoke(termpost, ["check", str(bundle.folder), "--page", str(page)], standalone_mode=False)
    assert said.exception is None
    assert "Accepted with holds" in words(page.read_bytes())


def test_the_stage_leaves_the_page_beside_its_findings(
    bundle: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, findings: Findings
) -> None:
    rooms = Rooms(new_home(tmp_path / "home"))
    extract = rooms.land(bundle.folder)
    judged: Callable[..., Findings] = lambda *_: findings  # noqa: E731
    monkeypatch.setattr("termpost.tasks.check.landing.hold_against_contracts", judged)
    check_landing(rooms.home, extract, None)  # type: ignore[arg-type]
    assert rooms.home.store.get(validation_key(extract.id)) == make_validation_page(findings)


def test_the_flow_names_the_page_where_the_admin_looks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told: list[dict[str, Any]] = []
    monkeypatch.setattr(artifacts, "create_table_artifact", lambda **what: told.append(what))
    extract = Extract(ExtractId("x" * 64), f"landing/{'x' * 64}", "x" * 64, "oneroster-csv", "1.1")
    run = Run(str(new_home(tmp_path / "home").path), "r")
    artifacts.show_checked(run, Checked(extract, "accepted_with_holds", "quarantine/x/findings.json", 10, 2))
    ((row,),) = (what["table"] for what in told)
    assert row["validation page"].startswith(f"termpost show {validation_key(extract.id)} ")
    assert (row["rows accepted"], row["rows quarantined"]) == (10, 2)
