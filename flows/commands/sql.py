"""`sql`: read-only queries of the history."""

from collections.abc import Sequence

import click
from termpost.flows.commands.options import common, say
from termpost.schemas.base.errors import InputError
from termpost.tasks.analysis.history import open_history
from termpost.tasks.analysis.query import ask, select
from termpost.tasks.analysis.view_catalog import questions, views
from termpost.tasks.home.home import Home


@click.command()
@click.argument("query", metavar="[QUERY]", required=False)
@click.option("--question", metavar="NAME", help="Answer a named question instead.")
@click.option("--questions", "list_questions", is_flag=True, help="List the named questions.")
@click.option("--columns", "list_columns", is_flag=True, help="List every column of the analysts' views.")
@common()
def sql(
    query: str | None, question: str | None, list_questions: bool, list_columns: bool, home: Home, as_json: bool
) -> None:
    """Read-only SQL on the history, also while a flow writes; with --as-of, as it was known then.

    People stand there under a reference of the analysts' own, without names.

    \b
    Example: termpost sql "SELECT subject, count(*) FROM course_grade GROUP BY ALL" --home school
    As it was known then: termpost sql "FROM school_cycle" --as-of 2021-12-17 --home school
    A named question: termpost sql --question students_recovered --home school
    """
    if sum((query is not None, question is not None, list_questions, list_columns)) != 1:
        raise InputError("bad-query", "one thing is answered at a time", "sql",
                         "give a query, or --question NAME, or --questions, or --columns")  # fmt: skip
    columns: list[str]
    rows: Sequence[Sequence[object]]
    if list_questions:
        columns, rows = ["question", "answers"], [(q.name, q.meaning) for q in questions().values()]
    elif list_columns:
        columns, rows = ["view", "column", "meaning"], [(v.name, *column) for v in views() for column in v.columns]
    else:
        with open_history(home) as history:
            columns, rows = ask(history, question) if question is not None else select(history, query or "")
    value = [dict(zip(columns, row, strict=True)) for row in rows]
    say(as_json, value, "", columns, rows)


COMMAND = sql
