"""The manifests that `prepare` left: what waits for release, school by school."""

from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.prepared import PreparedSchool, manifest_key, read_manifest
from termpost.tasks.home.home import Home
from termpost.tasks.home.kept_objects import keep, kept, kept_names
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
