"""`schedule`: the distribution schedule."""

import click
from termpost.flows.commands.options import common, say
from termpost.tasks.documents.words.school_words import words_of_home
from termpost.tasks.home.home import Home
from termpost.tasks.papers.paper_languages import paper_languages
from termpost.tasks.papers.schedule import in_order, make_schedule_calendar, make_schedule_page


@click.command()
@click.option("--format", "form", type=click.Choice(("table", "ics", "html")), default="table", show_default=True,
              help="A table; events for calendar programs (RFC 5545); a page for the school's site.")  # fmt: skip
@click.option("--language", metavar="TAG", help="Of the events and the page: one that the school offers (BCP 47).")
@common()
def schedule(form: str, language: str | None, home: Home, as_json: bool) -> None:
    """The distribution schedule: every cycle of calendar.toml with its cut-off, release and last day for questions.

    It goes to standard output. On paper it is `termpost paper schedule`.

    \b
    Example: termpost schedule --format ics --home school > schedule.ics
    """
    (spoken,) = paper_languages(home.settings.institution.languages, language, all_of_them=False)
    if language and (form == "table" or as_json):
        raise click.UsageError("--language goes with --format html or ics: the table is for the office, in English.")
    if form == "ics" and not as_json:
        # as bytes: its lines end in CRLF everywhere
        click.echo(make_schedule_calendar(home.settings, home.calendar, home.clock.today(), spoken), nl=False)
    elif form == "html" and not as_json:
        click.echo(make_schedule_page(home.settings, home.calendar, spoken, words_of_home(home.path, (spoken,))))
    else:
        value = [
            {
                "cycle": cycle.id, "kind": cycle.kind, "cutoff": cycle.cutoff, "release": cycle.release,
                "query_until": cycle.query_until,
            }
            for cycle in in_order(home.calendar)
        ]  # fmt: skip
        columns = ("cycle", "kind", "cut-off", "release", "questions until")
        say(as_json, value, "Distribution schedule", columns, [tuple(row.values()) for row in value])


COMMAND = schedule
