"""A number is good from before its report is seen until it is replaced, taken back or erased; the log knows first."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.verification import PREFIX
from termpost.tasks.channels.portal.reopen import reopen_sealed
from termpost.tasks.custody.rotate_master import rotate_master
from termpost.tasks.documents.verify.stamps import stamps_of_page
from termpost.tasks.home.recipient_codes import code_of
from termpost.tasks.preflight.audit import audit_home
from termpost.tasks.records.erase import erase_person
from termpost.tasks.secrets.verification import VerificationKeys, state_of

from tests.laws.test_law_05_corrections import change_marks
from tests.laws.test_law_16_the_store_alone import of_a_folder, personal, told
from tests.laws.test_taken_back import assert_log_holds, dying_before_put, take_back
from tests.school import FANNIE, KYLE, LISA, OTHER, Prepared
from tests.snapshots import snapshot, working_copy
from tests.verified import answered, as_if_real, number_of, offer_numbers, place_of, verified_school


@pytest.fixture
def school(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[Prepared]:
    with working_copy(snapshot(tmp_path_factory, "verified", verified_school), tmp_path) as made:
        yield made


def test_what_is_out_is_current_and_the_store_says_nothing_more(school: Prepared) -> None:
    numbers = [number_of(school, student) for student in (LISA, FANNIE, KYLE)]
    assert answered(school, *numbers) == ["current"] * 3
    assert sorted(school.store.list(PREFIX)) == sorted(place_of(school, one) for one in (LISA, FANNIE, KYLE))
    assert told(of_a_folder(school.open()), {*personal(school), *(n.lower() for n in numbers)}) == set()
    order = [entry.kind for entry in school.entries("verification_set", "planned", "delivered", "sent")]
    assert order.index("verification_set") < min(order.index("delivered"), order.index("sent"))  # law 6
    assert_log_holds(school)
    page = next(iter(school.store.list(f"sealed/{school.ref(OTHER)}/")))
    (part,) = reopen_sealed(school.store.get(page), code_of(school.open(), school.ref(OTHER)))
    assert stamps_of_page(part.page)  # the number is on it: tests/tasks/render/test_verification.py
    assert b"verification-number" in part.page.partition(b"</style>")[2]


def test_a_withdrawal_ends_it_also_where_it_was_killed_before_the_object(school: Prepared) -> None:
    lisa, kyle = number_of(school, LISA), number_of(school, KYLE)
    with dying_before_put("verify/"):
        take_back(school, LISA)
    assert school.entries("withdrawn")
    school.release()  # the next run that begins
    assert answered(school, lisa, kyle) == ["ask", "current"]
    assert_log_holds(school)
    before = school.entries()
    school.release()
    assert school.entries() == before


def test_a_correction_ends_the_number_before_and_has_one_of_its_own(school: Prepared) -> None:
    change_marks(school, LISA)
    school.prepare(school.extract, correct=[LISA])
    first, second = number_of(school, LISA), number_of(school, LISA, 2)
    assert first != second
    assert answered(school, first, second) == ["current", "ask"]  # it is not released yet
    with as_if_real():
        school.release()
    assert answered(school, first, second) == ["ask", "current"]
    assert_log_holds(school)


def test_who_is_erased_has_no_object_any_more_and_the_log_says_so(school: Prepared) -> None:
    number, ref, place = number_of(school, LISA), school.ref(LISA), place_of(school, LISA)
    for _ in range(2):
        erase_person(school.open(), ref)
        assert place not in school.store.list(PREFIX)
    assert [entry.object for entry in school.entries("erased")] == [place]
    assert answered(school, number) == ["ask"]
    school.release()  # and no later run lays it there again
    assert place not in school.store.list(PREFIX)


def test_in_a_rehearsal_no_number_is_good(school: Prepared) -> None:
    change_marks(school, LISA)
    school.prepare(school.extract, correct=[LISA])
    school.release()
    number, home = number_of(school, LISA, 2), school.open()
    assert state_of(school.store.get(place_of(school, LISA, 2)), number, home.verification.public) == "rehearsal"
    assert answered(school, number) == ["ask"]


def test_a_setting_that_is_changed_later_changes_nothing_that_is_out(school: Prepared) -> None:
    toml = school.home / "termpost.toml"
    toml.write_text(toml.read_text().replace("verification = true", "verification = false"))
    school.prepare(school.extract, correct=[LISA, KYLE])
    assert {entry.version for entry in school.entries("report_made")} == {1}
    offer_numbers(school.home)
    assert answered(school, number_of(school, LISA)) == ["current"]


def test_a_rotation_keeps_the_numbers_and_the_portal_s_key(school: Prepared) -> None:
    before = school.open().verification
    after = VerificationKeys.of_home(rotate_master(school.open()))
    assert (after.public, after.number("r", 1)) == (before.public, before.number("r", 1))
    take_back(school, LISA)
    assert answered(school, number_of(school, LISA), number_of(school, KYLE)) == ["ask", "current"]


def test_doctor_says_where_the_portal_lacks_the_key(school: Prepared) -> None:
    toml, key = school.home / "termpost.toml", school.open().verification.public

    def found() -> tuple[str, str]:
        return next((one.state, one.remedy) for one in audit_home(school.open()) if one.control == "verification")

    assert found()[0] == "holds"
    for wrong in ("", VerificationKeys(bytes(32)).public):
        toml.write_text(toml.read_text().replace(key, wrong))
        state, remedy = found()
        assert state == "lacks"
        assert f'verification_key = "{key}"' in remedy
        toml.write_text(toml.read_text().replace(f'verification_key = "{wrong}"', f'verification_key = "{key}"'))


def test_without_a_portal_the_setting_is_one_clear_line(school: Prepared) -> None:
    toml = school.home / "termpost.toml"
    text = toml.read_text().replace('order = ["portal", "print"]', 'order = ["print"]')
    toml.write_text(re.sub(r"\[channels\.portal\]\n(.+\n)+", "", text))
    with pytest.raises(InputError, match="verified only where there is a portal") as refused:
        school.prepare(school.extract)
    assert "line" in refused.value.where
    assert "base_url" in refused.value.remedy
