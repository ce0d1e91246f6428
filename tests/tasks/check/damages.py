"""Ways in which the files of a bundle get damaged, drawn from trouble reports: each changes one thing, at random."""

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random

USERS, ENROLLMENTS, RESULTS, WORK = "users.csv", "enrollments.csv", "results.csv", "lineItems.csv"
CLASSES, CONTACTS, STUDENTS = "classes.csv", "supplement/contacts.csv", "supplement/students.csv"
READ = (USERS, ENROLLMENTS, RESULTS, WORK, CLASSES, "courses.csv", "orgs.csv", "categories.csv", "academicSessions.csv",
        "demographics.csv", CONTACTS, STUDENTS, "supplement/attendance.csv")  # fmt: skip
IDS = {ENROLLMENTS: ("userSourcedId", "classSourcedId"), RESULTS: ("studentSourcedId", "lineItemSourcedId"),
       WORK: ("classSourcedId", "categorySourcedId"), CONTACTS: ("studentSourcedId", "contactSourcedId")}  # fmt: skip
NAMES = {USERS: ("givenName", "familyName"), CLASSES: ("title",), WORK: ("title",)}
BARS = ("legalGuardian", "contactRestrictions", "restrictionFrom", "restrictionUntil", "agreementUntil",
        "addressConfidential", "dependent", "consentToParents", "recordsHold", "verdict")  # fmt: skip
Damage = Callable[[Path, Random], str]  # folder → the file that was damaged


class Sheet:
    """A file as rows of cells, the header among them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open(newline="", encoding="utf-8-sig") as source:
            self.header, *self.rows = csv.reader(source)

    def save(self, encoding: str = "utf-8", lost: str = "strict") -> None:
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([self.header, *self.rows])
        self.path.write_bytes(out.getvalue().encode(encoding, lost))

    def place(self, column: str) -> int:
        return self.header.index(column)

    def pick(self, rng: Random, column: str) -> list[str]:
        """A row that has something there."""
        return rng.choice([row for row in self.rows if row[self.place(column)]])


def _there(folder: Path, rng: Random, names: tuple[str, ...] = READ) -> str:
    return rng.choice([name for name in names if (folder / name).is_file() and len(Sheet(folder / name).rows) > 1])


def _renamed(change: Callable[[str, Random], str]) -> Damage:
    def damage(folder: Path, rng: Random) -> str:
        old = folder / _there(folder, rng)
        new = folder / change(old.relative_to(folder).as_posix(), rng)
        new.parent.mkdir(parents=True, exist_ok=True)
        old.rename(new)
        return new.relative_to(folder).as_posix()

    return damage


def _misspelt(name: str, rng: Random) -> str:
    folder, _, file = name.rpartition("/")
    at = rng.randrange(1, len(file) - 4)
    return f"{folder}/{file[:at]}{file[at + 1 :]}".lstrip("/")


def _cell(places: Mapping[str, tuple[str, ...]], change: Callable[[str, Random], str]) -> Damage:
    """One cell of one of some columns becomes something else."""

    def damage(folder: Path, rng: Random) -> str:
        name = _there(folder, rng, tuple(places))
        sheet = Sheet(folder / name)
        column = rng.choice(places[name])
        row = sheet.pick(rng, column)
        row[sheet.place(column)] = change(row[sheet.place(column)], rng)
        sheet.save()
        return name

    return damage


def _column(places: Mapping[str, tuple[str, ...]], change: Callable[[str], str]) -> Damage:
    """Every cell of a column becomes something else, as one setting of an export makes it."""

    def damage(folder: Path, rng: Random) -> str:
        name = _there(folder, rng, tuple(places))
        sheet = Sheet(folder / name)
        place = sheet.place(rng.choice(places[name]))
        for row in sheet.rows:
            row[place] = change(row[place])
        sheet.save()
        return name

    return damage


def _rows(change: Callable[[Sheet, Random], None], names: tuple[str, ...] = READ) -> Damage:
    def damage(folder: Path, rng: Random) -> str:
        name = _there(folder, rng, names)
        sheet = Sheet(folder / name)
        change(sheet, rng)
        sheet.save()
        return name

    return damage


def _bytes(change: Callable[[bytes, Random], bytes], names: tuple[str, ...] = READ) -> Damage:
    def damage(folder: Path, rng: Random) -> str:
        name = _there(folder, rng, names)
        (folder / name).write_bytes(change((folder / name).read_bytes(), rng))
        return name

    return damage


def _cut(data: bytes, rng: Random) -> bytes:
    """In the middle of a row, behind one of its commas but the last few, which part blanks as often as not."""
    lines = data.split(b"\n")
    number = rng.randrange(1, len(lines) - 1)
    commas = [at for at, byte in enumerate(lines[number]) if byte == ord(",")]
    return b"\n".join([*lines[:number], lines[number][: commas[0] + 1]])


def _contradicting(sheet: Sheet, rng: Random) -> None:
    row = [*rng.choice(sheet.rows)]
    places = [at for at, cell in enumerate(row) if cell and at > 0]
    row[rng.choice(places)] += "7"
    sheet.rows.append(row)


def _drop_column(sheet: Sheet, rng: Random) -> None:
    at = rng.randrange(len(sheet.header))
    for row in [sheet.header, *sheet.rows]:
        del row[at]


def _drop_bars(sheet: Sheet, rng: Random) -> None:
    """One of the columns that say what no other file does, and are filled."""
    used = [at for at, name in enumerate(sheet.header) if name in BARS and any(row[at] for row in sheet.rows)]
    at = rng.choice(used)
    for row in [sheet.header, *sheet.rows]:
        del row[at]


def _gone(folder: Path, rng: Random) -> str:
    name = _there(folder, rng, tuple(name for name in READ if name.startswith("supplement/")))
    (folder / name).unlink()
    return name


def _misspell_column(sheet: Sheet, rng: Random) -> None:
    at = rng.randrange(len(sheet.header))
    sheet.header[at] = sheet.header[at][:-2] + sheet.header[at][-1]


def _short(sheet: Sheet, rng: Random) -> None:
    del rng.choice(sheet.rows)[-1]


def _ended_early(sheet: Sheet, rng: Random) -> None:
    rng.choice(sheet.rows)[sheet.place("endDate")] = "2001-02-03"


def _latin(folder: Path, rng: Random) -> str:
    sheet = Sheet(folder / USERS)
    sheet.pick(rng, "familyName")[sheet.place("familyName")] = "Muñoz"
    sheet.save("cp1252", lost="replace")
    return USERS


def _without_user(folder: Path, rng: Random) -> str:
    sheet = Sheet(folder / USERS)
    students = [row for row in sheet.rows if row[sheet.place("role")] == "student"] if "role" in sheet.header else [
        row for row in sheet.rows if row[sheet.place("grades")]
    ]  # fmt: skip
    sheet.rows.remove(rng.choice(students))
    sheet.save()
    return USERS


def _without_seats(folder: Path, rng: Random) -> str:
    sheet = Sheet(folder / ENROLLMENTS)
    user, role = sheet.place("userSourcedId"), sheet.place("role")
    gone = rng.choice([row[user] for row in sheet.rows if row[role] == "student"])
    sheet.rows = [row for row in sheet.rows if row[user] != gone]
    sheet.save()
    return ENROLLMENTS


def _beside(name: str, data: bytes) -> Damage:
    def damage(folder: Path, _: Random) -> str:
        (folder / name).write_bytes(data)
        return name

    return damage


DATES = {ENROLLMENTS: ("beginDate",), WORK: ("dueDate",), "academicSessions.csv": ("startDate", "endDate")}
SCORES = {RESULTS: ("score",)}
DAMAGES: dict[str, Damage] = {
    "name in capitals": _renamed(lambda name, _: name.rpartition(".")[0] + ".CSV"),
    "file in capitals": _renamed(lambda name, _: name.upper()),
    "misspelt name": _renamed(_misspelt),
    "copy of a file": _renamed(lambda name, _: name.replace(".csv", " (1).csv")),
    "in a folder of the year": _renamed(lambda name, _: f"2021/{name}"),
    "saved as text": _renamed(lambda name, _: f"{name}.txt"),
    "cut in a row": _bytes(_cut),
    "empty file": _bytes(lambda _, __: b""),
    "header alone": _bytes(lambda data, _: data.split(b"\n")[0] + b"\n", (USERS, ENROLLMENTS, CLASSES, WORK)),
    "UTF-16": _bytes(lambda data, _: data.decode("utf-8-sig").encode("utf-16")),
    "code page 1252": _latin,
    "semicolons": _bytes(lambda data, _: data.replace(b",", b";")),
    "NUL in a cell": _cell(NAMES, lambda cell, _: cell[:1] + "\0" + cell[1:]),
    "row twice": _rows(lambda sheet, rng: sheet.rows.append(rng.choice(sheet.rows))),
    "rows that contradict": _rows(_contradicting, (USERS, CLASSES, RESULTS, WORK, "courses.csv", "orgs.csv")),
    "header in the middle": _rows(lambda sheet, rng: sheet.rows.insert(rng.randrange(len(sheet.rows)), sheet.header)),
    "short row": _rows(_short),
    "column gone": _rows(_drop_column, (USERS, ENROLLMENTS, RESULTS, WORK, CLASSES, CONTACTS)),
    "column with bars gone": _rows(_drop_bars, (CONTACTS, STUDENTS)),
    "file of the supplement gone": _gone,
    "column misspelt": _rows(_misspell_column, (USERS, ENROLLMENTS, RESULTS, WORK, CLASSES, CONTACTS)),
    "blank behind an id": _cell(IDS, lambda cell, rng: cell + rng.choice((" ", "\u00a0", "\u200b", "\t"))),
    "blank behind all ids": _column(IDS, lambda cell: cell + "\u00a0"),
    "id as a number": _cell(IDS, lambda cell, rng: rng.choice((f"{cell}.0", f'="{cell}"', cell.swapcase() + "x"))),
    "unknown id": _cell(IDS, lambda _, __: "nobody-at-all"),
    "1900 for no date": _column({ENROLLMENTS: ("endDate",)}, lambda _: "1900-01-01"),
    "date of a spreadsheet": _cell(DATES, lambda cell, _: f"{cell[8:10]}/{cell[5:7]}/{cell[:4]}"),
    "NULL for nothing": _cell({**DATES, **SCORES}, lambda _, rng: rng.choice(("NULL", "\\N", "#N/A", "None"))),
    "score that is none": _cell(SCORES, lambda _, rng: rng.choice(("abc", "1,5", "-5", "99999999999", "1e400", "NaN"))),
    "entity in a name": _cell(NAMES, lambda cell, _: f"{cell[:2]}&#39;{cell[2:]}"),
    "tag in a title": _cell({WORK: ("title",)}, lambda cell, _: f"<p>{cell}</p>"),
    "mojibake in a name": _cell(NAMES, lambda cell, _: cell + "JosÃ©"),
    "lost letter in a name": _cell(NAMES, lambda cell, rng: cell[:2] + rng.choice(("\ufffd", "????")) + cell[2:]),
    "invisible marks in a name": _cell(NAMES, lambda cell, _: f"\u200e{cell[:1]}\u200b{cell[1:]}"),
    "NULL for a name": _cell({USERS: ("givenName",)}, lambda _, __: "NULL"),
    "blank title": _cell({CLASSES: ("title",)}, lambda _, __: ""),
    "word in another case": _cell({ENROLLMENTS: ("role",), CLASSES: ("classType",)}, lambda cell, _: cell.upper()),
    "end before the beginning": _rows(_ended_early, (ENROLLMENTS,)),
    "a student gone from the users": _without_user,
    "a student without seats": _without_seats,
    "file of a Mac": _beside("._users.csv", b"\0\5\26\7"),
    "marker": _beside("done.csv", b""),
    "thumbnails": _beside("Thumbs.db", b"\xd0\xcf\x11\xe0"),
    "a readme": _beside("readme.csv", "Lies das für die Noten".encode("cp1252")),
}  # fmt: skip
