"""Memory layout of the marks of plain classes: many courses as one long row of cells, one for each line item."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import duckdb
import numpy as np
import numpy.typing as npt
from termpost.tasks.summarise.course_grade import CourseRules
from termpost.tasks.summarise.mark_states import INCOMPLETE
from termpost.tasks.summarise.rules import RuleScope

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
STATE, LATE, HAS_SCORE = 15, 16, 1 << 21  # bits of a mark
SCORE_FROM = 22  # the bit from which on the score lies, in millionths of a point


@dataclass(frozen=True)
class Kinds:
    """Sets of rules, each of which many classes share, and their categories one after the other."""

    rules: list[CourseRules]
    first: Ints  # rules → its first category; one more at the end
    categories: list[tuple[CourseRules, str]]  # in the order of names within each

    @cached_property
    def drops(self) -> dict[tuple[int, int, bool], Bools]:
        """Lowest to drop (below 0: highest to keep), highest to drop, whether one is left → which categories."""
        found: dict[tuple[int, int, bool], Bools] = {}
        for place, (one, category) in enumerate(self.categories):
            rule = one.rules[category]
            if rule.drop_lowest or rule.drop_highest or rule.keep_highest:
                low = -rule.keep_highest if rule.keep_highest > 0 else rule.drop_lowest
                key = (low, rule.drop_highest, rule.drop_all == "keep-one")
                found.setdefault(key, np.zeros(len(self.categories), dtype=np.bool_))[place] = True
        return found

    @cached_property
    def weights(self) -> Ints:
        """Category → hundredths of a per cent."""
        weights = [one.weights.get(category) or Decimal(0) for one, category in self.categories]
        return np.array([int(weight * 100) for weight in weights], dtype=np.int64)

    @cached_property
    def is_weighted(self) -> Bools:
        """Rules → whether categories count by weight."""
        return np.array([one.weighted for one in self.rules], dtype=np.bool_)

    @cached_property
    def letters(self) -> list[str]:
        """Every letter that a course may show."""
        return sorted({INCOMPLETE, *(name for one in self.rules for name in one.policy.scale)})

    @cached_property
    def letter_codes(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.letters, 1)}


@dataclass(frozen=True)
class Scopes:
    """The plain classes, by their number in the table plain_scope."""

    kinds: Kinds
    kind: Ints  # scope → place in kinds.rules
    first_item: Ints  # scope → its first line item; one more at the end
    first_part: Ints  # scope → its first category; one more at the end
    part_length: Ints  # category of a scope → line items
    worth: Ints  # line item → millionths of a point
    without: Ints  # line item → state of a mark that is not there

    @cached_property
    def unit(self) -> int:
        """What divides the points of all line items; 0 where all are worth nothing."""
        return int(np.gcd.reduce(self.worth, initial=0))


@dataclass(frozen=True)
class CellLayout:
    """Some courses of students. A part is one category of one course; cells of a part lie together."""

    kinds: Kinds
    kind_of: Ints  # course → place in kinds.rules
    first_part: Ints  # course → its first part; one more at the end
    part_kind: Ints  # part → place in kinds.categories
    first_cell: Ints  # part → its first cell; one more at the end


@dataclass(frozen=True)
class Cells:
    """The marks of the courses of a layout, a number for each cell."""

    course_cell: Ints  # course → its first cell; one more at the end
    packed: Ints  # as plain_marks.sql packs a mark; without one the state alone
    possible: Ints  # millionths of a point


@dataclass(frozen=True)
class Rounded:
    """Percentages in millionths, as the policy prints them; `there` is false where there is no grade."""

    millionths: Ints
    there: Bools


def starts(lengths: Ints) -> Ints:
    """Where each of some stretches begins, and where the last ends."""
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])


def repeated(first: Ints, lengths: Ints) -> Ints:
    """first[0], first[0] + 1, … for each length, one after the other."""
    begins = starts(lengths)
    return np.arange(begins[-1], dtype=np.int64) - np.repeat(begins[:-1] - first, lengths)


def read_scopes(lake: duckdb.DuckDBPyConnection, rules: Mapping[RuleScope, CourseRules]) -> Scopes:
    """The plain classes with their line items, from the tables that plain_marks.sql makes."""
    scopes = lake.execute("SELECT class_id, session_id FROM plain_scope ORDER BY scope_no").fetchall()
    place: dict[int, int] = {}
    own: list[CourseRules] = []
    kind = np.zeros(len(scopes), dtype=np.int64)
    for at, (class_id, session_id) in enumerate(scopes):
        found = rules[class_id, session_id]
        if id(found) not in place:
            place[id(found)] = len(own)
            own.append(found)
        kind[at] = place[id(found)]
    in_kind = np.array([len(one.rules) for one in own], dtype=np.int64)
    kinds = Kinds(own, starts(in_kind), [(one, name) for one in own for name in sorted(one.rules)])
    items = lake.execute("SELECT scope_no, possible, state FROM plain_item ORDER BY scope_no, position").fetchnumpy()
    parts = lake.execute(
        "SELECT count(*) AS n FROM plain_item GROUP BY scope_no, category ORDER BY scope_no, category"
    ).fetchnumpy()
    of_scope = np.bincount(np.asarray(items["scope_no"], dtype=np.int64), minlength=len(scopes))
    return Scopes(
        kinds, kind, starts(of_scope), starts(in_kind[kind]) if own else np.zeros(1, dtype=np.int64),
        np.asarray(parts["n"], dtype=np.int64), np.asarray(items["possible"], dtype=np.int64),
        np.asarray(items["state"], dtype=np.int64),
    )  # fmt: skip


def lay_out(scopes: Scopes, scope: Ints, taken: Ints, marks: Ints) -> tuple[CellLayout, Cells]:
    """The cells of some courses.

    Args:
        scope: course → place in `scopes`.
        taken: course → how many marks of `marks` are its own, one course after the other.
        marks: as plain_marks.sql packs them.
    """
    width = scopes.first_item[scope + 1] - scopes.first_item[scope]
    course_cell = starts(width)
    item = repeated(scopes.first_item[scope], width)
    cell = np.repeat(course_cell[:-1], taken) + ((marks >> 5) & 0xFFFF)
    packed = scopes.without[item]
    packed[cell] = marks
    cells = Cells(course_cell, packed, scopes.worth[item])

    kind = scopes.kind[scope]
    parts = scopes.first_part[scope + 1] - scopes.first_part[scope]
    layout = CellLayout(
        scopes.kinds, kind, starts(parts), repeated(scopes.kinds.first[kind], parts),
        starts(scopes.part_length[repeated(scopes.first_part[scope], parts)]),
    )  # fmt: skip
    return layout, cells
