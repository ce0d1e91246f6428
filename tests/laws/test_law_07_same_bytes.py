"""Law 7: the same inputs give the same bytes, in another home, on another day; run again, nothing is new."""

import hashlib
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from termpost.schemas.log.entry import Logged
from termpost.tasks.runtime import processes

from tests.school import DAY, FANNIE, KYLE, LISA, Prepared, School, new_school, small_extract
from tests.snapshots import copy_of, small_school, snapshot


def reports(school: School) -> dict[str, dict[str, str]]:
    """sha256 of page and PDF, by student."""
    digests: dict[str, dict[str, str]] = {}
    for student in (LISA, FANNIE, KYLE):
        entries = [e for e in school.entries("report_made") if e.student == school.ref(student)]
        digests[student] = {Path(e.object or "").name: hashlib.sha256(school.store.get(e.object or "")).hexdigest()
                            for e in entries}  # fmt: skip
    return digests


def whole(school: School) -> dict[str, bytes]:
    """Every object, the lake's files among them, the log too."""
    return {key: school.store.get(key) for key in school.store.list("")}


def test_another_home_on_another_day_makes_the_same_reports(school: Prepared, tmp_path: Path) -> None:
    other = new_school(tmp_path / "other")
    other.as_of = DAY + timedelta(days=40)
    other.prepare(small_extract(tmp_path / "again"))
    assert reports(other) == reports(school)
    assert len({digest for made in reports(school).values() for digest in made.values()}) == 6
    assert {school.ref(LISA), school.ref(FANNIE)}.isdisjoint(
        {other.ref(LISA), other.ref(FANNIE)}
    )  # references are random


def test_processes_side_by_side_seal_the_same(
    school: Prepared, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for a large school; the log says the same of both, and in the same order."""
    school.release()
    monkeypatch.setenv("TERMPOST_RUN__PROCESSES", "2")
    monkeypatch.setattr(processes, "WORTH_IT", 1)
    helped = Counter[str]()
    map_of = processes.Processes.map

    def counted(self: processes.Processes, work: Any, shared: Any, items: Any) -> Any:
        helped[work.__module__.rpartition(".")[2]] += len(items)
        return map_of(self, work, shared, items)

    monkeypatch.setattr(processes.Processes, "map", counted)
    twin = copy_of(snapshot(tmp_path_factory, "small", small_school), tmp_path_factory.mktemp("twin"))
    twin.release()
    assert helped.keys() == {"packing", "recheck"}
    assert out(twin) == out(school)
    assert [said(entry) for entry in twin.entries()] == [said(entry) for entry in school.entries()]


def out(school: School) -> dict[str, bytes]:
    """What families and the office can see."""
    return {key: data for key, data in whole(school).items() if key.startswith(("sealed/", "print/", "door/"))}


def said(entry: Logged) -> dict[str, Any]:
    """Of an entry, all but when, and in which run."""
    return entry.model_dump(
        include={"kind", "report", "version", "student", "recipient", "channel", "object", "digest"}
    )


def test_a_second_prepare_and_release_change_no_byte(school: Prepared) -> None:
    school.prepare(school.extract)
    school.release()
    before = whole(school)
    school.as_of = DAY + timedelta(days=1)
    school.prepare(school.extract)
    assert school.release() == []
    assert whole(school) == before


@pytest.mark.released
def test_sealed_bytes_never_repeat_for_different_recipients(school: Prepared) -> None:
    """Two parents of one child get the same reports; nothing in the two files shows it."""
    pages = [school.store.get(key) for key in school.store.list("sealed/")]
    blocks = [page.partition(b'id="sealed">')[2].partition(b"</script>")[0] for page in pages]
    assert len(blocks) == 3
    pieces = [{block[i : i + 64] for i in range(256, len(block) - 64, 64)} for block in blocks]
    assert all(one.isdisjoint(other) for n, one in enumerate(pieces) for other in pieces[:n])
