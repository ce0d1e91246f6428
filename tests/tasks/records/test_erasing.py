"""Erasing somebody by command: what stands against it, what goes, and that nothing of them is found afterwards."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.refs import StaffId
from termpost.schemas.documents.records.erasure import ErasureRecord
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.records.erasures import Erasures
from termpost.tasks.channels.portal.reopen import reopen_sealed
from termpost.tasks.custody.backup import gather as backed_up
from termpost.tasks.distribute.withdraw import withdraw_from
from termpost.tasks.home.home import Home
from termpost.tasks.home.logged_objects import object_is_as_logged
from termpost.tasks.home.recipient_codes import code_of
from termpost.tasks.home.tombstones import erased_ids, mark_of
from termpost.tasks.log.verify import verify
from termpost.tasks.records.erasing import erase as erasing
from termpost.tasks.records.erasing.erase import erase, finish_erasures, plan_erasure, readmit
from termpost.tasks.records.erasing.known import ERASING
from termpost.tasks.records.requests.receive import AskedRecords, receive_request

from tests.records_school import FATHERS_HOME, ZEBRA
from tests.school import FANNIE, FATHER, KYLE, LISA, MOTHER, Prepared
from tests.snapshots import copy_of, released_school, snapshot

RUN, BY = "records-erase", StaffId("mlopez")


def quiet(school: Prepared) -> Home:
    """Lisa's parents want no answer any more, so that nothing waits."""
    home = school.open()
    asked = [one for one in school.entries("query_received") if one.query]
    home.log.append("feedback", [Entry(kind="query_changed", query=one.query, reason="closed") for one in asked])
    return home


def gone(home: Home, school: Prepared, who: str, backup: dict[str, bytes] | None = None) -> ErasureRecord:
    return erase(home, RUN, school.ref(who), BY, "duty", "court-order", backup)


def everything(home: Home) -> Iterator[tuple[str, bytes]]:
    """Every byte of the home, and of the store what its keys still open."""
    for path in home.path.rglob("*"):
        if path.is_file():
            yield str(path), path.read_bytes()
    for key in home.store.list(""):
        if not key.startswith(("lake/", "log/")):
            try:
                yield key, home.store.get(key)
            except Refused:
                continue


def test_nothing_of_an_erased_student_is_found_anywhere_and_the_log_still_holds(kept: Prepared) -> None:
    home = quiet(kept)
    ref = kept.ref(LISA)
    record = gone(home, kept, LISA)
    assert record.is_whole
    assert [one.place for one in record.places] == ["store", "lake", "catalogue", "people", "prefect", "home"]
    assert all(one.own == 0 for one in record.places)
    assert [name for name, data in everything(home) if ZEBRA.encode() in data or LISA.encode() in data] == []
    assert not (home.path / ERASING).exists()
    assert home.people.find(LISA) is None
    (kept_record,) = (one for one in kept.entries("erased") if one.digest and one.object)
    assert json.loads(home.store.get(kept_record.object or ""))["case"] == record.case
    assert ZEBRA not in record.model_dump_json()
    assert ref not in record.model_dump_json()
    verdict = verify(home.store, home.keys.log_signers, home.anchor, full=True, objects=object_is_as_logged(home))
    assert (verdict.ok, verdict.object) == (True, None)
    kept.feedback()  # what runs every day goes on
    with pytest.raises(InputError, match="any more"):
        gone(home, kept, LISA) if home.people.is_known(ref) else erase(home, RUN, ref, BY, "duty", "court-order", None)


def test_what_somebody_left_beside_the_catalogue_is_searched_too(kept: Prepared) -> None:
    home = quiet(kept)
    left = home.lake.catalogue.parent / "old" / "lisa.txt"
    left.parent.mkdir()
    left.write_text(f"{LISA}\n")
    record = gone(home, kept, LISA)
    (files,) = (one for one in record.places if one.place == "home")
    assert not record.is_whole
    assert files.found_in == (str(left.relative_to(home.path)),)


def test_an_erased_contact_leaves_the_child_and_the_other_household_as_they_are(kept: Prepared) -> None:
    home = quiet(kept)
    record = gone(home, kept, FATHER)
    assert (record.role, record.is_whole) == ("contact", True)
    assert [name for name, data in everything(home) if FATHERS_HOME.encode() in data] == []
    assert home.people.find(LISA)
    assert home.people.find(MOTHER)
    verdict = verify(home.store, home.keys.log_signers, home.anchor, full=True, objects=object_is_as_logged(home))
    assert (verdict.ok, verdict.object) == (True, None)


def test_a_backup_from_before_is_searched_and_named_with_its_last_day(kept: Prepared) -> None:
    home = quiet(kept)
    home.log.append("keys", [Entry(kind="settings_changed", reason="keys-backup", digest="ab" * 32)])
    record = gone(home, kept, KYLE, backed_up(home))
    (backup,) = (one for one in record.places if one.place == "backup")
    assert backup.own >= 1  # the key, until the file is destroyed
    (named,) = record.backups
    assert (named.until - named.made).days == 35  # the line `backups` of retention.toml
    assert record.is_whole


def against(home: Home, school: Prepared, who: str, duty: str | None = "court-order") -> set[str]:
    return {one.code for one in plan_erasure(home, school.ref(who), duty).against}  # type: ignore[arg-type]


def test_what_stands_against_it_is_said_and_nothing_is_touched(kept: Prepared) -> None:
    home = kept.open()
    before = len(kept.entries())
    assert against(home, kept, LISA, None) == {"no-duty", "open-query"}
    with pytest.raises(Refused, match="waits for an answer"):
        gone(home, kept, LISA)
    assert len(kept.entries()) == before
    assert against(home, kept, KYLE) == set()
    held = Entry(kind="records_held", student=kept.ref(KYLE), reason="set", cause="litigation")
    concerned = Entry(kind="incident", case="i1", reason="concerns", report="r", version=1, student=kept.ref(FANNIE),
                      recipient=kept.ref(MOTHER), cycle="c")  # fmt: skip
    home.log.append("x", [held, Entry(kind="incident", case="i1", reason="opened", cause="other"), concerned])
    receive_request(home, "x", AskedRecords("access_request", kept.ref(KYLE), kept.ref(KYLE), home.today), BY)
    assert against(home, kept, KYLE) == {"legal-hold", "open-request"}
    assert against(home, kept, FANNIE) == {"open-incident"}
    assert "open-incident" in against(home, kept, MOTHER)


@pytest.mark.parametrize("step", ["_take_back", "let_go", "erase_person", "forget_older", "refresh_doors", "_record"])
def test_killed_at_any_step_the_next_run_finishes_it(
    kept: Prepared, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    home = quiet(kept)
    with monkeypatch.context() as killed:
        killed.setattr(erasing, step, _dies)
        with pytest.raises(KeyboardInterrupt):
            gone(home, kept, LISA)
    assert Erasures.fold(kept.entries("erased")).unfinished()
    (record,) = finish_erasures(kept.open(), RUN, None)
    assert record.is_whole
    assert [name for name, data in everything(home) if ZEBRA.encode() in data] == []
    assert finish_erasures(kept.open(), RUN, None) == []


def _dies(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_an_extract_that_was_loaded_before_is_prepared_again_without_whom_was_erased_since(kept: Prepared) -> None:
    """Of his rows nobody can say whose they are: he has no report, and no hold that nobody could resolve."""
    ref = kept.ref(KYLE)
    gone(quiet(kept), kept, KYLE)
    before = kept.entries("report_made", "held")
    (prepared,) = kept.prepare(kept.extract, cycle="2021-fall-midterm")
    assert (prepared.made, prepared.held) == (2, 0)
    made = kept.entries("report_made", "held")[len(before) :]
    assert {one.kind for one in made} == {"report_made"}
    assert ref not in {one.student for one in made}


def test_who_was_erased_does_not_come_back_in_silence(kept: Prepared) -> None:
    """The source still has him: his rows stay out, he is held, and the others' reports are made."""
    home = quiet(kept)
    gone(home, kept, KYLE)
    kept.extract.change("results.csv", {"studentSourcedId": LISA}, comment="")  # another extract than before
    (prepared,) = kept.prepare(kept.extract, cycle="2021-fall-midterm")
    held = [one for one in kept.entries("held") if one.reason == "person-erased"]
    assert {one.student for one in held} == {home.people.find(KYLE)}
    assert prepared.made >= 1
    assert erased_ids(kept.open(), [LISA, KYLE]) == {KYLE}
    readmit(kept.open(), RUN, KYLE, BY)
    assert erased_ids(kept.open(), [LISA, KYLE]) == frozenset()
    with pytest.raises(InputError, match="nobody of this id"):
        readmit(kept.open(), RUN, KYLE, BY)


def test_a_sibling_s_page_is_taken_back_after_the_erasure_as_before(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    """Of a page with two children one was erased: it has the other's report alone, and goes on to be kept."""
    school = copy_of(snapshot(tmp_path_factory, "released", released_school), tmp_path)
    home = school.open()
    gone(home, school, LISA)
    (page,) = {one.object for one in school.entries("delivered") if one.recipient == school.ref(MOTHER)}
    parts = reopen_sealed(home.store.get(page or ""), code_of(home, school.ref(MOTHER)))
    assert len(parts) == 2  # each keeps its place
    assert not any("Lisa" in part.title or b"Lisa" in part.page for part in parts)
    done = withdraw_from(home, RUN, BY, school.ref(MOTHER), "wrong-mark")
    assert done.reports == 1


def test_the_mark_tells_nobody_without_the_keys_whose_it_is(kept: Prepared) -> None:
    home = kept.open()
    assert mark_of(home.keys, KYLE) != mark_of(home.keys, LISA)
    assert len(mark_of(home.keys, KYLE)) == 64
