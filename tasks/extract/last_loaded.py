"""The extract that the lake came to know last, as it lies in landing: what a delta is applied on."""

from termpost.schemas.base.errors import InputError
from termpost.tasks.extract.inserts import is_insert
from termpost.tasks.extract.inventory import ExtractFiles
from termpost.tasks.extract.land import Fingerprint
from termpost.tasks.extract.landed import landed_files, read_note, unchanged
from termpost.tasks.formats.source_file import from_bytes
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import read_lake


def last_loaded(home: Home, delta: Fingerprint) -> ExtractFiles:
    """Its files, with what went along with reports.

    Raises:
        InputError: `delta-without-base`, where nothing of this format and version was loaded, or landing was emptied.
        Refused: `object-gone`, `object-changed`.
    """
    extract_id = _last_id(home, delta)
    prefix = f"landing/{extract_id}"
    if extract_id is None or read_note(home.store, home.tags, prefix) is None:
        what = "the bundle holds changes, and the extract they change is not there"
        raise InputError("delta-without-base", what, "manifest.csv", "export the whole in bulk, once")
    files = landed_files(home.store, home.tags, prefix)
    found = [from_bytes(name, unchanged(home.store, file)) for name, file in files.items()]
    return ExtractFiles(
        [file for file in found if not is_insert(file.name)],
        inserts=[file for file in found if is_insert(file.name)],
    )


def _last_id(home: Home, delta: Fingerprint) -> str | None:
    try:
        with read_lake(home.lake) as lake:
            found = lake.execute(
                "SELECT extract_id FROM core_extract WHERE format = ? AND format_version = ?"
                " ORDER BY known_at DESC, rowid DESC LIMIT 1",
                [delta.format, delta.version],
            ).fetchone()
    except InputError as error:
        if error.code != "no-history":
            raise
        return None
    return str(found[0]) if found else None
