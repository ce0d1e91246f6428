"""What a school must decide before grades are true, from docs/grading.md alone; shares no code with termpost."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from tests.grades.oracle import HUNDRED, Opinion, SecondOpinion
from tests.grades.oracle_marks import Judged
from tests.grades.oracle_seats import Line
from tests.grades.world import CategoryKeys, ClassKeys, WorldQuestion

# of a line item that is due from somebody: it has a mark, or is known to lack one, or waits for one
DUE = ("graded", "late", "missing", "missing_marked", "incomplete", "awaits_review", "to_mark")
THERE = (*DUE, "left_out")
Asked = tuple[WorldQuestion, tuple[tuple[str, str], ...]]  # and the lines (class, student) whose grade waits for it


class Questions:
    """The questions of a cycle whose grades are final."""

    def __init__(self, opinion: SecondOpinion, lines: Iterable[Opinion]) -> None:
        self.opinion, self.world = opinion, opinion.world
        self.lines = list(lines)  # of everybody, those who left too
        self.judged = {id(one): opinion.marks.of_line(one.line) for one in self.lines}
        self.waiting = [one for one in self.lines if one.line.left is None]

    def all(self) -> dict[WorldQuestion, int]:
        """Each question that is not decided, with how many grades wait for it."""
        return {question: len({student for _, student in lines}) for question, lines in self._open()}

    def open_lines(self) -> set[tuple[str, str]]:
        """Lines whose grade is to follow."""
        return {line for _, lines in self._open() for line in lines}

    def _open(self) -> Iterator[Asked]:
        for question, lines in (*self._unmarked(), *self._empty(), *self._moves()):
            if question in self.world.accepted:
                continue
            left = tuple(line for line in lines if not self.opinion.is_imported(*line))
            if left:
                yield question, left

    def _unmarked(self) -> Iterator[Asked]:
        of_piece: dict[str, list[tuple[Opinion, Judged]]] = {}
        for line in self.waiting:
            for one in self.judged[id(line)]:
                if one.worth and one.state in DUE:
                    of_piece.setdefault(one.piece.name, []).append((line, one))
        for name, everybody in of_piece.items():
            klass = self.world.pieces[name].klass
            unmarked = [(line.line.klass, line.line.student) for line, one in everybody if one.state == "to_mark"]
            if not unmarked:
                continue
            if 100 * len(unmarked) >= self.world.unmarked_share * len(everybody):
                yield WorldQuestion("unmarked-piece", klass, piece=name), tuple(unmarked)
                continue
            for key in unmarked:
                yield WorldQuestion("unmarked-pupil", klass, piece=name, student=key[1]), (key,)

    def _empty(self) -> Iterator[Asked]:
        for klass, of_class in self.world.classes.items():
            inside = [one for one in self.waiting if one.line.klass == klass]
            there = [
                judged for one in self.lines if one.line.klass == klass and not one.line.came_from
                for judged in self.judged[id(one)]
                if judged.state in THERE and judged.worth and not is_extra(of_class.keys, judged)
            ]  # fmt: skip
            alone = [one for one in inside if not one.line.came_from]
            if not there or not alone:
                continue  # no grade at all, and the report says so
            waits = tuple((klass, one.line.student) for one in inside)
            titles, periods = {one.title for one in there}, {one.piece.session for one in there}
            for title in sorted(set(self._weighed(alone[0], of_class.keys)) - titles):
                yield WorldQuestion("empty-category", klass, part=title), waits
            for period, weight in of_class.keys.periods.items():
                begun = self.world.sessions[period][0] <= self.world.cutoff
                if weight and begun and period not in periods and self.opinion.has_periods(alone[0].line):
                    yield WorldQuestion("empty-period", klass, part=period), waits

    def _weighed(self, one: Opinion, keys: ClassKeys) -> Iterator[str]:
        """Categories by weight; one that only the policy names where those of the class do not fill 100."""
        if not one.is_weighted:
            return
        weights, own = self.opinion.ordinary_weights(one.line, keys), self.opinion.titles(one.line)
        yield from (title for title in weights if title in own)
        if sum((weights[title] for title in weights if title in own), Fraction(0)) < HUNDRED:
            yield from (title for title in weights if title not in own)

    def _moves(self) -> Iterator[Asked]:
        for one in self.waiting:
            for old in one.line.came_from:
                if not self._alike(old, one.line):
                    question = WorldQuestion("move-differs", one.line.klass, student=one.line.student, part=old)
                    yield question, ((one.line.klass, one.line.student),)

    def _alike(self, old: str, line: Line) -> bool:
        """Whether two sections grade by one scale and periods, what both have by the same weights and rules, and what
        only the old one has by what it had there."""
        new = line.klass
        a, b = self.world.classes[old].keys, self.world.classes[new].keys
        ways = [
            (self.opinion.is_weighted_class(klass), keys.scale, list(keys.scale), keys.scale_by, keys.places, keys.mode,
             keys.better, keys.periods)
            for klass, keys in ((old, a), (new, b))
        ]  # fmt: skip
        if ways[0] != ways[1]:
            return False
        after = self.opinion.weights(line, b)
        own = self.opinion.titles_of(new)
        return all(
            a.categories.get(title, CategoryKeys()) == b.categories.get(title, CategoryKeys())
            and self.opinion.weight_of(old, title)
            == (self.opinion.weight_of(new, title) if title in own else after.get(title) or Fraction(0))
            for title in self.opinion.titles_of(old)
        )


def is_extra(keys: ClassKeys, one: Judged) -> bool:
    said = keys.categories.get(one.title, CategoryKeys()).extra_credit
    return isinstance(said, tuple) and one.piece.name in said
