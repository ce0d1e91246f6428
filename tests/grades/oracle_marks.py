"""What each line item counts as, from docs/grading.md and the table of states alone."""

from dataclasses import dataclass
from fractions import Fraction

from tests.grades.oracle_seats import Line, Seats
from tests.grades.world import CategoryKeys, ClassKeys, World, WorldPiece, WorldResult

NO_MARK = ("not_theirs", "later", "practice", "excused")


@dataclass(frozen=True)
class Judged:
    """A line item of one student: its state, what it is worth, and the points it counts with in either total."""

    piece: WorldPiece
    title: str  # of its category
    state: str
    worth: Fraction
    current: Fraction | None = None
    final: Fraction | None = None
    has_mark: bool = False


class Marks:
    """The marks of a world, judged."""

    def __init__(self, world: World, seats: Seats) -> None:
        self.world, self.seats = world, seats
        self.pieces: dict[str, list[WorldPiece]] = {}
        for piece in world.pieces.values():
            self.pieces.setdefault(piece.klass, []).append(piece)

    def of_line(self, line: Line) -> list[Judged]:
        """Every piece of a line once; those of sections left before are judged by the new section's rules."""
        keys = self.world.classes[line.klass].keys
        found: list[Judged] = []
        for klass in (*line.came_from, line.klass):
            newer = [self.judge(keys, piece, line.student) for piece in self.pieces.get(klass, ())]
            found = self._once(found, newer)
        return found

    def _once(self, older: list[Judged], newer: list[Judged]) -> list[Judged]:
        """A piece that stands in two sections counts once, by the later section's mark where it has one."""
        kept, left = [], list(older)
        for new in newer:
            twin = next((old for old in left if self._same(old, new, older, newer)), None)
            if twin is None:
                kept.append(new)
                continue
            left.remove(twin)
            takes_old = not new.has_mark and (twin.has_mark or new.state == "not_theirs")
            kept.append(twin if takes_old else new)
        return left + kept

    def _same(self, old: Judged, new: Judged, older: list[Judged], newer: list[Judged]) -> bool:
        if old.piece.title != new.piece.title:
            return False
        if old.piece.due is not None and old.piece.due == new.piece.due:
            return True
        once = all(
            sum(one.piece.title == new.piece.title and one.piece.klass == klass for one in (*older, *newer)) == 1
            for klass in (old.piece.klass, new.piece.klass)
        )
        return once and old.title == new.title

    def judge(self, keys: ClassKeys, piece: WorldPiece, student: str) -> Judged:  # noqa: PLR0911 - one for each state
        result = self.world.results.get((piece.name, student))
        title = self.world.categories[piece.category].title
        worth = piece.worth - piece.lowest

        def as_state(state: str, current: Fraction | None = None, final: Fraction | None = None) -> Judged:
            has_mark = result is not None and result.score is not None and state not in NO_MARK
            return Judged(piece, title, state, worth, current, final, has_mark)

        if piece.name in keys.omit:
            return as_state("practice")
        theirs = piece.due is None or self.seats.sat_on(piece.klass, student, piece.due) is not None
        if result is not None and result.status == "exempt":
            return as_state("excused")
        if not theirs and (result is None or not result.score or result.is_missing):
            return as_state("not_theirs")
        if result is not None and result.day > self.world.cutoff:
            return as_state("later")
        if result is None or result.score is None:
            return as_state(*self._blank(keys, piece, student, result, worth))
        if result.is_incomplete:
            return as_state("incomplete", None, Fraction(0))
        value, is_late = self._value(keys, title, piece, result)
        if result.status == "partially graded":
            return as_state("awaits_review", None, value)
        if result.is_missing:
            return as_state("missing_marked", value, value)
        return as_state("late" if is_late else "graded", value, value)

    def _blank(  # noqa: PLR0911 - one for each state
        self,
        keys: ClassKeys,
        piece: WorldPiece,
        student: str,
        result: WorldResult | None,
        worth: Fraction,
    ) -> tuple[str, Fraction | None, Fraction | None]:
        nothing = (None, None)
        if result is not None and result.is_incomplete:
            return ("incomplete", None, Fraction(0))
        if piece.due is not None and piece.due > self.world.cutoff:
            return ("not_due", *nothing)
        state = "left_out" if self._is_accepted(piece, student) else "to_mark"
        submitted = result is not None and result.status == "submitted" and not result.is_missing
        if submitted:
            return (state, *nothing)
        if piece.due is not None and self.seats.just_joined(piece.klass, student, piece.due):
            return ("just_joined", *nothing)
        said = result is not None and (result.is_missing or result.status == "not submitted")
        if not said and self._is_optional(keys, piece):
            return ("not_due", *nothing)
        if said or (piece.klass in self.world.signed_off and state == "to_mark"):
            if keys.missing_deduct is None:
                return ("missing", None, Fraction(0))
            value = worth * (100 - keys.missing_deduct) / 100
            return ("missing", value, value)
        return (state, *nothing)

    def _is_optional(self, keys: ClassKeys, piece: WorldPiece) -> bool:
        """Extra credit, which nobody has to do: a piece worth 0, a named one, or one of a category on top."""
        extra = keys.categories.get(self.world.categories[piece.category].title, CategoryKeys()).extra_credit
        return piece.worth == piece.lowest or extra is True or (isinstance(extra, tuple) and piece.name in extra)

    def _is_accepted(self, piece: WorldPiece, student: str) -> bool:
        """Whether the school decided that it is left out, for all or for this student."""
        return any(one.piece == piece.name and one.student in ("", student) for one in self.world.accepted)

    def _value(self, keys: ClassKeys, title: str, piece: WorldPiece, result: WorldResult) -> tuple[Fraction, bool]:
        assert result.score is not None
        better = keys.categories.get(title, CategoryKeys()).better or keys.better
        value = piece.worth - result.score if better == "low" else result.score - piece.lowest
        worth = piece.worth - piece.lowest
        after = (result.day - piece.due).days if piece.due is not None else 0
        is_late = bool(result.late)
        if self.world.version == "1.1" and keys.late_by_score_date and not is_late:
            is_late = after > 0
        if is_late and keys.late_percent is not None:
            intervals = max(1, after * (24 if keys.late_interval == "hour" else 1))
            price = intervals * keys.late_percent * worth / 100
            value = max(value - price, min(value, keys.late_floor * worth / 100))
        return value, is_late
