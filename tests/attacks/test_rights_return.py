"""Rights rule 4, afterwards: what was taken back stays so, is finished when killed, and comes back with the right."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prefect.logging import disable_run_logger
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.refs import EndedRights, Run
from termpost.tasks.distribute import plan, task
from termpost.tasks.home.home import Home
from termpost.tasks.rights.newer_record import NewerRecord
from termpost.tasks.store.file.store import FileStore
from termpost.tasks.store.interface import Capability

from tests.attacks.office import BOTH, CONTACTS, bar, decide, let_in, open_to, run, told, whole
from tests.real_school import real_school
from tests.school import CYCLE, FANNIE, FATHER, LISA, MOTHER, OTHER, Prepared, new_school, small_extract
from tests.snapshots import snapshot, working_copy

MIDTERM = "2021-fall-midterm"


def apart(folder: Path) -> Prepared:
    """Everything is out, and the father lives elsewhere, so that his bar is no question about the mother's letter."""
    new = new_school(folder / "home")
    school = Prepared(new.home, new.phone, extract=small_extract(folder / "extract"))
    school.extract.change(CONTACTS, {"contactSourcedId": FATHER}, street="7 Elsewhere")
    school.prepare(school.extract)
    school.release()
    return school


@pytest.fixture
def school(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[Prepared]:
    with working_copy(snapshot(tmp_path_factory, "apart", apart), tmp_path) as made:
        yield made


def withdrawn(school: Prepared, contact: str) -> Counter[tuple[str, str]]:
    """(delivery, reason) → how often it was taken back."""
    ref = school.ref(contact)
    said = [e for e in school.entries("withdrawn") if e.recipient == ref and e.delivery]
    return Counter((e.delivery or "", e.reason or "") for e in said)


def test_a_right_that_is_there_again_is_served_by_the_next_release_and_may_end_again(school: Prepared) -> None:
    bar(school, FATHER)
    school.prepare(school.extract)
    school.release()
    assert open_to(school, FATHER) == set()
    assert whole(school)
    bar(school, FATHER, contactRestrictions="")
    school.prepare(school.extract)  # byte for byte what it was before
    assert open_to(school, FATHER) == set()
    school.release()
    assert open_to(school, FATHER) == BOTH
    assert whole(school)
    assert decide(school, "no-contact", FATHER).exception is None
    school.feedback()
    assert open_to(school, FATHER) == set()
    assert set(withdrawn(school, FATHER).values()) == {2}
    assert whole(school)
    with school.phone.is_the_time():
        run(school, "rights", "end", LISA, FATHER, "--finding", "no-contact", "--by", "mlopez", "--otp",
            school.phone.code())  # fmt: skip
    school.release()
    assert open_to(school, FATHER) == open_to(school, MOTHER) == BOTH
    assert whole(school)


def test_what_a_person_took_back_by_hand_goes_out_again_by_a_person_alone(school: Prepared) -> None:
    said = ("withdraw", "--recipient", FATHER, "--cycle", CYCLE, "--reason", "wrong-recipient", "--by", "mlopez",
            "--otp")  # fmt: skip
    with school.phone.is_the_time():
        assert told(school, *said, school.phone.code()) == {"reports": 1, "pages": 1, "envelopes": 1}
        again = run(school, *said, school.phone.code())
    assert isinstance(again.exception, InputError)
    assert again.exception.code == "nothing-out"
    for other in (MOTHER, OTHER):
        assert open_to(school, other) == BOTH
    school.prepare(school.extract)
    school.release()
    assert open_to(school, FATHER) == set()
    taken = [row["delivery"] for row in told(school, "deliveries", "--state", "withdrawn")]
    assert len(taken) == 2
    for delivery in taken:
        assert run(school, "deliveries", "resolve", delivery, "--resend").exception is None
    school.release()
    assert open_to(school, FATHER) == BOTH
    assert whole(school)


def test_the_options_of_withdraw_that_mean_two_things_are_refused(school: Prepared) -> None:
    who = ("--by", "mlopez", "--otp", "000000")
    for said in (("--rights-ended", "--cycle", CYCLE), ("--recipient", FATHER, "--student", LISA), ()):
        assert run(school, "withdraw", *said, *who).exit_code == 2 or run(school, "withdraw", *said, *who).exception
    assert school.entries("withdrawn") == []


def known_to_a_newer_extract(school: Prepared) -> None:
    """The final's reports wait once more for the father; the midterm is prepared from an extract that bars him."""
    with school.phone.is_the_time():
        run(school, "withdraw", "--recipient", FATHER, "--reason", "too-early", "--by", "mlopez", "--otp",
            school.phone.code())  # fmt: skip
    for row in told(school, "deliveries", "--state", "withdrawn"):
        run(school, "deliveries", "resolve", row["delivery"], "--resend")
    bar(school, FATHER)
    school.prepare(school.extract, cycle=MIDTERM)


def test_a_cycle_that_was_prepared_before_the_bar_serves_nobody_whom_the_newest_record_bars(
    school: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    known_to_a_newer_extract(school)
    (said,) = [
        r for r in told(school, "recipients", "--cycle", CYCLE) if (r["student"], r["contact"]) == (LISA, FATHER)
    ]
    assert (said["allowed"], said["rule"]) == (False, "no-contact")
    school.release()
    assert open_to(school, FATHER) == set()
    with monkeypatch.context() as blind:  # the second reading does not share the first one's fault
        blind.setattr(plan, "newer_record", lambda *_: NewerRecord())
        with pytest.raises(Refused) as caught:
            school.release()
    assert caught.value.code == "rights-ended"
    assert open_to(school, FATHER) == set()


class KilledError(BaseException):
    """The machine is switched off."""


def dies_at(part: str) -> Callable[..., None]:
    real: dict[str, Callable[..., Any]] = {"put": FileStore.put, "delete": FileStore.delete}

    def install(monkeypatch: pytest.MonkeyPatch) -> None:
        def struck(name: str) -> Callable[..., Any]:
            def write(store: FileStore, key: str, *rest: Any, **more: Any) -> Any:
                if part in key:
                    raise KilledError
                return real[name](store, key, *rest, **more)

            return write

        for name in real:
            monkeypatch.setattr(FileStore, name, struck(name))

    return install


@pytest.mark.parametrize(
    "part", ["sealed/", *(pytest.param(one, marks=pytest.mark.soak) for one in ("print/", "log/"))]
)
def test_killed_at_any_of_its_writes_the_next_run_finishes_it_and_the_log_knew_first(
    school: Prepared, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert decide(school, "no-contact", FATHER).exception is None
    assert decide(school, "no-records", MOTHER, student=FANNIE).exception is None
    with monkeypatch.context() as killed:
        dies_at(part)(killed)
        with pytest.raises(KilledError):
            school.feedback()
    assert (withdrawn(school, FATHER) != {}) is (part != "log/")
    school.feedback()
    assert open_to(school, FATHER) == set()
    school.release()
    assert open_to(school, MOTHER) == BOTH
    assert set(withdrawn(school, FATHER).values()) == set(withdrawn(school, MOTHER).values()) == {1}
    assert {e.student for e in school.entries("withdrawn") if e.recipient == school.ref(MOTHER) and e.delivery} == {
        school.ref(FANNIE)
    }
    before = school.entries()
    school.feedback()
    assert school.entries() == before
    assert whole(school)


def test_what_a_killed_release_left_open_goes_too(school: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    for finding in ("no-contact", "no-records"):
        assert decide(school, finding, FATHER).exception is None
        if finding == "no-contact":
            school.feedback()
            with school.phone.is_the_time():
                run(school, "rights", "end", LISA, FATHER, "--finding", finding, "--by", "mlopez", "--otp",
                    school.phone.code())  # fmt: skip
            with monkeypatch.context() as killed:
                killed.setattr(task, "entries_after", lambda *_: (_ for _ in ()).throw(KilledError))
                with pytest.raises(KilledError):
                    school.release()
            assert open_to(school, FATHER) == BOTH  # it is there, and the log only knows that it would be
    school.feedback()
    assert open_to(school, FATHER) == set()
    school.release()
    assert open_to(school, FATHER) == set()
    assert open_to(school, MOTHER) == BOTH
    assert whole(school)


def test_a_link_is_renewed_for_nobody_without_the_right(school: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    signing = FileStore.capabilities | {Capability.SIGNED_LINKS}
    monkeypatch.setattr(FileStore, "capabilities", signing)
    monkeypatch.setattr(FileStore, "sign", lambda _, key, lifetime: f"https://signed.example/{key}?{lifetime}")

    def renewed() -> dict[str, tuple[bool, str | None]]:
        return {row["recipient"]: (row["link"] is not None, row["why_not"]) for row in told(school, "links", "renew")}

    assert renewed() == dict.fromkeys((MOTHER, FATHER, OTHER), (True, None))
    assert decide(school, "no-contact", FATHER).exception is None
    assert decide(school, "no-records", MOTHER, student=FANNIE).exception is None  # no link for a page with her either
    assert renewed() == {MOTHER: (False, "no-records"), FATHER: (False, "no-contact"), OTHER: (True, None)}
    school.feedback()
    assert renewed() == {MOTHER: (True, None), OTHER: (True, None)}
    contacts = school.extract.folder / "supplement" / "contacts.csv"
    contacts.unlink()  # a file that is gone takes nobody's link
    let_in(school)
    assert renewed() == {MOTHER: (True, None), OTHER: (True, None)}


def test_an_order_that_is_over_gives_the_report_back(school: Prepared) -> None:
    bar(school, FATHER, contactRestrictions="no-contact", restrictionUntil="2021-12-18")
    school.prepare(school.extract)
    assert open_to(school, FATHER) == set()
    assert isinstance(school.as_of, datetime)
    school.as_of += timedelta(days=1)
    school.release()
    assert open_to(school, FATHER) == BOTH


def test_a_preparation_told_a_day_that_is_over_asks_for_rights_of_today(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a real home; whoever was barred yesterday alone keeps the page."""
    real, asked = real_school(tmp_path), list[bool]()

    def ask(home: Home, *_: Any, **__: Any) -> EndedRights:
        asked.append(home.is_as_of)
        return EndedRights()

    monkeypatch.setattr(task, "withdraw_ended", ask)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    for run_of in (Run(str(real.home), "t", yesterday, takes_earlier=True), Run(str(real.home), "t")):
        with disable_run_logger():
            task.end_rights.fn(run_of)
    assert asked == [False, False]
