"""What lands: the source as it came, without the columns that nobody may keep."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from termpost.schemas.base.clock import FixedClock
from termpost.tasks.extract.land import fingerprint, land
from termpost.tasks.extract.source import open_source
from termpost.tasks.store.file.store import FileStore

from tests.tagged import TAGS
from tests.tasks.gradebook import NOW

WANTED_NOWHERE = "hunter2-Qzx"


def landed(store: FileStore, folder: Path, drop: tuple[str, ...] = ()) -> dict[str, bytes]:
    files = open_source(str(folder))
    extract = land(store, TAGS, files, fingerprint(files), drop, FixedClock(NOW))
    return {key.removeprefix(f"{extract.uri}/"): store.get(key) for key in store.list(extract.uri)}


def with_column(path: Path, header: str, value: str, first: bool = False) -> None:
    with path.open(newline="", encoding="utf-8-sig") as source:
        head, *rows = csv.reader(source)
    rows = [([value, *row] if first else [*row, value]) for row in rows]
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([[header, *head] if first else [*head, header], *rows])


def columns(data: bytes) -> list[str]:
    return next(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


@pytest.mark.parametrize("name", ["users.csv", "supplement/contacts.csv"])
@pytest.mark.parametrize("header", ["password", "Password", "PASSWORD", " password "])
def test_a_password_never_lands_however_its_header_is_written(
    store: FileStore, folder: Path, name: str, header: str
) -> None:
    with_column(folder / name, header, WANTED_NOWHERE)
    files = landed(store, folder)
    assert not any(WANTED_NOWHERE.encode() in data for data in files.values())
    assert "password" not in [column.strip().lower() for column in columns(files[name])]


@pytest.mark.parametrize(
    "drop", ["phone", "users.phone", "users.csv.phone", "Users.Phone", "PHONE"]
)  # fmt: skip
def test_a_column_that_settings_name_never_lands(store: FileStore, folder: Path, drop: str) -> None:
    text = (folder / "users.csv").read_text()
    header = text.splitlines()[0].split(",")
    rows = [
        dict(zip(header, line.split(","), strict=True)) | {"phone": WANTED_NOWHERE} for line in text.splitlines()[1:]
    ]
    (folder / "users.csv").write_text("\n".join([",".join(header), *(",".join(row.values()) for row in rows)]) + "\n")
    data = landed(store, folder, (drop,))["users.csv"]
    assert WANTED_NOWHERE.encode() not in data
    kept = list(csv.DictReader(io.StringIO(data.decode())))
    assert kept == [{k: v for k, v in row.items() if k not in ("phone", "password")} for row in rows]


def test_a_column_named_for_one_file_stays_in_the_others(store: FileStore, folder: Path) -> None:
    for name in ("users.csv", "supplement/contacts.csv"):
        with_column(folder / name, "fax", WANTED_NOWHERE)
    files = landed(store, folder, ("contacts.fax",))
    assert "fax" not in columns(files["supplement/contacts.csv"])
    assert "fax" in columns(files["users.csv"])


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("cells", [1, -1, -3])
def test_a_torn_row_does_not_leak_a_dropped_cell(store: FileStore, folder: Path, first: bool, cells: int) -> None:
    """A cell too many or too few moves the others, so the place of a column says nothing any more."""
    with_column(folder / "users.csv", "password", "", first)
    lines = (folder / "users.csv").read_text().splitlines()
    width = len(lines[0].split(","))
    for place in range(0 if first else 1, width + cells):
        torn = ["x-1"] * (width + cells)
        torn[place] = WANTED_NOWHERE
        (folder / "users.csv").write_text("\n".join([*lines[:2], ",".join(torn), *lines[2:]]) + "\n")
        data = landed(store, folder)["users.csv"]
        assert WANTED_NOWHERE.encode() not in data
        assert len(list(csv.reader(io.StringIO(data.decode())))) == len(lines) + 1  # the row is still there to be found


def test_a_row_with_wrong_quotes_stays_to_be_found_and_costs_no_other_row(store: FileStore, folder: Path) -> None:
    lines = (folder / "users.csv").read_text().splitlines()
    lines[2] = f's-bela,"Be"la,{WANTED_NOWHERE}' + "," * 15
    (folder / "users.csv").write_text("\n".join(lines) + "\n")
    rows = list(csv.reader(io.StringIO(landed(store, folder)["users.csv"].decode())))
    assert len(rows) == len(lines)
    assert rows[2] == [""]
    assert not any(WANTED_NOWHERE in cell for row in rows for cell in row)


def test_a_byte_order_mark_does_not_hide_a_column(store: FileStore, folder: Path) -> None:
    with_column(folder / "users.csv", "password", WANTED_NOWHERE, first=True)
    (folder / "users.csv").write_bytes(b"\xef\xbb\xbf" + (folder / "users.csv").read_bytes())
    data = landed(store, folder)["users.csv"]
    assert WANTED_NOWHERE.encode() not in data
    assert columns(data)[0] == "sourcedId"


def test_a_file_with_nothing_to_drop_lands_byte_for_byte(store: FileStore, folder: Path) -> None:
    (folder / "results.csv").write_bytes(
        b"\xef\xbb\xbf" + (folder / "results.csv").read_bytes().replace(b"\r\n", b"\n")
    )
    assert landed(store, folder)["results.csv"] == (folder / "results.csv").read_bytes()


def test_running_again_rewrites_nothing(store: FileStore, folder: Path) -> None:
    def stamps() -> dict[str, int]:
        return {str(p): p.stat().st_ino for p in store.root.rglob("*") if p.is_file()}  # a rewrite is another inode

    landed(store, folder, ("phone",))
    before = stamps()
    assert len(before) > 8
    landed(store, folder, ("PHONE",))
    assert stamps() == before


def test_a_run_that_died_before_the_end_is_finished(store: FileStore, folder: Path) -> None:
    files = landed(store, folder)
    extract = next(iter((store.root / "landing").iterdir()))
    (extract / "landing.json").unlink()
    (extract / "users.csv").unlink()
    assert landed(store, folder) == files


def test_a_column_dropped_since_leaves_what_landed_before(store: FileStore, folder: Path) -> None:
    with_column(folder / "users.csv", "fax", WANTED_NOWHERE)
    assert WANTED_NOWHERE.encode() in landed(store, folder)["users.csv"]
    assert WANTED_NOWHERE.encode() not in landed(store, folder, ("fax",))["users.csv"]


def test_a_zip_read_in_memory_is_what_the_check_sees_and_is_gone_after(
    folder: Path, zipped: Callable[..., Path]
) -> None:
    import duckdb
    from termpost.tasks.extract.from_bytes import in_memory

    path = zipped()
    with duckdb.connect() as connection:
        for source in (folder, path):
            with in_memory(connection, open_source(str(source))) as names:
                (rows,) = connection.execute(f"SELECT count(*) FROM read_csv('{names['users.csv']}')").fetchall()
                assert rows == (4,)
        with pytest.raises(duckdb.Error):
            connection.execute(f"SELECT * FROM read_csv('{names['users.csv']}')")
