"""The manifests that `prepare` left: what waits for release, school by school."""

from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.prepared import PreparedSchool, read_manifest
from termpost.tasks.store.interface import Store


def prepared_of(store: Store, cycle: str) -> list[PreparedSchool]:
    """The manifests of a cycle; none where it was never prepared."""
    keys = [key for key in store.list("reports/") if key.endswith(f"/{cycle}/prepared.json")]
    return [read_manifest(store.get(key)) for key in keys]


def read_prepared(store: Store, cycle: str) -> list[PreparedSchool]:
    """The same where there must be some.

    Raises:
        InputError: nothing was prepared.
    """
    found = prepared_of(store, cycle)
    if not found:
        raise InputError("not-prepared", f"cycle {cycle} is not prepared", "--cycle", "run `termpost prepare` first")
    return found
