"""Makes up a term: who came, left and moved, what was due, how it was marked, by which policy. Same seed, same term."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import TypeVar

from tests.grades.made_decisions import decide
from tests.grades.world import (
    CategoryKeys,
    ClassKeys,
    World,
    WorldCategory,
    WorldClass,
    WorldPiece,
    WorldResult,
    WorldSeat,
)

T = TypeVar("T")
BEGINS, ENDS, HALF = date(2021, 8, 23), date(2021, 12, 18), date(2021, 10, 16)
TITLES = ("Homework", "Quiz", "Exam", "Project", "Bonus")
SCALES = (
    {"A": "90", "B": "80", "C": "70", "D": "60", "F": "0"},
    {"A": "89.5", "B": "79.95", "C": "66.67", "F": "0"},
    {"Pass": "50", "Fail": "0"},
    {"A+": "97", "A": "93", "A-": "90", "B+": "87", "B": "83", "B-": "80", "C+": "77", "C": "73", "C-": "70", "D": "60",
     "D-": "50", "E+": "45", "E": "40", "E-": "35", "F": "0"},
)  # fmt: skip
LOWEST = (0, 0, 1)
WORTH = ("5", "7", "10", "10", "12.5", "20", "20", "40", "100")


def make_world(seed: int, courses: int = 30) -> World:
    """A term with that many courses of the catalogue, some of them in several sections."""
    world = _Maker(random.Random(seed), courses).world  # noqa: S311 - seeded, and no secret
    decide(world, random.Random(-1 - seed))  # noqa: S311
    return world


class _Maker:
    def __init__(self, rng: random.Random, courses: int) -> None:
        self.rng = rng
        cutoff = rng.choice((date(2021, 10, 8), date(2021, 10, 20), date(2021, 11, 5), date(2021, 12, 3),
                             date(2021, 12, 17), date(2021, 12, 20)))  # fmt: skip
        self.world = World(
            cutoff + timedelta(days=rng.randint(-2, 2)), "1.1" if rng.random() < 0.2 else "1.2",
            {"year": (BEGINS, ENDS, ""), "term": (BEGINS, ENDS, "year"), "p1": (BEGINS, HALF, "term"),
             "p2": (HALF, ENDS, "term")},
            merge_sections="never" if rng.random() < 0.15 else "course", drop_window=rng.choice((15, 15, 15, 10, 0)),
        )  # fmt: skip
        for title in TITLES:  # a policy may name what a class has no work in
            self.world.categories[f"any-{title}"] = WorldCategory(f"any-{title}", title)
        for number in range(courses):
            self.course(number)
        names = [klass.course for klass in self.world.classes.values()]
        groups = [tuple(names[n : n + 2]) for n in range(0, len(names) - 1, 7)]
        self.world.course_moves = tuple(group for group in groups if len(set(group)) == 2)
        for group in self.world.course_moves:
            self.change_course(*group)

    def change_course(self, old: str, new: str) -> None:
        """Somebody goes from one course to another that the policy takes for a move."""
        classes = [
            next(name for name, of in self.world.classes.items() if of.course == course) for course in (old, new)
        ]
        student, middle = f"{classes[0]}-c", self.day(BEGINS + timedelta(days=20), date(2021, 11, 20))
        self.world.seats += [
            WorldSeat(classes[0], student, BEGINS, middle), WorldSeat(classes[1], student, middle, None),
        ]  # fmt: skip
        for piece in [piece for piece in self.world.pieces.values() if piece.klass in classes]:
            result = self.result(piece, student)
            if result is not None:
                self.world.results[piece.name, student] = result

    def chance(self, part: float) -> bool:
        return self.rng.random() < part

    def pick(self, values: Sequence[T]) -> T:
        return self.rng.choice(values)

    def day(self, first: date = BEGINS, last: date = ENDS) -> date:
        """A day from Monday to Friday."""
        for _ in range(9):
            day = first + timedelta(days=self.rng.randrange(max(1, (last - first).days)))
            if day.weekday() < 5:
                break
        return day

    def course(self, number: int) -> None:
        name = f"k{number}"
        sections = 1 if self.chance(0.65) else self.pick((2, 2, 2, 3))
        has_periods = self.chance(0.3)
        titles = self.rng.sample(TITLES[:4], self.rng.randint(1, 3)) + (["Bonus"] if self.chance(0.25) else [])
        said = [Fraction(self.pick(("20", "30", "40", "50", "60"))) if self.chance(0.5) else None]
        keys = self.keys(titles, has_periods=has_periods)
        plan: list[WorldPiece] = []
        classes = [f"{name}-{letter}" for letter in "abc"[:sections]]
        weights = {title: said[0] and said[0] + 5 * place for place, title in enumerate(titles)}
        if self.world.version == "1.1" or (keys.aggregate == "weighted" and self.chance(0.7)):
            weights = dict.fromkeys(titles)
        own = self.chance(0.5)
        for place, klass in enumerate(classes):
            for title in titles:
                category = WorldCategory(f"{klass if own else name}-{title}", title, weights[title])
                self.world.categories[category.name] = category
            self.world.classes[klass] = WorldClass(klass, name, keys)
            plan = self.pieces(klass, plan, titles, keys, own_names=klass if own else name, is_first=place == 0)
        self.fit(keys, classes)
        for klass in classes:
            self.students(klass)
        if sections > 1:
            self.movers(classes)
        for klass in classes:
            self.results(klass)

    def keys(self, titles: list[str], *, has_periods: bool) -> ClassKeys:
        keys = ClassKeys(
            aggregate=self.pick(("weighted", "weighted", "points", None)), places=self.pick((0, 0, 1, 2)),
            mode=self.pick(("half-up", "half-up", "half-even", "down")),
            scale_by=self.pick(("rounded", "rounded", "exact")),
            scale={letter: Fraction(lower) for letter, lower in self.pick(SCALES).items()},
            periods_round_first=self.chance(0.7), better=self.pick(("low", "high")) if self.chance(0.08) else None,
        )  # fmt: skip
        if self.chance(0.3):
            keys.late_percent, keys.late_floor = (
                Fraction(self.pick(("10", "2.5", "25"))),
                Fraction(self.pick((0, 30, 50))),
            )
            keys.late_interval = self.pick(("day", "day", "hour"))
            keys.late_by_score_date = self.chance(0.3)
        if self.chance(0.2):
            keys.missing_deduct = Fraction(self.pick((100, 60, 50)))
        if has_periods:
            keys.periods = {"p1": Fraction(self.pick((40, 50, 60))), "p2": Fraction(self.pick((40, 50, 60)))}
        names = titles + ([self.pick(TITLES[:4])] if self.chance(0.2) else [])
        weights = self.pick(((40, 60, 20, 10, 5), (50, 30, 20, 10, 5), (10, 15, 20, 30, 5), (60, 60, 30, 30, 10)))
        weighs = keys.aggregate == "weighted" or (keys.aggregate is None and self.chance(0.3))
        for title, weight in zip(dict.fromkeys(names), weights, strict=False):
            rule = keys.categories[title] = CategoryKeys()
            if weighs:
                rule.weight = None if self.chance(0.04) and keys.aggregate else Fraction(weight)
            if title == "Bonus" and self.chance(0.6) and (rule.weight or not weighs):
                rule.extra_credit = True
                continue
            self.rule(rule, averages=keys.aggregate == "weighted")
        return keys

    def rule(self, rule: CategoryKeys, *, averages: bool) -> None:
        """Drops, an average and the better end of a category."""
        if self.chance(0.35):
            rule.drop_lowest, rule.drop_highest = self.pick(((1, 0), (1, 0), (2, 0), (0, 1), (1, 1), (3, 0)))
            rule.drop_all = self.pick(("keep-one", "keep-one", "keep-none"))
        elif self.chance(0.1):
            rule.keep_highest = self.pick((1, 2, 3))
        if averages and self.chance(0.25):
            rule.aggregate = self.pick(("mean", "mean", "median", "lowest", "highest"))
        if self.chance(0.05):
            rule.better = self.pick(("low", "high"))

    def pieces(
        self, klass: str, plan: list[WorldPiece], titles: list[str], keys: ClassKeys, *, own_names: str, is_first: bool
    ) -> list[WorldPiece]:
        """Line items of a section; another section of the course has most of them too."""
        count = self.rng.randint(3, 9)
        found = []
        for number in range(count):
            title = self.pick(titles)
            worth, lowest = (Fraction("0") if self.chance(0.08) else Fraction(self.pick(WORTH))), Fraction(0)
            if keys.categories[title].aggregate != "points":
                worth = worth or Fraction(10)
            if keys.better or keys.categories[title].better:  # else the check asks which end is the better one
                worth, lowest = Fraction(self.pick((5, 6))), Fraction(self.pick(LOWEST))
            due = None if self.chance(0.06) else self.day()
            piece = WorldPiece(
                f"{klass}-{number}", klass, f"Task {number}", f"{own_names}-{title}", "", due, worth, lowest
            )
            if not is_first and number < len(plan) and self.chance(0.8):
                twin = plan[number]
                category = f"{own_names}-{self.world.categories[twin.category].title}"
                due = twin.due if self.chance(0.7) else piece.due
                piece = WorldPiece(piece.name, klass, twin.title, category, "", due, twin.worth, twin.lowest)
            if keys.periods or self.chance(0.3):
                session = "p1" if (piece.due < HALF if piece.due else self.chance(0.5)) else "p2"
            else:
                session = "term"
            found.append(WorldPiece(piece.name, klass, piece.title, piece.category, session, piece.due, piece.worth,
                                    piece.lowest))  # fmt: skip
        self.world.pieces |= {piece.name: piece for piece in found}
        return plan or found

    def fit(self, keys: ClassKeys, classes: list[str]) -> None:
        """Rules that name line items."""
        pieces = [piece for piece in self.world.pieces.values() if piece.klass in classes]
        for title, rule in keys.categories.items():
            inside = [p.name for p in pieces if self.world.categories[p.category].title == title]
            if inside and not rule.extra_credit and self.chance(0.15):
                rule.never_drop = tuple(self.rng.sample(inside, 1))
            elif inside and rule.aggregate in ("points", "mean") and rule.extra_credit == () and self.chance(0.1):
                rule.extra_credit = tuple(self.rng.sample(inside, 1))
        if self.chance(0.1):
            keys.omit = (self.pick(pieces).name,)

    def students(self, klass: str) -> None:
        count = self.rng.randint(2, 5)
        started = self.day(BEGINS, date(2021, 9, 10)) if self.chance(0.1) else BEGINS
        ended = self.day(date(2021, 10, 1), ENDS) if self.chance(0.1) else None
        for number in range(count):
            student = f"{klass}-s{number}"
            for begin, end in self.history(started, ended):
                self.world.seats.append(WorldSeat(klass, student, begin, end))

    def history(self, started: date, ended: date | None) -> list[tuple[date | None, date | None]]:  # noqa: PLR0911 - one for each kind
        kind = self.rng.random()
        day = timedelta(days=1)
        if kind < 0.45:
            return [(started if self.chance(0.9) else None, ended)]
        if kind < 0.6:
            return [(self.day(), ended and max(ended, ENDS))]
        if kind < 0.72:
            return [(started, self.day(started + day))]
        if kind < 0.78:
            begin = self.day()
            return [(begin, begin + self.rng.randint(1, 40) * day)]
        if kind < 0.81:
            middle = self.day(started + day)
            return [(started, middle), (middle, ended and max(ended, middle + day))]
        if kind < 0.88:
            end = self.day(started + day, date(2021, 11, 20))
            again = end + self.rng.randint(0, 30) * day
            return [(started, end), (again, None)]
        if kind < 0.94:
            return [(started, ENDS + self.rng.randint(-8, 8) * day)]
        begin = BEGINS - 7 * day
        return [(begin, None)]

    def movers(self, classes: list[str]) -> None:
        day = timedelta(days=1)
        for number in range(self.rng.randint(1, 4)):
            student = f"{classes[0]}-m{number}"
            order = self.rng.sample(classes, len(classes) if self.chance(0.3) else 2)
            if self.chance(0.12):
                order.append(order[0])  # and back again
            last = BEGINS
            begin: date | None = BEGINS if self.chance(0.8) else self.day(BEGINS, date(2021, 9, 20))
            for place, klass in enumerate(order):
                end = (
                    None
                    if place == len(order) - 1
                    else self.day(max(begin or BEGINS, last) + 2 * day, date(2021, 12, 10))
                )
                if place == len(order) - 1 and self.chance(0.15):
                    end = self.day(max(begin or BEGINS, last) + day, ENDS)
                if (end is None or (end - (begin or BEGINS)).days > 9) and self.chance(0.15):  # one seat after another
                    middle = (begin or BEGINS) + self.rng.randint(1, 9) * day
                    self.world.seats.append(WorldSeat(klass, student, begin, middle))
                    begin = middle
                self.world.seats.append(WorldSeat(klass, student, begin, end))
                if end is not None:
                    last = end
                    begin = max(end + self.pick((0, 0, 0, 1, 3, 10, -2, -7, -9)) * day, (begin or BEGINS) + day)
                if self.chance(0.07):
                    begin = BEGINS

    def results(self, klass: str) -> None:
        students = sorted({seat.student for seat in self.world.seats if seat.klass == klass})
        for piece in [piece for piece in self.world.pieces.values() if piece.klass == klass]:
            for student in students:
                result = self.result(piece, student)
                if result is not None:
                    self.world.results[piece.name, student] = result

    def result(self, piece: WorldPiece, student: str) -> WorldResult | None:  # noqa: PLR0911 - one for each kind
        due = piece.due or self.day()
        day = due + timedelta(days=self.pick((0, 0, 1, 2, 3, 8)))
        if day > self.world.cutoff and self.chance(0.7):
            day = self.day(BEGINS, self.world.cutoff)
        flags = self.world.version == "1.2"
        top = piece.worth or Fraction(5)
        score = top if self.chance(0.1) else piece.lowest + (top - piece.lowest) * self.rng.randint(0, 40) / 40
        if self.chance(0.06):
            score = piece.lowest
        late = self.chance(0.12)
        kind = self.rng.random()
        if kind < 0.12 or (due > self.world.cutoff and self.chance(0.7)):
            return None
        if kind < 0.18:
            return WorldResult(piece.name, student, "submitted", None, day)
        if kind < 0.26:
            return WorldResult(piece.name, student, "not submitted", None, day, is_missing=flags and self.chance(0.5))
        if kind < 0.29 and flags:
            return WorldResult(piece.name, student, "fully graded", score, day, is_missing=True)
        if kind < 0.33:
            return WorldResult(piece.name, student, "exempt", None, day)
        if kind < 0.37:
            return WorldResult(piece.name, student, "partially graded", score, day, late=late)
        if kind < 0.4 and flags:
            blank = self.chance(0.3)
            status = "submitted" if blank else "fully graded"
            return WorldResult(piece.name, student, status, None if blank else score, day, is_incomplete=True)
        return WorldResult(piece.name, student, "fully graded", score, day, late=late)
