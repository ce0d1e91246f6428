"""Who sat in which class when, from docs/grading.md alone: joining, leaving, moving."""

from dataclasses import dataclass
from datetime import date, timedelta

from tests.grades.world import World, WorldSeat

GRACE = 5  # school days after the day of joining
OVERLAP = 5  # school days in both sections of a move
NEAR_THE_END = 5  # days from the end of a session


def school_days(after: date, until: date) -> int:
    """Mondays to Fridays later than `after` and no later than `until`."""
    days = (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
    return sum(day.weekday() < 5 for day in days)


@dataclass(frozen=True)
class Line:
    """One line of a student's report: a class, the sections they came from, and the last day in it of who left."""

    klass: str
    student: str
    came_from: tuple[str, ...] = ()
    left: date | None = None


class Seats:
    """The seats of a world, asked in the words of the docs."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.by: dict[tuple[str, str], list[WorldSeat]] = {}
        for seat in world.seats:
            if seat.begin is not None and seat.begin > world.cutoff:
                continue  # not known yet on the day the report is of
            self.by.setdefault((seat.klass, seat.student), []).append(seat)
        for seats in self.by.values():
            seats.sort(key=lambda seat: seat.begin or date.min)

    def students(self, klass: str) -> list[str]:
        return [student for name, student in self.by if name == klass]

    def first(self, klass: str, student: str) -> date:
        return self.by[klass, student][0].begin or date.min

    def last(self, klass: str, student: str) -> date:
        """The first day without a seat for good; far away for who still has one."""
        return max(seat.end or date.max for seat in self.by[klass, student])

    def sat_on(self, klass: str, student: str, day: date) -> WorldSeat | None:
        for seat in self.by.get((klass, student), ()):
            if (seat.begin or date.min) <= day < (seat.end or date.max):
                return seat
        return None

    def class_begins(self, klass: str) -> set[date]:
        """Days, later than the session's first, on which two or more, and half of the class or more, came."""
        students = self.students(klass)
        came = [day for student in students for day in self.arrivals(klass, student)]
        return {day for day in came if came.count(day) >= 2 and 2 * came.count(day) >= len(students)}

    def arrivals(self, klass: str, student: str) -> list[date]:
        """Days on which somebody came; a seat that goes on from another is no coming."""
        found: list[date] = []
        until: date | None = None
        for seat in self.by[klass, student]:
            if seat.begin is not None and (until is None or seat.begin > until):
                found.append(seat.begin)
            until = max(until or date.min, seat.end or date.max)
        return found

    def just_joined(self, klass: str, student: str, due: date) -> bool:
        """Whether it was due in the first five school days of somebody who came after the class began."""
        begin = max((day for day in self.arrivals(klass, student) if day <= due), default=None)
        if begin is None or self.sat_on(klass, student, due) is None:
            return False
        starts = self.world.sessions[self.world.classes[klass].session][0]
        if begin <= starts or begin in self.class_begins(klass):
            return False
        return school_days(begin, due) <= GRACE

    def class_ended(self, klass: str, end: date) -> bool:
        """Whether an end is the class ending, so that nobody left."""
        ends = [self.last(klass, student) for student in self.students(klass)]
        if end == max(ends) and ends.count(end) >= 2:
            return True
        over = self.world.sessions[self.world.classes[klass].session][1]
        return abs((end - over).days) <= NEAR_THE_END

    def left(self, klass: str, student: str) -> bool:
        end = self.last(klass, student)
        return end <= self.world.cutoff and not self.class_ended(klass, end)

    def short(self, klass: str, student: str) -> bool:
        """Whether who left did so within the drop window."""
        first, end = self.first(klass, student), self.last(klass, student)
        starts = self.world.sessions[self.world.classes[klass].session][0]
        day = timedelta(days=1)
        return school_days(max(first, starts) - day, end - day) <= self.world.drop_window

    def withdrew(self, klass: str, student: str) -> bool:
        """Whether grades.csv says W."""
        said = self.world.imported.get((klass, student))
        return said is not None and (said.grade == "W" or said.note == "W")

    def same_course(self, one: str, other: str) -> bool:
        a, b = self.world.classes[one].course, self.world.classes[other].course
        return a == b or any({a, b} <= set(group) for group in self.world.course_moves)

    def moved(self, student: str, old: str, new: str) -> date | None:
        """When somebody who left `old` came to `new` of the same course; None: they did not move there."""
        if self.world.merge_sections == "never" or old == new or not self.same_course(old, new):
            return None
        end, day = self.last(old, student), timedelta(days=1)
        if not self.left(old, student) or self.last(new, student) <= end:
            return None
        came = [
            begin
            for begin in self.arrivals(new, student)
            if begin > self.first(old, student) and school_days(begin - day, end - day) <= OVERLAP
        ]
        return min(came, default=None)

    def lines(self, student: str) -> list[Line]:
        """The lines of a report, without those of which nothing is printed."""
        classes = sorted(
            (name for name, who in self.by if who == student), key=lambda name: (self.first(name, student), name)
        )
        into: dict[str, str] = {}  # the section they came to
        for old in classes:
            came = [(day, new) for new in classes if (day := self.moved(student, old, new)) is not None]
            if came:
                into[old] = min(came)[1]

        def target(old: str) -> str:
            return target(into[old]) if old in into else old

        found = []
        for name in classes:
            if name in into:
                continue
            came_from = tuple(
                sorted((old for old in into if target(old) == name), key=lambda old: (self.last(old, student), old))
            )
            left = self.left(name, student)
            if left and self.short(name, student) and not self.withdrew(name, student):
                continue
            last_day = self.last(name, student) - timedelta(days=1) if left else None
            found.append(Line(name, student, came_from, last_day))
        return found
