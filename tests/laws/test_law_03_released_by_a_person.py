"""Law 3: nothing reaches anyone before a registered person, who proved who they are, released exactly those bytes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ParamSpec, TypeVar
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.documents.prepared import PreparedSchool
from termpost.schemas.log.entry import Entry
from termpost.tasks.distribute import task
from termpost.tasks.stage.manifests import keep_manifest

from tests.school import CYCLE, FANNIE, KYLE, LISA, SCHOOL_ID, Prepared
from tests.tagged import manifest_in

P = ParamSpec("P")
R = TypeVar("R")


def assert_nobody_got_anything(school: Prepared, reason: str) -> None:
    assert [key for prefix in ("sealed/", "print/") for key in school.store.list(prefix)] == []
    assert school.entries("planned", "sealed", "sent", "delivered") == []
    (refused,) = school.entries("refused")
    assert (refused.reason, refused.cycle, refused.student, refused.recipient) == (reason, CYCLE, None, None)


def refused_release(school: Prepared, **arguments: str) -> str:
    with pytest.raises(Refused) as caught:
        school.release(**arguments)  # type: ignore[arg-type]
    return caught.value.code


def test_a_wrong_code_releases_nothing(school: Prepared) -> None:
    right = school.phone.code()
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    assert refused_release(school, code=wrong) == "wrong-code"
    assert_nobody_got_anything(school, "wrong-code")
    assert school.entries("refused")[0].actor == "mlopez"


def test_a_code_that_was_used_releases_nothing(school: Prepared) -> None:
    code = school.phone.code()
    school.open().staff.prove("mlopez", code, school.phone.now, frozenset({"registrar"}))
    assert refused_release(school, code=code) == "code-used"
    assert_nobody_got_anything(school, "code-used")


def test_a_person_nobody_registered_releases_nothing_and_what_they_typed_is_not_kept(school: Prepared) -> None:
    assert refused_release(school, staff="lisa-woods") == "unknown-staff"
    assert_nobody_got_anything(school, "unknown-staff")
    assert school.entries("refused")[0].actor == "unknown"
    assert not any(b"lisa" in school.store.get(key) for key in school.store.list("log/"))


@pytest.mark.parametrize("role", ["teacher", "office", "auditor"])
def test_a_role_that_may_not_releases_nothing(school: Prepared, role: str) -> None:
    school.phone = school.register("asmith", role)
    assert refused_release(school, staff="asmith") == "role-may-not"
    assert_nobody_got_anything(school, "role-may-not")


def _another_pdf(school: Prepared) -> None:
    mine, other, _ = (key for key in school.store.list("reports/") if key.endswith("report.en.pdf"))
    school.store.put(mine, school.store.get(other))


def _one_byte_of_a_page(school: Prepared) -> None:
    key = next(key for key in school.store.list("reports/") if key.endswith("report.en.html"))
    school.store.put(key, school.store.get(key).replace(b"</body>", b"\n</body>"))


def _a_report_is_gone(school: Prepared) -> None:
    school.store.delete(next(key for key in school.store.list("reports/") if key.endswith("report.en.pdf")))


def _bytes_and_manifest_together(school: Prepared) -> None:
    """By someone who has the keys too, all but the log's first entries: those still say what was made."""
    home, lisa = school.open(), school.ref(LISA)
    waits = manifest_in(home, SCHOOL_ID, CYCLE)
    (report,) = (r for r in waits.reports if r.student == lisa)
    pdf = next(r for r in report.renditions if r.object.endswith(".pdf"))
    changed = school.store.get(pdf.object) + b"\n% changed"
    school.store.put(pdf.object, changed)
    digest = home.people.digest(lisa, changed)
    said = waits.model_dump_json().replace(pdf.digest, digest)
    keep_manifest(home, "run", PreparedSchool.model_validate_json(said))


def _after(first: Callable[[], None], body: Callable[P, R]) -> Callable[P, R]:
    """The body of a task, with what happens before it comes to its turn."""

    def both(*args: P.args, **kwargs: P.kwargs) -> R:
        first()
        return body(*args, **kwargs)

    return both


@pytest.mark.parametrize("change", [_another_pdf, _one_byte_of_a_page, _a_report_is_gone, _bytes_and_manifest_together])
def test_bytes_changed_after_prepare_are_not_released(school: Prepared, change: Callable[[Prepared], None]) -> None:
    change(school)
    assert refused_release(school) == "bytes-changed"
    assert_nobody_got_anything(school, "bytes-changed")
    assert school.entries("approved", "released") == []


def test_bytes_changed_between_approval_and_sealing_do_not_leave(school: Prepared) -> None:
    changing = _after(lambda: _one_byte_of_a_page(school), task.address.fn)
    # without the second code path, which would find it too
    with patch.object(task.address, "fn", changing), patch("termpost.tasks.distribute.task.recheck_parcels"):
        assert refused_release(school) == "bytes-changed"
    assert_nobody_got_anything(school, "bytes-changed")


@pytest.mark.soak
def test_a_report_made_after_the_approval_waits_for_one_of_its_own(school: Prepared) -> None:
    school.release(hold_back=[school.ref(FANNIE)])
    before = school.state()
    assert school.ref(FANNIE) not in before.released_students
    school.extract.change("results.csv", {"studentSourcedId": FANNIE}, score="1")
    school.prepare(school.extract)
    with pytest.raises(InputError, match="wrong"):
        school.release(code="000000")  # nothing goes out on the strength of the approval there was
    assert school.state().deliveries == before.deliveries
    school.release()
    released = {(e.student, e.version) for e in school.entries("released")}
    assert (school.ref(FANNIE), 2) in released
    assert (school.ref(FANNIE), 1) not in released
    assert {e.version for e in school.entries("planned") if e.student == school.ref(FANNIE)} == {2}


def _with_setting(school: Prepared, line: str) -> None:
    path = school.home / "termpost.toml"
    path.write_text(path.read_text() + f"\n[release]\n{line}\n")


def test_where_two_must_approve_the_second_person_releases_and_the_first_cannot_be_both(school: Prepared) -> None:
    _with_setting(school, "approvals = 2")
    assert school.release() == []
    assert school.entries("released", "planned", "sealed", "delivered") == []
    assert refused_release(school) == "same-person"
    assert school.entries("released") == []
    school.phone = school.register("jkim", "head")
    assert school.release(staff="jkim") != []
    assert [e.actor for e in school.entries("approved")] == ["mlopez", "jkim"]
    assert {e.actor for e in school.entries("released")} == {"jkim"}
    assert len(school.entries("delivered")) == 4


def test_two_approvals_of_different_reports_do_not_add_up(school: Prepared) -> None:
    _with_setting(school, "approvals = 2")
    school.release(hold_back=[school.ref(FANNIE)])
    school.phone = school.register("jkim", "head")
    assert school.release(staff="jkim") == []
    assert school.entries("released") == []


def test_an_approval_does_not_cover_what_was_made_after_it(school: Prepared) -> None:
    _with_setting(school, "approvals = 2")
    school.release()
    school.extract.change("results.csv", {"studentSourcedId": LISA}, score="1")
    school.prepare(school.extract)
    school.phone = school.register("jkim", "head")
    assert school.release(staff="jkim") == []
    assert school.entries("released") == []


@pytest.mark.parametrize(("minutes", "out"), [(60, False), (-1, True)])
def test_nothing_goes_out_before_the_embargo_ends_in_the_schools_zone(
    school: Prepared, minutes: int, out: bool
) -> None:
    ends = datetime.now(ZoneInfo("America/Chicago")) + timedelta(minutes=minutes)  # the machine's, not the rehearsal's
    _with_setting(school, f'embargo = "{ends:%Y-%m-%dT%H:%M}"')
    if out:
        assert school.release() != []
    else:
        assert refused_release(school) == "embargo"
        assert_nobody_got_anything(school, "embargo")


def test_only_those_who_are_named_are_released(school: Prepared) -> None:
    school.release(only=[LISA])
    assert {e.student for e in school.entries("released", "delivered")} == {school.ref(LISA)}
    school.release()
    assert {e.student for e in school.entries("released")} == {school.ref(s) for s in (LISA, FANNIE, KYLE)}


def test_a_stop_halts_what_is_not_yet_delivered_and_a_release_goes_on(school: Prepared) -> None:
    def stop() -> None:
        school.open().log.append("stop", [Entry(kind="stopped", actor="operator", cycle=CYCLE)])

    with patch.object(task.seal, "fn", _after(stop, task.seal.fn)):
        assert refused_release(school) == "stopped"
    assert school.entries("delivered", "sent") == []
    assert len(school.entries("released")) == 3
    school.release()
    assert len(school.entries("delivered")) == 4
    assert [key for key in school.store.list("outgoing/") if not key.endswith(".json")] == []
