"""The numeric cases as a user would put them: rows of a bundle, and the lines of a policy for that class."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.grades.bundle import Bundle

DATA = Path(__file__).parent / "data"
CASES: dict[str, dict[str, Any]] = {
    case["id"]: case
    for case in json.loads((DATA / "grade_cases.json").read_text(), parse_float=Decimal)["cases"]
}  # fmt: skip
# why a case cannot be put as an extract and a policy; docs/grading.md says the same
NOT_EXPRESSIBLE = {
    "C35": "a line item without a value for its points, and one of 1e50",
    "M02": "a tree of categories, with hidden items",
    "M05": "a tree of categories, with hidden items",
    "N01": "natural weights: an inner value of Moodle",
    "N03": "natural weights: an inner value of Moodle",
    "N04": "natural weights: an inner value of Moodle",
}
HEAD = 'version = "cases"\nmax_percent = 2000\n'


def quoted(values: Any) -> str:
    return "[" + ", ".join(f'"{value}"' for value in values) + "]"


class Case:
    """Adds one case to a bundle; `policy` are the lines of [class."<id>"]."""

    def __init__(self, bundle: Bundle, case: dict[str, Any], compat: str = "") -> None:
        self.bundle, self.case, self.id, self.compat = bundle, case, case["id"], compat
        self.lines: dict[str, list[str]] = {"": [f'compat = "{compat}"']}
        bundle.klass(self.id)
        getattr(self, f"add_{case['kind']}")()

    @property
    def policy(self) -> str:
        parts = []
        for section, lines in self.lines.items():
            parts += [f'[class."{self.id}"{section}]', *lines]
        return "\n".join(parts) + "\n"

    def say(self, section: str, *lines: str) -> None:
        self.lines.setdefault(section, []).extend(lines)

    def items(self, category: str, items: list[dict[str, Any]], rules: dict[str, Any], session: str = "term") -> None:
        self.bundle.category(f"{self.id}-{category}", f"{self.id} {category}")
        for item in items:
            if item.get("unpublished"):
                continue  # a system does not export what students cannot see
            name = f"{self.id}-{item['id']}"
            self.bundle.item(name, self.id, f"{self.id}-{category}", item["possible"], session)
            if item.get("omit"):
                self.say(".omit", f"line_items = {quoted([name])}")
            if item.get("excused"):
                self.bundle.mark(name, None, scoreStatus="exempt")
            elif item.get("pending_review"):
                self.bundle.mark(name, item["score"], scoreStatus="partially graded")
            elif item["score"] is not None:
                self.bundle.mark(name, item["score"])
            elif not self.compat:  # by our rule a blank is 0 only where the source says that it is missing
                self.bundle.mark(name, None, scoreStatus="not submitted")
        for key, value in rules.items():
            text = quoted(f"{self.id}-{i}" for i in value) if isinstance(value, list) else str(value)
            self.say(f'.category."{self.id} {category}"', f"{key} = {text}")

    def add_category(self) -> None:
        self.items("work", self.case["items"], self.case["rules"])

    def add_course(self) -> None:
        weighted = self.case["scheme"] == "percent"
        self.say("", f'aggregate = "{"weighted" if weighted else "points"}"')
        for number, category in enumerate(self.case["categories"]):
            rules = category.get("rules", {}) | {"weight": f'"{category["weight"]}"'}
            self.items(f"part {number}", category["items"], rules)

    def add_grading_periods(self) -> None:
        for number, period in enumerate(self.case["periods"]):
            session = f"{self.id}-{number}"
            self.bundle.session(session, "gradingPeriod", "term")
            self.say(f'.period."{session}"', f'weight = "{period["weight"]}"')
            if period["final"] is None:  # a period without work; its current grade is not asked for
                continue
            # so much more without a mark that the period's final percentage is the one wanted, to two places
            more = (Decimal(period["current"]) * 100 / Decimal(period["final"]) - 100).quantize(Decimal("0.000001"))
            both = [{"id": f"{number}a", "score": period["current"], "possible": 100},
                    {"id": f"{number}b", "score": None, "possible": more}]  # fmt: skip
            self.items(f"period {number}", both, {}, session)

    def add_late_policy(self) -> None:
        said = self.case["input"]
        if said["deduct_percent_per_interval"] is not None:
            self.say(".late", f'percent_per_interval = "{said["deduct_percent_per_interval"]}"',
                     f'interval = "{said["interval"]}"')  # fmt: skip
            if said["floor_percent"] is not None:
                self.say(".late", f'floor_percent = "{said["floor_percent"]}"')
        self.bundle.category(f"{self.id}-work", f"{self.id} work")
        self.bundle.item(f"{self.id}-1", self.id, f"{self.id}-work", said["possible"] or 0, dueDate="2021-09-01")
        day = 1 + said["late_hours"] // 24
        self.bundle.mark(f"{self.id}-1", said["score"], comment="Late", scoreDate=f"2021-09-{day:02}")

    def add_missing_policy(self) -> None:
        self.say(".missing", 'deduct_percent = "100"')
        self.bundle.category(f"{self.id}-work", f"{self.id} work")
        self.bundle.item(f"{self.id}-1", self.id, f"{self.id}-work", self.case["input"]["possible"])
        self.bundle.mark(f"{self.id}-1", None, scoreStatus="not submitted")

    def add_moodle_limits(self) -> None:
        said = self.case["input"]
        names = {"droplow": "drop_lowest", "keephigh": "keep_highest"}
        rules: dict[str, Any] = {names[key]: said[key] for key in names if key in said}
        if "extra_credit_index" in said:
            rules["extra_credit"] = said["extra_credit_index"]
        rules["drop_all"] = '"keep-none"'
        worth = said.get("max", [10] * len(said["grades"]))
        self.items("work", [
            {"id": number, "score": score, "possible": possible}
            for number, (score, possible) in enumerate(zip(said["grades"], worth, strict=True))
        ], rules)  # fmt: skip

    def add_moodle_aggregation(self) -> None:
        said = self.case["input"]
        how = "points" if said["aggregation"] == "sum" else said["aggregation"]
        self.items("work", [
            {"id": number, "score": score, "possible": said["item_max"]} for number, score in enumerate(said["grades"])
        ], {"aggregate": f'"{how}"'})  # fmt: skip

    def add_zero_vs_none(self) -> None:
        marks = [{"id": n, "score": m, "possible": 100} for n, m in enumerate(self.case["input"]["marks_percent"])]
        self.items("work", marks, {"aggregate": '"mean"'})
