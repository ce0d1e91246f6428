"""No clock is turned: an entry is written at the machine's time, and a day that is told is another thing."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from click.testing import CliRunner, Result
from termpost.flows.cli import termpost
from termpost.schemas.base.errors import InputError, Refused
from termpost.tasks.documents.pdf_text import read_pages
from termpost.tasks.home.home import open_home

from tests.school import CYCLE, EXAMPLES, LISA, Extract, Prepared, School

MACHINE = "termpost.schemas.base.clock.machine_now"


def run(home: Path, *words: str) -> Result:
    return CliRunner().invoke(termpost, [*words, "--home", str(home)], standalone_mode=False)


def code(said: Result) -> str:
    assert isinstance(said.exception, InputError), (said.output, said.exception)
    assert "\n" not in str(said.exception)
    return said.exception.code


@pytest.fixture
def real(tmp_path: Path) -> School:
    said = CliRunner().invoke(termpost, ["init", str(tmp_path / "home"), "--from", str(EXAMPLES / "grand-bend-home")])
    assert said.exception is None
    return School(tmp_path / "home", as_of=None)


def test_a_clock_that_was_set_back_writes_nothing(real: School) -> None:
    stop = ("stop", "--cycle", CYCLE)
    assert run(real.home, *stop).exception is None
    before, now = real.entries(), datetime.now(UTC)
    with patch(MACHINE, lambda: now - timedelta(hours=1)):
        said = run(real.home, *stop)
    assert code(said) == "clock-behind"
    for instant in (now - timedelta(hours=1), before[-1].at):
        assert f"{instant:%Y-%m-%d %H:%M:%S}" in str(said.exception)
    assert real.entries() == before
    assert run(real.home, *stop).exception is None


def test_what_is_written_says_the_machines_time_whatever_day_was_told(school: Prepared) -> None:
    began = datetime.now(UTC)
    assert run(school.home, "stop", "--cycle", CYCLE, "--as-of", "2021-12-18").exception is None
    (entry,) = school.entries("stopped")
    assert began <= entry.at <= datetime.now(UTC)
    assert entry.as_of is not None
    assert entry.as_of.date().isoformat() == "2021-12-18"
    line = json.loads(run(school.home, "log", "export").stdout.splitlines()[-1])
    assert (line["at"][:10], line["as_of"][:10]) == (began.date().isoformat(), "2021-12-18")


def test_in_a_rehearsal_a_familys_clock_runs_by_the_day_that_was_told(school: Prepared) -> None:
    ask = ("feedback", "add", "--student", LISA, "--kind", "question", "--text", "Why?", "--as-of", "2021-12-17")
    assert run(school.home, *ask).exception is None
    (query,) = json.loads(run(school.home, "feedback", "list", "--as-of", "2022-01-10", "--json").stdout)
    assert (query["received"][:10], query["due"][:4], query["state"]) == ("2021-12-17", "2021", "overdue")


def test_a_real_home_is_prepared_for_an_earlier_day_and_never_for_a_later_one(real: School) -> None:
    now = datetime.now(UTC)
    prepare = ("prepare", "--cycle", CYCLE, "--extract", "nowhere.zip", "--as-of")
    assert code(run(real.home, *prepare, f"{now + timedelta(days=2):%Y-%m-%d}")) == "later-day"
    assert real.entries()[-1].reason == "later-day"
    real.as_of = now - timedelta(days=2)
    with pytest.raises(InputError) as caught:
        real.prepare(Extract(Path("nowhere.zip")))
    assert caught.value.code == "placeholder"  # the day is taken: it went on, to what else is wrong
    with pytest.raises(Refused, match="this home is real"):
        real.release(code="000000")
    real.as_of = None
    assert [(e.reason, e.as_of) for e in real.entries("refused")[-2:]] == [
        ("placeholder", None), ("not-a-rehearsal", None)
    ]  # fmt: skip


def test_today_is_no_other_day_and_nobody_chooses_its_hour(real: School) -> None:
    zone = open_home(real.home).calendar.zone
    today = f"{datetime.now(zone):%Y-%m-%d}"
    assert run(real.home, "stop", "--cycle", CYCLE, "--as-of", today).exception is None
    entry = real.entries()[-1]
    assert entry.as_of is None
    assert abs(entry.at - datetime.now(UTC)) < timedelta(minutes=5)


@pytest.mark.released
def test_a_rehearsal_says_so_on_every_page_and_paper_that_it_makes(school: Prepared, tmp_path: Path) -> None:
    pages = [school.store.get(key) for key in school.store.list("reports/") if key.endswith(".html")]
    assert pages
    assert all("Rehearsal · Grand Bend" in page.decode() for page in pages)
    assert all(b"Rehearsal" in school.store.get(key) for key in school.store.list("sealed/"))  # in clear too
    pdfs = {key: school.store.get(key) for prefix in ("reports/", "print/") for key in school.store.list(prefix)
            if key.endswith(".pdf")}  # fmt: skip
    assert len(pdfs) >= 6
    toml = school.home / "termpost.toml"
    toml.write_text(f'{toml.read_text()}\n[codes]\nby = ["post"]\n')
    cycle = ("--cycle", CYCLE)
    wanted = {"class-list": cycle, "code-letter": cycle, "feedback-form": (), "family-guide": (),
              "sample-report": (), "schedule": (),
              "conference-sheet": (*cycle, "--student", LISA)}  # fmt: skip
    for name, more in wanted.items():
        out = tmp_path / f"{name}.pdf"
        said = run(school.home, "paper", name, *more, "--out", str(out), "--as-of", "2021-12-17")
        assert said.exception is None, (name, said.exception)
        pdfs[name] = out.read_bytes()
    said = run(school.home, "proof", "--cycle", CYCLE, "--out", str(tmp_path / "proof"), "--as-of", "2021-12-17")
    assert said.exception is None, said.exception
    pdfs |= {path.name: path.read_bytes() for path in (tmp_path / "proof").rglob("*.pdf")}
    silent = [key for key, pdf in pdfs.items() if "Rehearsal" not in "".join(page.text for page in read_pages(pdf))]
    assert silent == []
