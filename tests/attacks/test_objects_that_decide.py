"""Every kind of object that a step goes by × edited, swapped with another valid one, an older one put back, deleted:
nothing leaves, and one line names the object. Then it is put back, and the same command goes through.

Each attack costs a run: the suite tries two on each kind, `make soak` all four.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.stored_objects import OBJECT_KINDS
from termpost.schemas.log.entry import EntryKind
from termpost.tasks.channels.portal.reseal import open_with, seal_again
from termpost.tasks.home.logged_objects import object_is_as_logged
from termpost.tasks.home.recipient_codes import AccessCodes
from termpost.tasks.log.verify import verify

from tests.attacks.decided import ATTACKS, BY_PLACE, Attack, act, is_of, once_put, out_school, run, waiting_school
from tests.school import CYCLE, KYLE, LISA, MOTHER, Phone, Prepared
from tests.snapshots import snapshot, working_copy
from tests.tagged import said

DOCS = Path(__file__).parents[2] / "docs" / "security.md"
OUT: tuple[EntryKind, ...] = ("planned", "sent", "delivered")
MADE = "reports/<school>/<cycle>/<report>/v<version>/"


@dataclass
class Scene:
    """A copy of the home, and what its people hold in their hands."""

    school: Prepared
    folder: Path
    second: Phone

    def left(self) -> tuple[int, frozenset[str]]:
        """What leaves the house or shows that something did."""
        store = self.school.store
        return len(self.school.entries(*OUT)), frozenset([*store.list("sealed/"), *store.list("print/")])


def prepare(scene: Scene) -> str:
    scene.school.prepare(scene.school.extract)
    return ""


def prepare_newer(scene: Scene) -> str:
    """Marks that the lake does not have yet."""
    extract = scene.school.extract
    mark = next(row for row in extract.read("results.csv") if row["studentSourcedId"] == KYLE and row["score"])
    extract.change("results.csv", {"sourcedId": mark["sourcedId"]}, score=str(float(mark["score"]) / 2))
    return prepare(scene)


def correct(scene: Scene) -> str:
    scene.school.extract.change("results.csv", {"studentSourcedId": LISA}, score="2")
    scene.school.prepare(scene.school.extract, correct=[LISA])
    return ""


def release(scene: Scene) -> str:
    """By the second of two."""
    first, scene.school.phone = scene.school.phone, scene.second
    try:
        scene.school.release(staff="jkim")
    finally:
        scene.school.phone = first
    return ""


def revoke(scene: Scene) -> str:
    return run(scene.school, "codes", "revoke", "--recipient", MOTHER)


def print_packs(scene: Scene) -> str:
    """An envelope that is not as it was sealed is left out by its mark, and what is in a pack already stays there."""
    packs = scene.folder / "packs"
    output = run(scene.school, "print", "--cycle", CYCLE, "--out", str(packs))
    for line in output.splitlines():
        if "left out" in line:
            raise InputError("left-out", line, str(packs), "look for who changed it")
    return output


@dataclass(frozen=True)
class Trial:
    """How one kind of object comes to decide something."""

    place: str
    victim: Callable[[Scene], str]
    part: str = ""  # of the key that is meant, where there are several
    during: bool = False  # the command itself puts the object
    named: str = ""  # how the one line names it, if not by its key
    anew: frozenset[Attack] = frozenset()  # after these the object is made anew, from what is not in the store
    in_suite: tuple[Attack, ...] = ("swapped", "older")  # both with a tag that this home gave


TRIALS = (
    Trial("landing/<extract>/<file>.csv", prepare, "users.csv"),
    Trial("landing/<extract>/<insert>.pdf", prepare),
    Trial("landing/<extract>/landing.json", prepare, anew=frozenset({"older", "deleted"})),
    Trial("quarantine/<extract>/findings.json", prepare_newer, during=True),
    Trial("notes/comments/<cycle>/<import>.json", release, "/00000001"),
    Trial("notes/rights/<student>/<decision>.json", release),
    Trial("reports/<school>/<cycle>/prepared.json", release, in_suite=("edited", "older")),
    Trial(f"{MADE}made.json", prepare, "/v2/", in_suite=("swapped", "older", "deleted")),
    Trial(f"{MADE}report.json", correct),
    Trial(f"{MADE}<rendition>", release, "/v2/report.en.pdf"),
    Trial("reports/-/<cycle>/approved-<digest>.json", release),
    Trial("outgoing/<cycle>/plan-<first>.json", release, during=True),
    Trial("outgoing/<cycle>/sealed-<first>.json", release, during=True),
    Trial("outgoing/<cycle>/<recipient>/<file>", release, during=True),
    Trial("sealed/<recipient>/<page>", revoke),
    Trial("print/<school>/<cycle>/<envelope>.pdf", print_packs, named="01-000"),
    Trial("print/<school>/<cycle>/enclosed/<document>.pdf", print_packs),
    Trial("print/<school>/<cycle>/packs/<number>.json", print_packs),
)
# tests/tasks/extract/, tests/tasks/feedback/meetings/
ELSEWHERE = {kind.place for kind in OBJECT_KINDS if "/incoming/" in kind.place or "/meetings/" in kind.place}


@pytest.fixture
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[Scene]:
    trial: Trial = request.getfixturevalue("trial")
    is_out = trial.victim in (correct, revoke, print_packs)
    kept = snapshot(tmp_path_factory, "out" if is_out else "waiting", out_school if is_out else waiting_school)
    with working_copy(kept, tmp_path) as school:
        made = Scene(school, tmp_path, school.register("jkim", "head"))
        if trial.victim is revoke:
            revoke(made)  # so that there is a code before
        yield made


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.place)
def test_nothing_leaves_by_an_object_that_was_touched_and_one_line_names_it(trial: Trial, scene: Scene) -> None:
    assert_nothing_leaves(trial, scene, trial.in_suite)


@pytest.mark.soak
@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.place)
def test_nothing_leaves_in_whichever_way_it_was_touched(trial: Trial, scene: Scene) -> None:
    assert_nothing_leaves(trial, scene, ATTACKS)


def assert_nothing_leaves(trial: Trial, scene: Scene, attacks: tuple[Attack, ...]) -> None:
    for attack in attacks:
        before = scene.left()
        key, attacked = _attacked(trial, scene, attack)
        if attack in trial.anew:
            trial.victim(scene)
        else:
            with pytest.raises(InputError) as caught:
                attacked()
            line = f"{caught.value}"
            assert (trial.named or key()) in line, (attack, line)
        entries, objects = scene.left()
        assert entries == before[0], attack
        assert before[1] - objects <= {key()}, attack
        assert objects <= before[1], attack
        if not trial.during and attack not in trial.anew:
            assert is_whole(scene) is (trial.place.startswith("landing/")), attack
            _put_back(scene, key())
    trial.victim(scene)
    if trial.victim is release:
        assert scene.left() != before


KEPT: dict[str, bytes] = {}


def _attacked(trial: Trial, scene: Scene, attack: Attack) -> tuple[Callable[[], str], Callable[[], object]]:
    """The key of the object, once it is known; and the command, after or while somebody does it."""
    store, kind = scene.school.store, BY_PLACE[trial.place]
    if not trial.during:
        (key, *_) = [key for key in store.list("") if is_of(kind, key) and trial.part in key and _is_hers(scene, key)]
        KEPT[key] = store.raw.get(key)
        act(scene.school.open(), kind, key, attack, _earlier(scene, key))
        return lambda: key, lambda: trial.victim(scene)
    seen: list[str] = []

    def during() -> None:
        home = scene.school.open()
        with once_put(lambda key: is_of(kind, key), lambda key: act(home, kind, key, attack)) as put:
            try:
                trial.victim(scene)
            finally:
                seen.extend(put)

    return lambda: seen[0], during


def _put_back(scene: Scene, key: str) -> None:
    scene.school.store.raw.put(key, KEPT.pop(key))


def _is_hers(scene: Scene, key: str) -> bool:
    """Of pages the mother's of two, of models that of the report that is corrected, of copies the newest."""
    if key.endswith("/report.json"):
        about = {e.report for e in scene.school.entries("report_made") if e.student == scene.school.ref(LISA)}
        return key.split("/")[3] in about
    if key.startswith("landing/"):
        return key.startswith(f"{scene.school.entries('extract_received')[-1].object}/")
    return not key.startswith("sealed/") or scene.school.ref(MOTHER) in key


def _earlier(scene: Scene, key: str) -> bytes | None:
    """What once counted in its place, where another key says more than a changed byte would."""
    home, data = scene.school.open(), scene.school.store.get(key)
    if key.endswith("/made.json"):  # before another language was added
        note = said(data)
        note["renditions"].popitem()
        return home.tags.tagged(key, json.dumps(note).encode())
    if "/v2/" in key:
        return scene.school.store.get(key.replace("/v2/", "/v1/"))
    if key.startswith("sealed/"):  # with less in it, and under the code before
        codes, mother = AccessCodes(home, home.standing()), scene.school.ref(MOTHER)
        content = open_with(data, [codes.of(mother)])
        assert content
        return seal_again(home, replace(content, parts=content.parts[:1]), next(codes.earlier(mother)))
    return None


def is_whole(scene: Scene) -> bool:
    """`log verify --full`; what landed it does not look at, since every preparation does."""
    home = scene.school.open()
    return verify(home.store, home.keys.log_signers, home.anchor, True, objects=object_is_as_logged(home)).ok


def test_the_table_of_the_docs_has_every_kind_and_the_trials_too() -> None:
    table = DOCS.read_text(encoding="utf-8").partition("## Objects that decide")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines() if line.startswith("| `")]
    told = {(place, row[3]) for row in rows if len(row) > 2 for place in re.findall(r"`([^`]+)`", row[0])}
    assert told == {(kind.place, kind.check) for kind in OBJECT_KINDS}
    assert {trial.place for trial in TRIALS} | ELSEWHERE == {kind.place for kind in OBJECT_KINDS}
