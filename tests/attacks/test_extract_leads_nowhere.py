"""What lies in an extract leads nowhere else: a link once carried a key of the home into the store."""

import json
import os
import re
import shutil
import socket
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from termpost.flows.cli import termpost
from termpost.schemas.base.errors import InputError
from termpost.tasks.extract.source import open_source
from termpost.tasks.formats.registry import load_contracts

from tests.school import SCHOOL_ID, Extract, Prepared


def link(place: Path, key: Path) -> None:
    place.symlink_to(key)


def link_to_nothing(place: Path, _: Path) -> None:
    place.symlink_to(place.parent / "not-there")


def pipe(place: Path, _: Path) -> None:
    os.mkfifo(place)


def unix_socket(place: Path, _: Path) -> None:
    here = os.open(place.parent, os.O_RDONLY)
    with closing(socket.socket(socket.AF_UNIX)) as one:
        one.bind(f"/proc/self/fd/{here}/{place.name}")  # the whole path is longer than a socket's name may be
    os.close(here)


KINDS = {"a link": link, "a link to nothing": link_to_nothing, "a pipe": pipe, "a socket": unix_socket}
NAMES = ("readme.txt", "lineItems.csv", "supplement/students.csv", "notes/more.bin")


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_is_no_file_of_the_folder_is_refused_by_name(
    school: Prepared, tmp_path: Path, kind: Callable[[Path, Path], None]
) -> None:
    key = next((school.home / "secrets").glob("master*"))
    landed = sorted((school.home / "vault" / "landing").rglob("*"))
    for number, name in enumerate(NAMES):
        folder = Path(shutil.copytree(school.extract.folder, tmp_path / f"extract{number}"))
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).unlink(missing_ok=True)
        kind(folder / name, key)
        with pytest.raises(InputError) as prepared:
            school.prepare(Extract(folder))
        checked = (
            CliRunner()
            .invoke(termpost, ["check", str(folder), "--home", str(school.home)], standalone_mode=False)
            .exception
        )
        for error in (prepared.value, checked):
            assert isinstance(error, InputError), error
            assert (error.code, error.where) == ("not-a-file", name)
            assert "\n" not in str(error)
    assert sorted((school.home / "vault" / "landing").rglob("*")) == landed


def test_a_file_that_becomes_a_link_after_the_folder_was_listed_is_not_followed(school: Prepared) -> None:
    files = {file.name: file for file in open_source(str(school.extract.folder))}
    place = school.extract.folder / "users.csv"
    place.unlink()
    place.symlink_to("/etc/hostname")
    with pytest.raises(InputError) as caught, files["users.csv"].open():
        pass
    assert (caught.value.code, caught.value.where) == ("not-a-file", "users.csv")


SCHOOL_IDS = ("../../x", "..", "a/../b", "/etc", "a//b", "a\\b", ".ssh", "a\nb", "x" * 300, "é")
IDS_OF_SCHOOLS = (
    ("orgs.csv", "sourcedId"), ("users.csv", "orgSourcedIds"), ("classes.csv", "schoolSourcedId"),
    ("enrollments.csv", "schoolSourcedId"), ("courses.csv", "orgSourcedId"),
)  # fmt: skip


def rename(extract: Extract, school_ids: Sequence[str]) -> None:
    """Gives the school other ids: all of its rows once for each, with ids of their own but for the first."""
    for name, column in IDS_OF_SCHOOLS:
        rows = extract.read(name)
        mine = [row for row in rows if row[column] == SCHOOL_ID]
        renamed = [
            row | {"sourcedId": f"{n}-{row['sourcedId']}" if n else row["sourcedId"], column: school_id}
            for n, school_id in enumerate(school_ids) for row in mine
        ]  # fmt: skip
        extract.write(name, [*(row for row in rows if row[column] != SCHOOL_ID), *renamed])


@pytest.mark.parametrize("school_ids", [SCHOOL_IDS[:1], SCHOOL_IDS], ids=["one school", "ten schools"])
def test_a_school_s_id_leads_nowhere_else(school: Prepared, school_ids: tuple[str, ...]) -> None:
    rename(school.extract, school_ids)
    said = CliRunner().invoke(
        termpost, ["check", str(school.extract.folder), "--json"], standalone_mode=False, catch_exceptions=False
    )
    found = Counter((one["rule"], one["file"], one["column"]) for one in json.loads(said.stdout)["problems"])
    assert found["unsafe-id", "orgs.csv", "sourcedId"] == len(school_ids)
    outside = set(school.home.parent.iterdir())
    with pytest.raises(InputError) as caught:
        school.prepare(school.extract)
    assert "\n" not in str(caught.value)
    assert set(school.home.parent.iterdir()) == outside


def test_which_ids_a_school_may_have() -> None:
    (pattern,) = (
        quality.arguments["pattern"]
        for contract in load_contracts("oneroster-csv/1.1") if contract.dataset == "orgs"
        for column in contract.columns for quality in column.quality if quality.rule == "unsafe-id"
    )  # fmt: skip
    for given in ("GBHS 1", "D1/S-2", "urn:school:7", "a@b.example", "_9", "4f0c-88.1"):
        assert re.search(pattern, given), given
    for given in ("..", "a/../b", "/etc", "a//b", "a/", ".ssh", "x" * 300, "é", "", " ", "a;b", "a\u202eb", "~"):
        assert not re.search(pattern, given), given
