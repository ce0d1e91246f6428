"""`grades`: what a policy makes of an extract, and how each grade came about. Writes nothing and needs no home."""

import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import click
import duckdb
from termpost.flows.commands.loaded_extract import loaded_extract
from termpost.flows.commands.options import common, console, say_json, say_table
from termpost.flows.commands.without_home import (
    own_rules_of,
    say_what_the_policy_lacks,
    timezone_of,
    timezone_option,
)
from termpost.schemas.base.clock import day_of
from termpost.schemas.base.counted import counted
from termpost.schemas.base.refs import ExtractId
from termpost.schemas.base.shipped import STARTER
from termpost.schemas.documents.findings import Findings
from termpost.schemas.settings.grading import GradingPolicy, load_grading
from termpost.schemas.settings.overweight import overweight
from termpost.tasks.summarise.explanation.explain_text import show
from termpost.tasks.summarise.format_numbers import plain, written


@click.command()
@click.argument("extract", metavar="EXTRACT")
@click.option(
    "--policy", "policy_path", metavar="FILE", help="A grading policy; without it the one that `init` writes."
)
@click.option("--explain", nargs=2, metavar="STUDENT CLASS", help="How one grade came about, line by line.")
@timezone_option
@common(home=False, as_of_text=True, home_text=True)
def grades(
    extract: str, policy_path: str | None, explain: tuple[str, str] | None, home: None, as_json: bool,  # noqa: ARG001
    as_of: str | None, timezone: str | None, home_path: str,
) -> None:  # fmt: skip
    """Computes the grades of an extract; writes nothing and needs no home. Marks after --as-of do not count.

    \b
    Example: termpost grades gradebook.zip --policy grading.toml --explain 604822 123456780
    """
    from termpost.tasks.summarise.of_extract import prepare_extract  # noqa: PLC0415 - the check stage is slow to import

    cutoff = day_of(as_of)
    policy = _policy(policy_path)
    own, zone = own_rules_of(home_path), timezone_of(timezone, home_path)
    with loaded_extract(extract, policy, cutoff, zone, own, "grades", home_path) as (lake, findings):
        _say_what_does_not_count(findings)
        say_what_the_policy_lacks(findings)
        for said in overweight(policy):
            click.echo(f"termpost: {said}", err=True)
        extract_id = ExtractId(findings.extract_id)
        rules = prepare_extract(lake, extract_id, policy, cutoff)
        head = {"policy": policy.content_version, "as_of": cutoff.isoformat()}
        if explain:
            from termpost.tasks.summarise.explanation.explain import explain_course  # noqa: PLC0415

            head |= {"student": explain[0], "class": explain[1]}
            explained = explain_course(lake, extract_id, rules, *explain)
            if as_json:
                say_json(head | {"explained": explained})
            else:
                show(console(), head, explained)
            return
        value = head | _all_grades(lake, extract_id, rules)
    if as_json:
        say_json(value)
    else:
        _show(value)


def _policy(path: str | None) -> GradingPolicy:
    if path is not None:
        return load_grading(Path(path), os.environ)
    policy = load_grading(STARTER / "grading.toml", os.environ)
    # how categories are combined is left to the extract: by their weights where it has any (OneRoster 1.2)
    rules = policy.model_dump(by_alias=True, exclude_unset=True, exclude={"aggregate"})
    return GradingPolicy.model_validate(rules)


def _say_what_does_not_count(findings: Findings) -> None:
    if count := findings.quarantined:
        rows = counted(count, "row does", "rows do")
        held = len(findings.held_students)
        students = f", which would hold {counted(held, 'student')}" if held else ""
        click.echo(f"termpost: {rows} not count, quarantined by the check{students}: see `termpost check`", err=True)


def _all_grades(lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, rules: Any) -> dict[str, Any]:
    from termpost.tasks.summarise.breakdown.category_rows import category_rows  # noqa: PLC0415
    from termpost.tasks.summarise.grade_of_record import imported_grades, imported_of, of_record  # noqa: PLC0415
    from termpost.tasks.summarise.grades import grade_all, grade_periods  # noqa: PLC0415

    imported = imported_grades(lake, extract_id)
    printed = [
        of_record(
            g, imported_of(imported, g.person_ref, g.class_id, g.session_id), rules[g.line_id, g.session_id].policy
        )[0]
        for g in grade_all(lake, rules)
    ]
    courses = [
        {
            "student": g.person_ref, "class": g.class_id, "session": g.session_id or None,
            "current": written(g.current), "letter": g.letter, "current_letter": g.current_letter,
            "final": written(g.final) if g.source == "computed" or g.final is None else plain(Fraction(g.final)),
            "current_points": plain(g.totals.current.earned), "current_possible": plain(g.totals.current.possible),
            "final_points": plain(g.totals.final.earned), "final_possible": plain(g.totals.final.possible),
            "if_missing": written(g.if_missing), "missing": g.counts[1], "to_mark": g.counts[4],
            "left": g.left_date and g.left_date.isoformat(), "moved_from": g.moved_from,
            "beside": [
                {name: row[name] for name in ("category", "percent", "word")}
                for row in category_rows(g, "midterm", rules[g.line_id, g.session_id], graded=False)
            ],
        }
        for g in printed
    ]  # fmt: skip
    periods = [
        {
            "student": p.person_ref, "class": p.class_id, "session": p.session_id,
            "current": written(p.current), "final": written(p.final),
        }
        for p in grade_periods(lake, rules)
    ]  # fmt: skip
    return {"courses": courses, "periods": periods}


def _show(value: dict[str, Any]) -> None:
    columns = ("student", "class", "session", "current", "final", "letter", "to mark", "left")
    rows = [[course[c.replace(" ", "_")] or None for c in columns] for course in value["courses"]]
    say_table(f"Grades as of {value['as_of']}, policy {value['policy']}", columns, rows)


COMMAND = grades
