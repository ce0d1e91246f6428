"""A second opinion on grades: exact fractions, written from docs/grading.md alone; shares no code with termpost."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from tests.grades.oracle_drops import NotDecided, Pool, rate_of
from tests.grades.oracle_marks import Judged, Marks
from tests.grades.oracle_seats import Line, Seats
from tests.grades.world import CategoryKeys, ClassKeys, World

HUNDRED = Fraction(100)
Value = Callable[[Judged], Fraction | None]


@dataclass(frozen=True)
class Total:
    """A percentage before it is rounded, the points that count, and the weight it rests on."""

    percent: Fraction | None
    earned: Fraction
    possible: Fraction
    weighed: Fraction | None = None  # of the weight of categories and periods, what it rests on; None: no weights
    left_out: tuple[str, ...] = ()  # categories with a weight in which nothing counts
    empty: tuple[str, ...] = ()  # periods, likewise


@dataclass(frozen=True)
class Imported:
    """A grade that was set elsewhere, as it is printed."""

    percent: Fraction | None
    letter: str | None


@dataclass(frozen=True)
class Opinion:
    """What the docs say of one line."""

    line: Line
    current: Total
    final: Total
    if_missing: Total | None
    missing: int
    to_mark: int
    is_incomplete: bool
    is_weighted: bool
    has_unweighed: bool = False  # a category with work that has no weight, beside others that have one
    imported: Imported | None = None  # what is printed in place of the final grade

    def printed(self, *, midterm: bool) -> Total:
        return self.current if midterm else self.final


def rounded(value: Fraction, places: int, mode: str) -> Fraction:
    """A percentage as it is printed."""
    scaled = value * 10**places
    whole = scaled.numerator // scaled.denominator
    rest = scaled - whole
    if mode == "half-up":
        whole += rest >= Fraction(1, 2)
    elif mode == "half-even":
        whole += rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2 == 1)
    return Fraction(whole, 10**places)


def letter_of(percent: Fraction | None, keys: ClassKeys) -> str | None:
    if percent is None:
        return None
    seen = rounded(percent, keys.places, keys.mode) if keys.scale_by == "rounded" else percent
    return next((letter for letter, lower in keys.scale.items() if seen >= lower), None)


class SecondOpinion:
    """The grades of a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.seats = Seats(world)
        self.marks = Marks(world, self.seats)

    def all(self) -> dict[tuple[str, str], Opinion | NotDecided]:
        found: dict[tuple[str, str], Opinion | NotDecided] = {}
        for student in sorted({seat.student for seat in self.world.seats}):
            for line in self.seats.lines(student):
                try:
                    found[line.klass, student] = self.of_line(line)
                except NotDecided as why:
                    found[line.klass, student] = why
        return found

    def of_line(self, line: Line) -> Opinion:
        keys = self.world.classes[line.klass].keys
        judged = self.marks.of_line(line)
        missing = [one for one in judged if one.state == "missing"]
        stays_missing = None
        if missing and keys.missing_deduct is None:
            stays_missing = self.course(
                line, keys, judged, lambda one: Fraction(0) if one.state == "missing" else one.current
            )
        return Opinion(
            line,
            self.course(line, keys, judged, lambda one: one.current),
            self.course(line, keys, judged, lambda one: one.final),
            stays_missing,
            sum(one.state.startswith("missing") for one in judged),
            sum(one.state == "to_mark" for one in judged),
            any(one.state == "incomplete" for one in judged),
            self.is_weighted(line, keys),
            self.is_weighted(line, keys)
            and not self.titles(line) <= {t for t, w in self.weights(line, keys).items() if w},
            self.imported(line, keys),
        )

    def is_imported(self, klass: str, student: str) -> bool:
        """Whether a grade that was set elsewhere goes first."""
        said = self.world.imported.get((klass, student))
        if said is None or self.world.classes[klass].keys.grade_of_record != "imported":
            return False
        return said.percent is not None or said.grade is not None or said.note not in ("", "Override")

    def imported(self, line: Line, keys: ClassKeys) -> Imported | None:
        if not self.is_imported(line.klass, line.student):
            return None
        said = self.world.imported[line.klass, line.student]
        code = said.grade or (said.note if said.note != "Override" else "") or None
        if code is None and said.percent is not None and line.left is None:
            code = next((letter for letter, lower in keys.scale.items() if said.percent >= lower), None)
        return Imported(said.percent, code)

    def periods(self, line: Line, keys: ClassKeys) -> dict[str, Fraction]:
        """Periods with a weight that have begun or in which the class has work."""
        work = {piece.session for klass in (*line.came_from, line.klass) for piece in self.marks.pieces.get(klass, ())}
        begun = {name for name in keys.periods if self.world.sessions[name][0] <= self.world.cutoff}
        return {name: weight for name, weight in keys.periods.items() if name in work | begun}

    def of_periods(self, line: Line) -> dict[str, tuple[Total, Total]]:
        """The grading periods of a line, each by itself: current and final."""
        keys, judged = self.world.classes[line.klass].keys, self.marks.of_line(line)
        top = self.world.classes[line.klass].session
        names = set(self.periods(line, keys)) or {one.piece.session for one in judged} - {top}
        found = {}
        for name in names:
            inside = [one for one in judged if one.piece.session == name]
            current, final = (
                self.part(line, keys, inside, of) for of in (lambda one: one.current, lambda one: one.final)
            )
            found[name] = current, final
        return found

    def has_periods(self, line: Line) -> bool:
        return bool(self.periods(line, self.world.classes[line.klass].keys))

    def course(self, line: Line, keys: ClassKeys, judged: list[Judged], value: Value) -> Total:
        """A course: its periods by their weights, or all of it at once."""
        if not keys.periods:
            return self.part(line, keys, judged, value)
        graded: list[tuple[Fraction, Fraction]] = []
        empty, earned, possible = [], Fraction(0), Fraction(0)
        all_weights, rests_on, counted = Fraction(0), Fraction(0), set[str]()
        for period, weight in self.periods(line, keys).items():
            total = self.part(line, keys, [one for one in judged if one.piece.session == period], value)
            if total.percent is not None or self.world.sessions[period][0] <= self.world.cutoff:
                all_weights += weight
            if total.percent is None:
                empty += [period] if weight else []
                continue
            rests_on += weight * (Fraction(1) if total.weighed is None else total.weighed)
            counted |= set(self.ordinary_weights(line, keys)) - set(total.left_out)
            percent = rounded(total.percent, keys.places, keys.mode) if keys.periods_round_first else total.percent
            graded.append((weight, percent))
            earned, possible = earned + total.earned, possible + total.possible
        left_out = set(self.ordinary_weights(line, keys)) - counted if self.is_weighted(line, keys) else set()
        return Total(
            weighed(graded), earned, possible, rests_on / all_weights if all_weights else None,
            tuple(sorted(left_out)), tuple(empty),
        )  # fmt: skip

    def part(self, line: Line, keys: ClassKeys, judged: list[Judged], value: Value) -> Total:
        """All that is graded at once: a period, or a course without periods."""
        pools: dict[str, Pool] = {}
        for one in judged:
            points = value(one)
            if points is not None:
                pools.setdefault(one.title, self.pool(keys, one.title)).add(one, points)
        if self.is_weighted(line, keys):
            return self.by_weight(line, keys, pools)
        on_top = [pool for pool in pools.values() if pool.is_on_top]
        rest = [pool for pool in pools.values() if not pool.is_on_top]
        bonus = sum((pool.all_points for pool in on_top), Fraction(0))
        percent, earned, possible = rate_of(rest, bonus)
        return Total(percent, earned, possible)

    def by_weight(self, line: Line, keys: ClassKeys, pools: dict[str, Pool]) -> Total:
        counted: list[tuple[Fraction, Fraction]] = []
        on_top, lost, earned, possible = Fraction(0), Fraction(0), Fraction(0), Fraction(0)
        empty = []
        for title, weight in self.weights(line, keys).items():
            pool = pools.get(title)
            if pool is None or not weight:
                if weight and pool is None and not self.pool(keys, title).is_on_top:
                    empty.append(title)
                continue
            percent, points, worth = pool.percent()
            earned, possible = earned + points, possible + worth
            if percent is None:
                lost += points
                empty += [title] if not pool.is_on_top and not points else []
            elif pool.is_on_top:
                on_top += weight * percent / 100
            else:
                counted.append((weight, percent))
        base = weighed(counted)
        share = self.share(line, keys, sum((w for w, _ in counted), Fraction(0)))
        if base is None:
            return Total(None, earned, possible, share, tuple(empty))
        # before drops, so that a better mark, by which others are dropped, makes no bonus smaller
        rests_on = sum(
            (pools[title].all_worth for title, w in self.weights(line, keys).items()
             if w and title in pools and not pools[title].is_on_top and pools[title].percent()[0] is not None),
            Fraction(0),
        )  # fmt: skip
        return Total(base + on_top + HUNDRED * lost / rests_on, earned, possible, share, tuple(empty))

    def share(self, line: Line, keys: ClassKeys, counted: Fraction) -> Fraction | None:
        """Of the weight of the categories the class has work in, filled up to 100 by the policy's, what counts."""
        weights, own = self.ordinary_weights(line, keys), self.titles(line)
        mine = sum((weights[title] for title in weights if title in own), Fraction(0))
        more = sum((weights[title] for title in weights if title not in own), Fraction(0))
        full = max(mine, min(HUNDRED, mine + more))
        return min(counted / full, Fraction(1)) if full else None

    def ordinary_weights(self, line: Line, keys: ClassKeys) -> dict[str, Fraction]:
        """Weights other than 0 of categories that are not extra credit."""
        weights = self.weights(line, keys).items()
        return {title: weight for title, weight in weights if weight and not self.pool(keys, title).is_on_top}

    def pool(self, keys: ClassKeys, title: str) -> Pool:
        return Pool(keys.categories.get(title, CategoryKeys()))

    def titles(self, line: Line) -> set[str]:
        """Categories a line has work in."""
        return {title for klass in (*line.came_from, line.klass) for title in self.titles_of(klass)}

    def titles_of(self, klass: str) -> set[str]:
        return {self.world.categories[p.category].title for p in self.marks.pieces.get(klass, ())}

    def weight_of(self, klass: str, title: str) -> Fraction:
        return self.weights(Line(klass, ""), self.world.classes[klass].keys).get(title) or Fraction(0)

    def is_weighted_class(self, klass: str) -> bool:
        return self.is_weighted(Line(klass, ""), self.world.classes[klass].keys)

    def weights(self, line: Line, keys: ClassKeys) -> dict[str, Fraction | None]:
        """By title: of the policy, else of the extract."""
        said: dict[str, Fraction | None] = {}
        for klass in (*line.came_from, line.klass):  # the new section's hold
            own_categories = {p.category for p in self.marks.pieces.get(klass, ())}
            said |= {self.world.categories[name].title: self.world.categories[name].weight for name in own_categories}
        mine = [keys.categories.get(title, CategoryKeys()) for title in said]
        own_weights = [
            (rule.weight if rule.weight is not None else said[title]) or Fraction(0)
            for title, rule in zip(said, mine, strict=True) if rule.extra_credit is not True
        ]  # fmt: skip
        is_full = sum(own_weights, Fraction(0)) >= HUNDRED
        names = set(said) if is_full else set(said) | set(keys.categories)
        found: dict[str, Fraction | None] = {}
        for title in sorted(names):
            own = keys.categories.get(title, CategoryKeys()).weight
            found[title] = own if own is not None else said.get(title)
        return found

    def is_weighted(self, line: Line, keys: ClassKeys) -> bool:
        if keys.aggregate is not None:
            return keys.aggregate == "weighted"
        if line.came_from and self.titles_of(line.klass):  # the new section's rules hold
            return self.is_weighted(Line(line.klass, line.student), keys)
        return any(weight is not None for weight in self.weights(line, keys).values())


def weighed(parts: Iterable[tuple[Fraction, Fraction]]) -> Fraction | None:
    """Percentages by weight; a total below 100 scales up, above 100 it does not scale down."""
    parts = list(parts)
    total = sum((weight for weight, _ in parts), Fraction(0))
    if not total:
        return None
    return sum((weight * percent for weight, percent in parts), Fraction(0)) / min(total, HUNDRED)
