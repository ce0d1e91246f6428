"""Whatever the bytes, the answer is findings or an InputError; and whatever the text, it comes out as it went in."""

import csv
import io
import random
import shutil
from pathlib import Path
from unicodedata import is_normalized

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.findings import Findings
from termpost.tasks.check.accept import accept
from termpost.tasks.check.against_contracts import hold_against_contracts
from termpost.tasks.check.contracts.check_parameters import CheckParameters
from termpost.tasks.formats.read import read_raw

from tests.tasks.gradebook import Gradebook

QUIET = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
JUNK = [b'"', b",", b"\n", b"\r", b"\r\n", b"\x00", b"\xff", b"\xef\xbb\xbf", b"\x1a", b";", b"=cmd|' /C calc'!A0",
        "\u202e".encode(), "ʻ".encode(), b'""', b'"\n"', b"9" * 40, b"\\", b"'", b"#", b"\t"]  # fmt: skip


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    book = Gradebook()
    book.school()
    book.course("c1")
    for person in ("s1", "s2"):
        book.student(person, agentSourcedIds=f"p-{person}")
        book.add("users.csv", sourcedId=f"p-{person}", orgSourcedIds="255901001", role="parent", givenName="P",
                 familyName="Q", enabledUser="true")  # fmt: skip
        book.enroll(person, "c1")
        book.add("supplement/contacts.csv", studentSourcedId=person, contactSourcedId=f"p-{person}", street="1 Elm")
    for item in ("i1", "i2"):
        book.item(item, "c1", "10")
        for person in ("s1", "s2"):
            book.mark(item, person, "7.5", comment="well done")
    return book.write(tmp_path_factory.mktemp("fuzz") / "extract")


def sources(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): str(p) for p in sorted(folder.rglob("*.csv"))}


def damaged(content: bytes, chance: random.Random) -> bytes:
    """A few bytes put in, taken out, changed, doubled or cut off."""
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        at = chance.randrange(len(content) + 1)
        length = chance.choice((0, 0, 1, 3, 40))
        put = chance.choice([*JUNK, bytes([chance.randrange(256)]), content[at : at + 30]])
        content = content[:at] + put + content[at + length :]
        if chance.random() < 0.03:
            content = content[:at]
    return content


@settings(QUIET, max_examples=4)
@given(seed=st.integers(0, 2**32))
def test_no_damage_to_bytes_ends_in_a_traceback(seed: int, written: Path, tmp_path: Path) -> None:
    assert_answered(seed, written, tmp_path)


@pytest.mark.soak
@settings(QUIET, max_examples=200)
@given(seed=st.integers(0, 2**32))
def test_no_damage_of_many_ends_in_a_traceback(seed: int, written: Path, tmp_path: Path) -> None:
    assert_answered(seed, written, tmp_path)


def assert_answered(seed: int, written: Path, tmp_path: Path) -> None:
    chance = random.Random(seed)  # noqa: S311 - damage, not a key
    folder = tmp_path / "damaged"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(written, folder)
    for path in chance.sample(sorted(folder.rglob("*.csv")), chance.choice((1, 1, 2, 9))):
        path.write_bytes(damaged(path.read_bytes(), chance))
    with duckdb.connect() as con:
        try:
            findings = hold_against_contracts(con, sources(folder), "x", CheckParameters())
        except InputError:
            return
        assert isinstance(findings, Findings)
        for file in findings.files:  # law 1
            assert file.rows == file.accepted + file.quarantined
        if findings.outcome != "rejected":
            accept(con, sources(folder), findings.rejected)
            count = con.execute("SELECT count(*) FROM (SELECT * FROM accepted_results)").fetchone()
            assert count == (next(f.accepted for f in findings.files if f.name == "results.csv"),)


@settings(QUIET, max_examples=50)
@given(st.binary(max_size=400) | st.builds(lambda b: b"sourcedId,name,type\n" + b, st.binary(max_size=300)))
def test_no_bytes_end_in_a_traceback_while_they_are_read(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "orgs.csv"
    path.write_bytes(content)
    with duckdb.connect() as con:
        raw = read_raw(con, {"orgs.csv": str(path)})
        count = con.execute("SELECT count(*) FROM raw_orgs").fetchone()
    assert count == (raw.rows["orgs.csv"],)


# what the check leaves as it is: any letter, digit and sign but those of entities and tags
TEXT = st.text(
    st.characters(categories=["L", "N", "P", "S"], exclude_characters="&<>"), min_size=1, max_size=60
).filter(lambda text: is_normalized("NFC", text))
NAMES = [
    "José",
    "ʻOkina",
    "Suharto",
    "García Márquez de la Vega",
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(A1)",
    'say "hi"',
    "N/A",
    "NULL",
    "null",
    "nan",
    "#import",
    "李",
    "O'Brien",
    "1e5",
]


@settings(QUIET, max_examples=6)
@given(given=st.lists(TEXT, min_size=1, max_size=30))
@example(given=NAMES)
def test_names_and_formulas_stay_as_they_are_from_the_file_to_the_accepted_row(
    given: list[str], written: Path, tmp_path: Path
) -> None:
    out = io.StringIO(newline="")
    rows = [{"sourcedId": f"n{n}", "givenName": name, "familyName": name} for n, name in enumerate(given)]
    header = (written / "users.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    writer = csv.DictWriter(out, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({"orgSourcedIds": "255901001", "role": "student", "enabledUser": "true", **row} for row in rows)
    folder = tmp_path / "names"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(written, folder)
    (folder / "users.csv").write_text(out.getvalue(), encoding="utf-8", newline="")
    with duckdb.connect() as con:
        accept(con, sources(folder), [])
        found = con.execute("SELECT given_name, family_name FROM accepted_users ORDER BY row_number").fetchall()
    assert found == [(name, name) for name in given]
