"""A delta bundle applied on the extract loaded last, so that every later stage sees a whole one.

The delta's rows come first and in their order, so that a row number in a problem is that of the file handed in; then
all rows of the extract loaded last that the delta does not name. Rows to be deleted stay: what still refers to them
is no fault, and loading drops both. The same delta applied once more gives the same bytes, hence the same extract.
"""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime

from termpost.schemas.base.errors import InputError
from termpost.tasks.formats.datasets import SUPPLEMENT_FOLDER
from termpost.tasks.formats.oneroster.manifest import APPLIED, APPLIED_ROWS, MANIFEST, Manifest, read_manifest
from termpost.tasks.formats.oneroster.required import ONEROSTER
from termpost.tasks.formats.rows import rows_of
from termpost.tasks.formats.source_file import SourceFile, from_bytes

KEY, CHANGED = "sourcedId", "dateLastModified"
Row = list[str]


def _csv(rows: Sequence[Row]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def _refuse_mismatch(manifest: Manifest, names: set[str], base: set[str]) -> None:
    """A delta taken for a whole would delete what it does not name; a lost one would lose changes."""
    modes = manifest.modes
    for name in sorted(names - {MANIFEST}):
        if name in base and "/" not in name and modes.get(name) not in {"bulk", "delta"}:
            what = "the manifest does not say whether a file in the bundle is bulk or delta"
            raise InputError("manifest-mismatch", what, f"{MANIFEST}, {name}", "export the bundle again")
    for name in sorted(name for name, mode in modes.items() if mode in {"bulk", "delta"}):
        # a vendor's own file is not read, listed or not; the check warns of its property
        if name not in names and name in ONEROSTER:
            what = "the manifest lists a file that is not in the bundle"
            raise InputError("manifest-mismatch", what, f"{MANIFEST}, {name}", "export the bundle again")


def compose(files: Sequence[SourceFile], base: Sequence[SourceFile]) -> list[SourceFile]:
    """The whole that a delta makes of the extract loaded last, by name.

    Raises:
        InputError: `manifest-mismatch`; `stale-delta`, when a row is older than the one already loaded;
            `missing-column`, without sourcedId; `unreadable-csv`.
    """
    manifest = read_manifest(files)
    before = {file.name: file for file in base if file.name != MANIFEST}
    _refuse_mismatch(manifest, {file.name for file in files}, set(before))
    whole, applied = dict(before), {}
    for file in files:
        if file.name in manifest.deltas:
            header, changed, kept = _apply(file, before.get(file.name))
            whole[file.name] = from_bytes(file.name, _csv([header, *changed, *kept]))
            applied[file.name] = len(changed)
        else:
            whole[file.name] = file
    whole[MANIFEST] = from_bytes(MANIFEST, _manifest(manifest, whole.keys() - {MANIFEST}, applied))
    return [whole[name] for name in sorted(whole)]


def _manifest(said: Manifest, names: set[str], applied: dict[str, int]) -> bytes:
    modes = {
        f"file.{name.removesuffix('.csv')}": "bulk" for name in names if not name.startswith(f"{SUPPLEMENT_FOLDER}/")
    }
    own = {APPLIED: "applied"} | {f"{APPLIED_ROWS}{name}": str(count) for name, count in applied.items()}
    properties = {**said.properties, **{f"file.{n.removesuffix('.csv')}": "absent" for n in said.modes}, **modes, **own}
    return _csv([["propertyName", "value"], *([name, properties[name]] for name in sorted(properties))])


def _apply(delta: SourceFile, base: SourceFile | None) -> tuple[Row, list[Row], list[Row]]:
    """The header, the rows of the delta, and the rows of the base that stay, all as wide as the header or torn."""
    header, *rows = [row for row in rows_of(delta) if row]
    if KEY not in header:
        raise InputError("missing-column", f"the file has no column {KEY}", delta.name, "export it again")
    before = [row for row in rows_of(base) if row] if base else [header]
    more = [name for name in before[0] if name and name not in header]
    wide = [*header, *more]
    changed = [_widened(row, len(header), len(wide)) for row in rows]
    key = header.index(KEY)
    news = {row[key]: row for row in changed if len(row) > key and row[key]}
    torn = {tuple(cut) for row in changed if len(row) != len(wide) for cut in (row, row[:1])}
    kept = [
        row
        for old in before[1:]
        if tuple(row := _placed(old, before[0], wide)) not in torn and not _is_named(row, wide, news, delta.name)
    ]
    return wide, changed, kept


def _widened(row: Row, narrow: int, wide: int) -> Row:
    """A row of the delta with blanks for the columns that only the base has; a torn one stays torn."""
    if len(row) > narrow and not any(row[narrow:]):
        row = row[:narrow]  # commas left over, which lose nothing
    if len(row) == narrow:
        return [*row, *[""] * (wide - narrow)]
    return row if len(row) < narrow or wide == narrow else row[:1]


def _placed(row: Row, header: Row, wide: Row) -> Row:
    """A row of the base in the order of the columns of the delta."""
    if header == wide:
        return row
    if len(row) != len(header):
        return row[:1]  # its cells may be shifted
    cells = dict(zip(header, row, strict=True))
    return [cells.get(name, "") for name in wide]


def _is_named(row: Row, wide: Row, news: dict[str, Row], file: str) -> bool:
    """Whether the delta has the row's successor.

    Raises:
        InputError: `stale-delta`.
    """
    key = wide.index(KEY)
    news_of_row = news.get(row[key]) if len(row) > key else None
    if news_of_row is None:
        return False
    old, new = _changed_at(row, wide), _changed_at(news_of_row, wide)
    if old is not None and new is not None and new < old:
        what = "the delta is older than what was loaded last, so it would bring old values back"
        raise InputError("stale-delta", what, file, "apply deltas in their order, or export in bulk")
    return True


def _changed_at(row: Row, wide: Row) -> datetime | None:
    if CHANGED not in wide or len(row) <= (place := wide.index(CHANGED)):
        return None
    try:
        instant = datetime.fromisoformat(row[place])
    except ValueError:
        return None  # blank in bulk; of anything else the check says that it is no instant
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
