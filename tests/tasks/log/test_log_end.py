"""Where the log ends is remembered outside the store: an older memory, none, or somebody else's is told from ours."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from termpost.schemas.base.errors import InputError
from termpost.tasks.log.anchor import Anchor, begin, read_end, renew, sealed_files
from termpost.tasks.log.end_words import end_said
from termpost.tasks.log.log import BEGINS
from termpost.tasks.log.segments import read_head
from termpost.tasks.log.verify import verify

from tests.tasks.log.log_home import KEY, LogHome, in_process, report_made
from tests.tasks.log.tampering import COUNT, cut_to, write_log


@pytest.fixture
def kept(home: LogHome) -> dict[int, dict[Path, bytes]]:
    """The two files as they were after each segment of a log of four."""
    log, found = home.open(), {}
    for number in range(1, COUNT + 1):
        log.append("run-1", [report_made(3 * number + line) for line in range(3)])
        found[number] = home.remembered()
    return found


def reason(home: LogHome) -> str | None:
    return home.verify().reason


def refused(home: LogHome) -> None:
    """Nothing is written on, and the remedy names who may say otherwise."""
    before = home.files()
    with pytest.raises(InputError) as caught:
        home.open()
    assert caught.value.code == "log-broken"
    assert "termpost log accept" in caught.value.remedy
    assert home.files() == before


@pytest.mark.parametrize("cut", [True, False])
def test_an_older_anchor_that_is_put_back_shows(home: LogHome, kept: dict[int, dict[Path, bytes]], cut: bool) -> None:
    for number in (1, 2, 3):
        home.anchor.file.write_bytes(kept[number][home.anchor.file])
        if cut and number == 3:
            cut_to(3)(home)
        assert reason(home) == "anchor-old"
        refused(home)


def test_an_older_count_that_is_put_back_shows(home: LogHome, kept: dict[int, dict[Path, bytes]]) -> None:
    for number in (1, 2):
        home.anchor.count.write_bytes(kept[number][home.anchor.count])
        assert reason(home) == "count-old"
        refused(home)


@pytest.mark.parametrize(("gone", "said"), [("file", "anchor-missing"), ("count", "count-missing")])
def test_a_file_that_is_gone_shows(home: LogHome, kept: dict[int, dict[Path, bytes]], gone: str, said: str) -> None:
    getattr(home.anchor, gone).unlink()
    assert reason(home) == said
    refused(home)


def test_a_head_of_the_store_is_no_anchor(home: LogHome, kept: dict[int, dict[Path, bytes]]) -> None:
    """As an earlier version had it: anybody can make one, so beside a count it is a forgery."""
    cut_to(2)(home)
    home.anchor.file.write_bytes(home.store.get("log/heads/00000002.json"))
    assert reason(home) == "anchor-invalid"
    refused(home)


@pytest.mark.parametrize("name", ["file", "count"])
def test_any_changed_byte_of_them_shows(home: LogHome, kept: dict[int, dict[Path, bytes]], name: str) -> None:
    path: Path = getattr(home.anchor, name)
    data = path.read_bytes()
    for at in range(len(data)):
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert not home.verify().ok, at


def test_another_homes_files_show(home: LogHome, kept: dict[int, dict[Path, bytes]], tmp_path: Path) -> None:
    """Also one whose log the same key signs."""
    head = read_head(home.store.get("log/heads/00000002.json"), 2, KEY.public_key())
    cut_to(2)(home)
    home.remember(dict(zip((home.anchor.file, home.anchor.count), sealed_files(bytes(32), head), strict=True)))
    assert reason(home) == "count-invalid"
    other = LogHome(tmp_path / "other")
    write_log(other)
    home.remember(kept[COUNT])
    home.anchor.file.write_bytes(sealed_files(bytes(32), head)[0])
    assert reason(home) == "anchor-invalid"


@pytest.mark.parametrize("file", ["anchor.json", "log-count.json"])
def test_killed_between_the_two_files_nothing_is_alarmed_and_a_rerun_finishes(home: LogHome, file: str) -> None:
    """Each time one of the files is about to get its name."""
    for nth in range(6):
        killed = LogHome(home.root / f"{file}-{nth}")

        def work(killed: LogHome = killed, nth: int = nth) -> None:
            real, seen = Path.replace, iter(range(100))

            def dying(self: Path, target: Path) -> Path:
                if Path(target).name == file and next(seen) == nth:
                    os._exit(9)
                return real(self, target)

            Path.replace = dying  # type: ignore[method-assign, assignment]
            write_log(killed)

        struck = in_process(work) == 9
        assert struck is (nth < (COUNT if file == "anchor.json" else COUNT + 1))
        assert killed.verify().ok, nth
        killed.open()  # reading is enough to settle it, once there is something to remember
        assert not struck or nth == 0 or read_end(killed.anchor, KEY.public_key()).is_settled
        write_log(killed)
        assert killed.verify().end.is_settled
        assert [entry.report for entry in killed.open().entries()] == [f"r{n}" for n in range(3 * COUNT)]


def test_of_a_count_that_came_late_an_anchor_is_not_put_further_back(
    home: LogHome, kept: dict[int, dict[Path, bytes]]
) -> None:
    """A writer died after the anchor and before the count: the count may be one advance behind, not two."""
    home.anchor.count.write_bytes(kept[3][home.anchor.count])
    assert home.verify().ok
    home.open()
    assert home.remembered()[home.anchor.count] == kept[4][home.anchor.count]
    home.anchor.count.write_bytes(kept[2][home.anchor.count])
    assert reason(home) == "count-old"


def test_a_home_that_knew_nothing_begins_with_an_entry_that_says_so(
    home: LogHome, kept: dict[int, dict[Path, bytes]]
) -> None:
    home.forget()
    log = home.open()
    assert (home.verify().ok, home.verify().end.state) == (True, "nothing")
    assert home.remembered() == {}  # opening is no writing, and says nothing
    log.append("run-2", [report_made(90)])
    begun, made = list(home.open().entries())[-2:]
    assert (begun.kind, begun.reason, begun.count, made.report) == ("settings_changed", BEGINS, COUNT, "r90")
    assert home.verify().end.state == "sealed"
    log.append("run-2", [report_made(91)])
    assert [entry.reason for entry in home.open().entries("settings_changed")] == [BEGINS]


def test_a_home_of_before_begins_at_the_next_write_or_when_it_is_asked(
    home: LogHome, kept: dict[int, dict[Path, bytes]]
) -> None:
    home.forget()
    home.anchor.file.write_bytes(home.store.get("log/heads/00000004.json"))
    assert (home.verify().ok, home.verify().end.state) == (True, "unsealed")
    home.open().begin("migrate")
    home.open().begin("migrate")
    assert [entry.reason for entry in home.open().entries("settings_changed")] == [BEGINS]
    assert home.verify().end.state == "sealed"


def test_an_anchor_of_before_still_shows_a_cut_log(home: LogHome, kept: dict[int, dict[Path, bytes]]) -> None:
    home.forget()
    home.anchor.file.write_bytes(home.store.get("log/heads/00000004.json"))
    cut_to(2)(home)
    assert reason(home) == "truncated"
    refused(home)


def test_killed_while_it_begins_it_begins_again(home: LogHome, kept: dict[int, dict[Path, bytes]]) -> None:
    home.forget()
    begin(home.anchor, COUNT, KEY.public_key())  # and died before the segment
    assert (home.verify().ok, home.verify().end.state) == (True, "begins")
    home.open().append("run-2", [report_made(90)])
    assert [entry.reason for entry in home.open().entries("settings_changed")] == [BEGINS]
    home.anchor.file.unlink()
    home.anchor.count.write_bytes(kept[4][home.anchor.count])
    assert reason(home) == "anchor-missing"  # what holds is no beginning


def test_renewed_at_another_end_it_holds_there(home: LogHome, kept: dict[int, dict[Path, bytes]]) -> None:
    cut_to(2)(home)
    assert reason(home) == "truncated"
    renew(home.anchor, read_head(home.store.get("log/heads/00000002.json"), 2, KEY.public_key()))
    assert home.verify().ok
    home.open().append("run-2", [report_made(90)])
    assert home.verify().ok


def test_an_auditor_without_the_files_is_not_asked_for_them(home: LogHome, kept: dict[int, dict[Path, bytes]]) -> None:
    home.forget()
    assert verify(home.store, KEY.public_key(), None, patience=0).ok
    absent = Anchor(home.root / "nowhere" / "anchor.json", bytes(32))
    assert verify(home.store, KEY.public_key(), absent, patience=0).end.state == "nothing"


def test_the_files_say_what_the_page_says(home: LogHome, kept: dict[int, dict[Path, bytes]]) -> None:
    anchor, count = (json.loads(data) for data in home.remembered().values())
    assert anchor.keys() == {"format", "head", "after", "mac"}
    assert (anchor["after"], anchor["head"]["segment"]) == (COUNT - 1, COUNT)
    assert {name: count[name] for name in count if name != "mac"} == {
        "format": "termpost.log-count/1", "segments": COUNT, "begins": False,
    }  # fmt: skip
    assert home.verify().end.count == COUNT


def test_a_count_beside_no_key_is_not_taken_for_knowing_the_end(
    home: LogHome, kept: dict[int, dict[Path, bytes]]
) -> None:
    """The log's key comes from the environment: both files can be put back, and nothing beside them says otherwise."""
    end = home.verify().end
    assert end_said(home.anchor, end, 0).is_known
    elsewhere = replace(home.anchor, has_keys_beside=False)
    assert not end_said(elsewhere, end, 0).is_known
    assert "come from the environment" in end_said(elsewhere, end, 0).text
    assert end_said(elsewhere, end, 1).is_known  # a head that was published is outside of the home
