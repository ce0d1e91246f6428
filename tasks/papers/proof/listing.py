"""The lists of the proof pack: each once for the eye and once for a machine."""

from decimal import Decimal
from fractions import Fraction

from termpost.tasks.documents.printed import PrintedValue
from termpost.tasks.documents.wording import Translator, places
from termpost.tasks.papers.proof.facts import GradeChange, PrintedDifference, SchoolFacts, StudentTrend
from termpost.tasks.papers.proof.hold_places import place_text
from termpost.tasks.papers.proof.list_writer import ListWriter, RawRow, SchoolListing, as_text
from termpost.tasks.papers.proof.outliers import Outlier, outliers

MOST_CHANGES = 50  # printed; the file has them all
MOST_TRENDS = 10  # printed at each end


class Lists(ListWriter):
    """One school's facts as lists in words."""

    def __init__(self, facts: SchoolFacts, translator: Translator) -> None:
        super().__init__(facts, translator)
        self.outliers = outliers(facts)

    def all(self) -> list[SchoolListing]:
        """Every list, in the order they are read."""
        return [self.holds(), self.differences(), self.odd(), self.changes(), self.falls(), self.rises()]

    def holds(self) -> SchoolListing:
        """Who waits, and what was decided already."""
        prepared, facts = self.facts.school.prepared, self.facts
        found = [(hold, "", "") for hold in prepared.holds]
        found += [(hold, hold.decision, hold.by) for hold in prepared.resolved]
        found.sort(key=lambda each: (facts.listed(each[0].student), each[0].class_id or "", each[0].reason))
        rows, raw = [], []
        for hold, decision, by in found:
            course = facts.title(hold.class_id) if hold.class_id else self._say("whole_report")
            state = self._say("decided", decision=decision, by=by) if decision else self._say("waiting")
            place = facts.place_of(hold)
            cells = (course, place_text(hold.reason, place, self.translator), hold.reason, state)
            rows.append((*self._who(hold.student), *(as_text(cell) for cell in cells)))
            where = (place.file, place.row, place.rows) if place else ("", "", "")
            raw.append((*self._raw_who(hold.student), hold.class_id, hold.reason, decision, by, *where))
        head = ("student", "number", "course", "place", "reason", "state")
        return self._told("holds.csv", "holds", head, 0, rows, raw)

    def differences(self) -> SchoolListing:
        """Every grade that differs from the grade of record; none is left out."""
        rows, raw = [], []
        for one in self.facts.differences:
            title = self.facts.title(one.class_id)
            printed = self._say(f"printed_{one.printed}") if one.printed else self._say("printed_neither")
            rows.append((
                *self._who(one.ref), as_text(title), self._grade(one.computed, one.computed_letter),
                self._grade(one.imported, one.imported_grade), as_text(printed),
            ))  # fmt: skip
            raw.append((*self._raw_who(one.ref), one.class_id, title, *_raw_difference(one)))
        head = ("student", "number", "course", "computed", "recorded", "printed")
        return self._told("grade-differences.csv", "differences", head, 3, rows, raw)

    def odd(self) -> SchoolListing:
        """What to look at twice."""
        rows, raw = [], []
        for one in self.outliers:
            who = self._who(one.ref) if one.ref else (as_text(self._say("whole_class")), as_text(""))
            course = as_text(self.facts.title(one.class_id)) if one.class_id else as_text(self._say("all_courses"))
            rows.append((as_text(self._say(one.rule)), *who, course, self._measured(one), self._usual(one)))
            student = self._raw_who(one.ref)[1:] if one.ref else ("", "")
            title = self.facts.title(one.class_id) if one.class_id else ""
            raw.append((self.school, one.rule, *student, one.class_id, title, _exact(one.measured), _exact(one.usual)))
        head = ("rule", "student", "number", "course", "measured", "usual")
        return self._told("outliers.csv", "outliers", head, 2, rows, raw)

    def changes(self) -> SchoolListing:
        """What is not as an earlier preparation had it."""
        rows, raw = [], []
        for one in self.facts.changes:
            title = self.facts.title(one.class_id)
            rows.append((*self._who(one.ref), as_text(title), *self._then_and_now(one)))
            raw.append((*self._raw_who(one.ref), one.class_id, title, *_raw_change(one)))
        head = ("student", "number", "course", "then", "now")
        told = self._told("changes.csv", "changes", head, 2, rows[:MOST_CHANGES], raw)
        key = "changes_first" if self.facts.earlier is None else "changes_none"
        more = self._more(len(rows) - MOST_CHANGES, "changes.csv")
        listing = told.listing.model_copy(update={"empty": self._say(key), "more": more})
        return SchoolListing(told.file, listing, told.raw)

    def falls(self) -> SchoolListing:
        """The largest falls since the cycle before; the file gets every trend from here."""
        down = sorted((t for t in self.facts.trends if t.change < 0), key=lambda trend: trend.change)
        raw = [(*self._raw_who(t.ref), t.courses, t.change) for t in self.facts.trends]
        return self._trends("falls", down, raw)

    def rises(self) -> SchoolListing:
        """The largest rises."""
        up = sorted((t for t in self.facts.trends if t.change > 0), key=lambda trend: -trend.change)
        return self._trends("rises", up, [])

    def _trends(self, key: str, found: list[StudentTrend], raw: list[RawRow]) -> SchoolListing:
        rows = [
            (*self._who(t.ref), as_text(self.translator.whole(t.courses)), as_text(self._points(t.change)))
            for t in found[:MOST_TRENDS]
        ]
        told = self._told("trends.csv", key, ("student", "number", "courses", "change"), 2, rows, raw)
        more = self._more(len(found) - MOST_TRENDS, "trends.csv")
        return SchoolListing(told.file, told.listing.model_copy(update={"more": more}), told.raw)

    def _percent(self, value: Decimal) -> str:
        return self.translator.percent(value, places([value]))

    def _points(self, value: Decimal) -> str:
        return ("+" if value > 0 else "") + self.translator.number(value)

    def _grade(self, percent: Decimal | None, letter: str | None) -> PrintedValue:
        parts = ([] if percent is None else [self._percent(percent)]) + ([letter] if letter else [])
        return as_text(" · ".join(parts)) if parts else PrintedValue(text=self._say("no_grade"), absent=True)

    def _then_and_now(self, one: GradeChange) -> tuple[PrintedValue, PrintedValue]:
        gone = PrintedValue(text=self._say("not_there"), absent=True)
        then = self._grade(one.then, one.letter_then) if one.was_there else gone
        return then, self._grade(one.now, one.letter_now) if one.is_there else gone

    def _measured(self, one: Outlier) -> PrintedValue:
        if one.rule in ("many_missing", "class_no_grade") and one.measured is not None:
            return as_text(self.translator.plural("proof", f"{one.rule}_n", int(one.measured)))
        return self._value(one.rule, one.measured)

    def _usual(self, one: Outlier) -> PrintedValue:
        return self._value(one.rule, one.usual) if one.usual is not None else PrintedValue(text="–", absent=True)

    def _value(self, rule: str, value: Decimal | Fraction | int | None) -> PrintedValue:
        if value is None:
            return PrintedValue(text="–", absent=True)
        exact = to_hundredths(value)
        if rule == "mean_changed":
            return as_text(self._points(exact))
        return as_text(self.translator.number(exact) if rule == "many_missing" else self._percent(exact))


def to_hundredths(value: Decimal | Fraction | int) -> Decimal:
    """For a mean that no report prints: two places, half to even."""
    return Decimal(round(Fraction(value) * 100)).scaleb(-2)


def _exact(value: Decimal | Fraction | int | None) -> object:
    return None if value is None else to_hundredths(value)


def _raw_difference(one: PrintedDifference) -> RawRow:
    return one.computed, one.computed_letter, one.imported, one.imported_grade, one.printed


def _raw_change(one: GradeChange) -> RawRow:
    return one.was_there, one.is_there, one.then, one.letter_then, one.now, one.letter_now
