"""The review of a year: its files say what the log says, name nobody, and are the same bytes twice."""

import hashlib
import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from termpost.flows.review_policy import review_policy
from termpost.schemas.base.errors import InputError, Refused
from termpost.tasks.home.home import Home
from termpost.tasks.records.review.make_review import MadeReview, make_review
from termpost.tasks.records.review.sign_review import acknowledge_policy, sign_review

from tests.reading import page_texts
from tests.tasks.papers.paperwork import assert_accessible
from tests.tasks.records.review.reviewed_home import code_of, reviewed_home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return reviewed_home(tmp_path_factory.mktemp("reviewed") / "home")


@pytest.fixture(scope="module")
def made(home: Home) -> MadeReview:
    return make_review(home, "2021-2022")


def test_page_paper_and_json_say_the_same(made: MadeReview) -> None:
    numbers = json.loads(made.files["review.json"])["this_year"]
    assert (numbers["reports"]["released"], numbers["reports"]["on_time"], numbers["reports"]["late"]) == (2, 1, 1)
    assert numbers["queries"]["question"] == {
        "received": 1, "answered": 1, "closed": 0, "open": 0, "late": 1, "median_days": 7, "longest_days": 7,
    }  # fmt: skip
    said = "2 reports made, 2 released: 1 on time, 1 late by 3.0 days on average and 3 at most."
    paper = " ".join(" ".join(page_texts(made.files["review.pdf"])).split())
    page = made.files["review.html"].decode()
    for text in (paper, page):
        assert said in text
        assert "wrong-code" in text
        assert "The restore drill was never done" in text


@pytest.mark.needs("qpdf")
def test_the_paper_is_accessible_and_its_charts_have_words(made: MadeReview) -> None:
    assert_accessible(made.files["review.pdf"])
    page = made.files["review.html"].decode()
    labels = re.findall(r'<svg [^>]*aria-label="([^"]*)"', page)
    assert labels == [
        "Reports by school. high: 1 on time, 1 late, 0 waiting",
        "Deliveries by channel. portal: 1 arrived, 0 failed, 0 uncertain; print: 0 arrived, 1 failed, 0 uncertain",
    ]


def test_nothing_is_fetched_and_nobody_is_named(made: MadeReview) -> None:
    page = made.files["review.html"].decode()
    assert re.findall(r"""(?:src|href)=|url\(|@import|<script""", page) == []
    for name in ("review.html", "review.json"):
        found = made.files[name].decode()
        assert [ref for ref in ("p1", "p2", "pa", "pb", "afry") if re.search(rf"\b{ref}\b", found)] == []


def test_the_same_log_gives_the_same_bytes(home: Home, made: MadeReview) -> None:
    assert make_review(home, "2021").files == made.files


def test_the_evidence_names_the_entries_by_section_and_the_sums_of_their_segments(
    home: Home, made: MadeReview
) -> None:  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(made.files["evidence.zip"])) as archive:
        assert archive.namelist() == sorted(archive.namelist())
        index = json.loads(archive.read("index.json"))
        sums = {line[66:]: line[:64] for line in archive.read("segments.sha256").decode().splitlines()}
        answers = [json.loads(line) for line in archive.read("section-4.4.ndjson").splitlines()]
        assert archive.read("review.json") == made.files["review.json"]
    assert sums
    for name, digest in sums.items():
        assert hashlib.sha256(home.store.get(name)).hexdigest() == digest
    objects = {one["segment"]: one["object"] for one in index["segments"]}
    for one in (entry for section in index["sections"] for entry in section["entries"]):
        held = map(json.loads, home.store.get(objects[one["segment"]]).splitlines()[1:])
        assert one["seq"] in {row["seq"] for row in held}
    lines = {entry.seq: entry for entry in home.log.entries()}
    shown = {one["section"]: [entry["seq"] for entry in one["entries"]] for one in index["sections"]}
    assert list(shown) == ["3", "4.1", "4.2", "4.3", "4.4", "4.5", "5", "6", "8"]
    assert [lines[seq].kind for seq in shown["4.4"]] == ["query_received", "query_answered"]
    assert [row["seq"] for row in answers] == shown["4.4"]
    assert {lines[seq].reason for seq in shown["5"]} >= {"wrong-code"}


@pytest.mark.parametrize(("year", "code"), [("2015", "no-data"), ("last", "no-year")])
def test_a_year_without_data_is_one_line_and_leaves_nothing(home: Home, tmp_path: Path, year: str, code: str) -> None:
    with pytest.raises(InputError) as refused:
        review_policy(home, year, tmp_path / "out")
    assert refused.value.code == code
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "out").exists()


def test_a_registrar_signs_exactly_this_and_sets_the_next_day(tmp_path: Path) -> None:
    home = reviewed_home(tmp_path / "home")
    teacher = code_of(home, "afry", "teacher")
    made = make_review(home, "2021")
    with pytest.raises(Refused) as refused:
        sign_review(home, made, "afry", teacher)
    assert refused.value.code == "role-may-not"
    done = review_policy(home, "2021", tmp_path / "out", "mlopez", code_of(home, "mlopez"))
    assert str(done.next_due) == "2023-07-01"
    (signed,) = home.log.entries("review_signed")
    assert (signed.actor, signed.reason, signed.due) == ("mlopez", "2021-2022", "2023-07-01")
    assert signed.digest == hashlib.sha256((tmp_path / "out" / "evidence.zip").read_bytes()).hexdigest()
    due = make_review(home, "2021").due
    assert due is not None
    assert (str(due.due), due.cause) == ("2023-07-01", "yearly")


def test_staff_acknowledge_the_text_as_it_stands_and_another_text_opens_a_review(tmp_path: Path) -> None:
    home = reviewed_home(tmp_path / "home")
    sign_review(home, make_review(home, "2021"), "mlopez", code_of(home, "mlopez"))
    first = acknowledge_policy(home, "afry", code_of(home, "afry", "teacher"))
    (home.path / "termpost.toml").write_text(
        (home.path / "termpost.toml").read_text() + "\n[feedback]\nstaff_days = 4\n"
    )
    changed = Home(home.path, home.clock, home.environ)
    second = acknowledge_policy(changed, "bfry", code_of(home, "bfry", "teacher"))
    assert first != second
    found = make_review(changed, "2021").due
    assert found is not None
    assert (found.cause, found.what, str(found.due)) == ("setting", "feedback.staff_days", "2022-07-31")
