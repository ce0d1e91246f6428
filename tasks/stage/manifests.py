"""The manifests that `prepare` left: what waits for release, school by school."""

from collections.abc import Iterable, Sequence

from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.prepared import PreparedSchool, manifest_key, read_manifest, report_folder
from termpost.schemas.log.entry import Logged
from termpost.tasks.home.home import Home
from termpost.tasks.home.kept_objects import keep, kept, kept_names
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.secrets.object_tags import no_tag


def keep_manifest(home: Home, run: str, prepared: PreparedSchool) -> None:
    """Makes this what waits in one school."""
    keep(home, run, manifest_key(prepared.school, prepared.cycle), prepared.model_dump_json().encode())


def manifest_of(home: Home, school: str, cycle: str) -> PreparedSchool | None:
    """What waits in one school; None where it was never prepared.

    Raises:
        Refused: `object-gone`, `object-changed`, `no-tag`.
    """
    data = kept(home, manifest_key(school, cycle))
    return read_manifest(data) if data is not None else None


def prepared_of(home: Home, cycle: str) -> list[PreparedSchool]:
    """The manifests of a cycle as the log says which count; none where it was never prepared.

    Raises:
        Refused: as `manifest_of`.
    """
    ending = f"/{cycle}/prepared.json"
    names = kept_names(home, lambda name: name.startswith("reports/") and name.endswith(ending))
    if not names:
        _refuse_untagged(home, ending)
    return [read_manifest(data) for name in names if (data := kept(home, name)) is not None]


def read_prepared(home: Home, cycle: str) -> list[PreparedSchool]:
    """The same where there must be some.

    Raises:
        InputError: nothing was prepared.
    """
    found = prepared_of(home, cycle)
    if not found:
        raise InputError("not-prepared", f"cycle {cycle} is not prepared", "--cycle", "run `termpost prepare` first")
    return found


def _refuse_untagged(home: Home, ending: str) -> None:
    """An earlier version kept it under its bare name, and the log did not say so."""
    for key in home.store.list("reports/"):
        if key.endswith(ending):
            raise no_tag(key)


def refuse_unknown_school(home: Home, school: str | None, cycle: str | None = None) -> None:
    """An empty list would say that there is nothing of it.

    Args:
        cycle: in which it must be prepared; None: in any.

    Raises:
        InputError: `unknown-school`.
    """
    if school is None:
        return
    cycles = [cycle] if cycle else [one.id for one in home.calendar.cycles]
    known = {one.school for name in cycles for one in prepared_of(home, name)}
    if school not in known:
        remedy = f"give one of {', '.join(sorted(known))}" if known else "prepare a cycle first"
        raise InputError("unknown-school", "nothing was prepared of this school", "--school", remedy)


def of_school(prepared: Iterable[PreparedSchool], school: str | None) -> list[PreparedSchool]:
    """Its manifest; None: all."""
    return [one for one in prepared if school in (None, one.school)]


def students_in(prepared: Iterable[PreparedSchool]) -> frozenset[str]:
    """Who has a report there, is or was held, or has none for a reason."""
    return frozenset(
        one.student
        for school in prepared
        for part in (school.reports, school.holds, school.resolved, school.unreported)
        for one in part
    )


def students_of(home: Home, school: str) -> frozenset[str]:
    """The same of one school, whatever the cycle."""
    return students_in(one for cycle in home.calendar.cycles for one in of_school(prepared_of(home, cycle.id), school))


def comments_of(home: Home, cycle: str, school: str) -> tuple[frozenset[str], frozenset[str]]:
    """Whose comments are the school's: its classes; and its students, for what is of no class."""
    found, classes = of_school(prepared_of(home, cycle), school), set[str]()
    query = "SELECT class_id FROM lake.core_class WHERE extract_id = ? AND school_id = ?"
    with open_lake(home.lake) as lake:
        for one in found:
            classes |= {class_id for (class_id,) in lake.execute(query, [one.extract_id, school]).fetchall()}
    return frozenset(classes), students_in(found)


def reports_of(entries: Iterable[Logged], school: str) -> frozenset[str]:
    """Every report that was ever made for it, by the log: also of students who have left since."""
    return frozenset(
        entry.report for entry in entries
        if entry.kind == "report_made" and entry.report and entry.cycle
        and (entry.object or "").startswith(report_folder(school, entry.cycle))
    )  # fmt: skip


def entries_of(entries: Sequence[Logged], school: str, students: frozenset[str]) -> list[Logged]:
    """Those about its reports and its students, and those about nobody.

    Args:
        students: as `students_of` gives them.
    """
    reports = reports_of(entries, school)
    return [
        one for one in entries
        if (one.report in reports if one.report else one.student is None or one.student in students)
    ]  # fmt: skip
