"""One class of a few students, graded by a policy as it stands in grading.toml."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import ExtractId
from termpost.schemas.settings.grading import GradingPolicy, load_grading
from termpost.tasks.summarise.explanation.explain import explain_course
from termpost.tasks.summarise.grades import Grade, grade_all
from termpost.tasks.summarise.of_extract import prepare_extract

from tests.tasks.summarise.small_lake import AUTUMN, SmallLake

X = ExtractId("x")
HEAD = 'version = "t"\nscale = { A = "90", F = "0" }\nrounding = { places = 4 }\n'


@dataclass
class OneClass:
    """Class `c` of the course `k`; a category's id is its title in small letters."""

    small: SmallLake = field(default_factory=SmallLake)
    categories: tuple[str, ...] = ("Homework", "Test")

    def __post_init__(self) -> None:
        self.small.extract(X)
        for title in self.categories:
            self.small.insert("core_category", X, category_id=title.lower(), title=title)
        self.small.course(X, "c", course_id="k")
        self.small.seat(X, "s", "c")

    def piece(self, item: str, category: str, possible: str, score: str | None = None, **how: Any) -> None:
        """A piece of work of class `c`, with a mark of the student `s` where a score is given."""
        columns = {name: how.pop(name) for name in ("title", "due_date", "session_id", "class_id") if name in how}
        class_id = columns.pop("class_id", "c")
        self.small.item(X, item, class_id, possible, category_id=category.lower(), **columns)
        if score is not None or how:
            self.small.mark(X, item, "s", score, **how)

    def grade(self, rules: str = "", student: str = "s") -> Grade:
        """The grade in class `c` by a policy of these lines."""
        found = prepare_extract(self.small.lake, X, policy(rules), AUTUMN)
        (grade,) = (g for g in grade_all(self.small.lake, found) if g.person_ref == student and g.class_id == "c")
        return grade

    def percents(self, rules: str = "", student: str = "s") -> tuple[str | None, str | None]:
        """The current and the final percentage, without trailing zeros."""
        grade = self.grade(rules, student)
        current, final = (None if p is None else f"{p.normalize():f}" for p in (grade.current, grade.final))
        return current, final

    def explained(self, rules: str = "", student: str = "s") -> dict[str, Any]:
        """What `termpost grades --explain` has of it."""
        found = prepare_extract(self.small.lake, X, policy(rules), AUTUMN)
        (course,) = explain_course(self.small.lake, X, found, student, "c")
        return course

    def roles(self, rules: str = "", total: str = "current") -> dict[str, str]:
        """Line item → how it counts."""
        return {item["line_item"]: item[total] for item in self.explained(rules)["items"]}

    def refused(self, folder: Path, rules: str) -> InputError:
        """The error of a policy in a file, as `prepare` raises it."""
        (folder / "grading.toml").write_text(HEAD + rules)
        with pytest.raises(InputError) as caught:
            prepare_extract(self.small.lake, X, load_grading(folder / "grading.toml", {}), AUTUMN)
        return caught.value


def policy(rules: str) -> GradingPolicy:
    """A policy of these lines."""
    return GradingPolicy.model_validate(tomllib.loads(HEAD + rules))
