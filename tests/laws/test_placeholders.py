"""What the starter file stands for reaches no family: a real home says what to fill in, and prepares nothing before."""

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import SecretStr
from termpost.flows import prepare_reports as prepare_module
from termpost.flows import release_reports as release_module
from termpost.flows.cli import termpost
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.settings.placeholders import RESERVED
from termpost.tasks.home.home import open_home
from termpost.tasks.preflight.audit import refuse_placeholders

from tests.school import CYCLE, EXAMPLES, small_extract, without_prefect

OWN = {
    '"Example School District"': '"Grand Bend ISD"', '"Example District"': '"Grand Bend"',
    "schools.example.org": "grandbendisd.org", "portal.example.org": "portal.grandbendisd.org",
    '"+1 555 0100"': '"+1 325 555 0199"', '"1 School Road", "Example Town, TX 00000"': '"456 Elm Street"',
}  # fmt: skip


def init(folder: Path, *options: str) -> str:
    said = CliRunner().invoke(termpost, ["init", str(folder), *options], standalone_mode=False)
    assert said.exception is None
    return said.stdout


def found(folder: Path) -> list[str]:
    said = CliRunner().invoke(termpost, ["doctor", "--json", "--home", str(folder)], standalone_mode=False)
    findings = json.loads(said.stdout)["findings"]
    return [one["what"] for one in findings if one["control"] == "settings" and one["state"] == "lacks"]


def fill_in(folder: Path, own: dict[str, str] = OWN) -> None:
    text = (folder / "termpost.toml").read_text()
    for before, after in own.items():
        assert before in text
        text = text.replace(before, after)
    (folder / "termpost.toml").write_text(text)


def test_a_fresh_home_says_what_to_fill_in_and_doctor_names_each_with_its_line(tmp_path: Path) -> None:
    said = init(tmp_path / "home")
    named = found(tmp_path / "home")
    keys = [re.sub(r"termpost.toml line \d+ (\S+ \w+):.*", r"\1", what) for what in named]
    assert keys == [
        "[institution] name", "[institution] short_name", "[institution] email_domain", "[institution] address",
        "[institution.ask] email", "[institution.ask] phone", "[institution.policies] url",
        "[channels.portal] base_url",
    ]  # fmt: skip
    lines = (tmp_path / "home" / "termpost.toml").read_text().splitlines()
    for what in named:
        number, key = re.match(r"termpost.toml line (\d+) \S+ (\w+)", what).groups()  # type: ignore[union-attr]
        assert lines[int(number) - 1].lstrip().startswith(key)
        assert what.partition(":")[0] in said


def test_neither_prepare_nor_release_goes_on_before(tmp_path: Path) -> None:
    home, extract = tmp_path / "home", small_extract(tmp_path / "extract")
    init(home)
    shutil.copy(EXAMPLES / "grand-bend-home" / "calendar.toml", home)
    for call in (
        lambda: prepare_module.prepare_reports.fn(CYCLE, str(extract.folder), str(home)),
        lambda: release_module.release_reports.fn(CYCLE, "mlopez", SecretStr("123456"), None, str(home)),
    ):
        with without_prefect(), pytest.raises(Refused) as caught:
            call()
        assert caught.value.code == "placeholder"
        assert re.fullmatch(r"termpost.toml line \d+ \[institution\] name", caught.value.where)
        assert "\n" not in str(caught.value)
    assert not (home / "vault" / "landing").exists()


def test_filled_in_it_goes_on_and_each_that_is_left_is_refused(tmp_path: Path) -> None:
    for number, left in enumerate(OWN):
        home = tmp_path / f"home-{number}"
        init(home)
        fill_in(home, {before: after for before, after in OWN.items() if before != left})
        with pytest.raises(Refused):
            refuse_placeholders(open_home(home))
    init(tmp_path / "home")
    fill_in(tmp_path / "home")
    assert found(tmp_path / "home") == []
    shutil.copy(EXAMPLES / "grand-bend-home" / "calendar.toml", tmp_path / "home")
    with without_prefect(), pytest.raises(InputError) as caught:
        prepare_module.prepare_reports.fn(CYCLE, "nowhere.zip", str(tmp_path / "home"))
    assert caught.value.where == "nowhere.zip"


def test_a_variable_that_brings_one_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    init(tmp_path / "home")
    fill_in(tmp_path / "home")
    monkeypatch.setenv("TERMPOST_CHANNELS__PORTAL__BASE_URL", "https://portal.school.test")
    (what,) = found(tmp_path / "home")
    assert what.startswith("environment variable TERMPOST_CHANNELS__PORTAL__BASE_URL")


def test_a_rehearsal_may_keep_them(tmp_path: Path) -> None:
    init(tmp_path / "home", "--rehearsal")
    assert found(tmp_path / "home") == []


@pytest.mark.parametrize(
    ("text", "is_reserved"),
    [
        ("https://portal.example.org/x", True), ("office@example.com", True), ("example.net", True),
        ("https://a.b.example/x", True), ("x@school.invalid", True), ("https://school.test:8443", True),
        ("https://localhost:8443", True), ("https://127.0.0.1", True), ("EXAMPLE.ORG", True),
        ("https://example.org.uk", False), ("myexample.org", False), ("https://school.testing.org", False),
        ("reports@example-school.org", False), ("https://localhost.school.org", False), ("St. Test School", False),
    ],
)  # fmt: skip
def test_domains_that_nobody_can_reach_stand_for_the_schools_own(text: str, is_reserved: bool) -> None:
    assert bool(RESERVED.search(text)) is is_reserved
