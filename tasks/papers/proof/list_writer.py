"""What the lists of the proof pack have in common: each is written once for the eye and once for a machine."""

from collections.abc import Iterable
from dataclasses import dataclass

from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.refs import PersonRef
from termpost.tasks.documents.printed import PrintedValue, VisibleText
from termpost.tasks.documents.wording import Translator
from termpost.tasks.papers.proof.facts import SchoolFacts

NARROW = ("number", "reason", "file")
RawRow = tuple[object, ...]


class Listing(FrozenModel):
    """A table of the paper, or what it says where it has no row."""

    title: VisibleText
    about: VisibleText
    head: tuple[VisibleText, ...]
    numbers: int  # so many of the last columns are numbers
    narrow: tuple[int, ...] = ()  # other columns that take only the room they need
    rows: tuple[tuple[PrintedValue, ...], ...]
    empty: VisibleText
    more: VisibleText = ""


@dataclass(frozen=True)
class SchoolListing:
    """A list of one school in both forms. The columns of `raw` are those of FILES."""

    file: str
    listing: Listing
    raw: tuple[RawRow, ...]


FILES: dict[str, tuple[str, ...]] = {
    "holds.csv": ("school", "student", "name", "class", "reason", "decision", "by", "file", "row", "rows"),
    "grade-differences.csv": (
        "school", "student", "name", "class", "title", "computed_percent", "computed_letter", "recorded_percent",
        "recorded_grade", "printed",
    ),
    "outliers.csv": ("school", "rule", "student", "name", "class", "title", "measured", "median"),
    "changes.csv": (
        "school", "student", "name", "class", "title", "was_there", "is_there", "percent_then", "letter_then",
        "percent_now", "letter_now",
    ),
    "questions.csv": (
        "school", "cause", "class", "title", "piece", "about", "part", "student", "name", "students", "state", "by",
        "for", "reason",
    ),
    "sign-offs.csv": ("school", "class", "title", "by", "for", "reason", "on"),
    "leavers.csv": ("school", "student", "name", "last_day"),
    "unreported.csv": ("school", "student", "name", "reason"),
    "warnings.csv": ("school", "student", "name", "class", "title", "way", "reason", "by", "for", "words"),
    "trends.csv": ("school", "student", "name", "courses", "mean_change_points"),
}  # fmt: skip


class ListWriter:
    """The words of one school's lists."""

    def __init__(self, facts: SchoolFacts, translator: Translator) -> None:
        self.facts, self.translator = facts, translator
        self.school = facts.school.prepared.school

    def _told(
        self, file: str, key: str, head: tuple[str, ...], numbers: int, rows: Iterable[tuple[PrintedValue, ...]],
        raw: Iterable[RawRow],
    ) -> SchoolListing:  # fmt: skip
        listing = Listing(
            title=self._say(f"{key}_title"), about=self._say(f"{key}_about"), numbers=numbers, rows=tuple(rows),
            head=tuple(self._say(f"col_{name}") for name in head), empty=self._say("none"), narrow=narrow_of(head),
        )  # fmt: skip
        return SchoolListing(file, listing, tuple(raw))

    def _say(self, key: str, **values: str) -> str:
        return self.translator.text("proof", key, **values)

    def _more(self, n: int, file: str) -> str:
        return self.translator.plural("proof", "more", n, file=file) if n > 0 else ""

    def _who(self, ref: str) -> tuple[PrintedValue, PrintedValue]:
        person = self.facts.people.get(PersonRef(ref))
        if person is None:
            return PrintedValue(text=self._say("erased"), absent=True), as_text("")
        return as_text(person.name), as_text(person.number)

    def _raw_who(self, ref: str) -> RawRow:
        person = self.facts.people.get(PersonRef(ref))
        return (self.school, person.number, person.name) if person else (self.school, "", "")


def narrow_of(head: tuple[str, ...]) -> tuple[int, ...]:
    """The columns that never hold more than a code."""
    return tuple(place for place, name in enumerate(head) if name in NARROW)


def as_text(text: str) -> PrintedValue:
    return PrintedValue(text=text)
