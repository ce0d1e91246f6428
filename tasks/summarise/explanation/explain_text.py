"""The explanation of a grade as a registrar reads it."""

from typing import Any

from rich.console import Console
from rich.table import Table


def show(console: Console, head: dict[str, Any], explained: list[dict[str, Any]]) -> None:
    """Prints one table of line items, and the arithmetic below it, for each session."""
    console.print(f"Student {head['student']}, class {head['class']}, as of {head['as_of']}, policy {head['policy']}")
    for course in explained:
        console.print(_items(course))
        for name in ("current", "final"):
            for line in _arithmetic(name, course):
                console.print(line)
        for category in course["beside"]:
            console.print(f"beside the grades, category {category['category']}: {_result(category)}")
        record = course["of_record"]
        if record["imported_percent"] or record["imported_grade"]:
            said = " ".join(filter(None, (record["imported_percent"], record["imported_grade"])))
            console.print(f"set elsewhere: {said}; printed is the {record['printed']} grade")


def _items(course: dict[str, Any]) -> Table:
    table = Table(title=f"Session {course['session']}", title_justify="left", header_style="bold")
    for column in ("line item", "title", "category", "due", "state", "score", "of", "counts as", "current", "final"):
        table.add_column(column, overflow="fold")
    for item in course["items"]:
        counted = item["counts_as"]
        if item["late_deduction"] != "0":
            counted += f" (late: −{item['late_deduction']} for {item['late_intervals']})"
        table.add_row(
            item["line_item"], item["title"], item["category_title"] or item["category"], item["due"] or "–",
            item["state"].replace("_", " ") + (", late" if item["is_late"] else "")
            + (f"; {item['note']}" if item["note"] else ""), item["score"] or "–",
            item["possible"], counted, item["current"], item["final"],
        )  # fmt: skip
    return table


def _arithmetic(name: str, course: dict[str, Any]) -> list[str]:
    total, lines = course[name], []
    rounding = course["rounding"]
    for part in total["parts"]:
        indent = "  "
        if part["period"] is not None:
            lines.append(f"  {name}, period {part['period']}, weight {part['weight'] or '–'}: {_percent(part)}")
            indent = "    "
        elif part["lifted_from"] is not None:
            lines.append(f"  {name}, the period: {part['lifted_from']} %, lifted to {part['unrounded']} %")
        for category in part["categories"]:
            weight = "" if category["weight"] is None else f", weight {category['weight']}"
            lines.append(f"{indent}{name}, category {category['category']}{weight}: {_result(category)}")
    cut = f"{rounding['mode']} to {rounding['places']} places"
    if course["show_of"] is not None:
        cut += f" of points of {course['show_of']}"
    shown = "no grade" if total["percent"] is None else f"{total['unrounded']} %, {cut}: {total['percent']} %"
    letter = f", letter {total['letter']}" if total.get("letter") else ""
    lines.append(f"{name}: {course['combined']}: {shown}{letter}")
    return lines


def _result(category: dict[str, Any]) -> str:
    how = "" if category["aggregate"] == "points" else f" ({category['aggregate']} of percentages)"
    percent = "no percentage" if category["percent"] is None else f"{category['percent']} %"
    if category["lifted_from"] is not None:
        percent = f"{category['lifted_from']} %, lifted to {percent}"
    return f"{category['points']} of {category['possible']} = {percent}{how}"


def _percent(part: dict[str, Any]) -> str:
    if part["percent"] is None:
        return "no grade"
    lifted = "" if part["lifted_from"] is None else f"{part['lifted_from']} %, lifted to "
    return f"{lifted}{part['unrounded']} %, counted as {part['percent']} %"
