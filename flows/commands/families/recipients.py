"""`recipients`: who would get what, who would not, whom nothing reaches, and who turns full age soon."""

import click
from termpost.flows.commands.options import common, say, school_option
from termpost.flows.commands.source_ids import ExtractPeople
from termpost.schemas.base.channel_name import BRINGS_CODE
from termpost.schemas.base.counted import counted
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.parcel import Parcel, Plan
from termpost.schemas.log.code_counters import CodeHoldings
from termpost.schemas.log.cycle_state import NO_RECIPIENT
from termpost.schemas.log.questions import QUESTION_KINDS, OpenQuestions, RightsQuestion
from termpost.tasks.channels.print.channel import envelope_size
from termpost.tasks.distribute.plan import make_plan
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.rights import coming_of_age as grown
from termpost.tasks.stage.lateness import said_until
from termpost.tasks.stage.manifests import of_school, read_prepared, refuse_unknown_school

COLUMNS = (
    "student",
    "contact",
    "allowed",
    "rule",
    "channel",
    "language",
    "envelope",
    "notice",
    "letter",
    "code",
    "insert",
    "question",
    "due",
)


@click.command()
@click.option("--cycle", "cycle_id", metavar="ID", required=True, help="A cycle of calendar.toml.")
@click.option("--turning-of-age", is_flag=True, help="Only a list of the students who turn full age within 60 days.")
@school_option
@common()
def recipients(cycle_id: str, turning_of_age: bool, school: str | None, home: Home, as_json: bool) -> None:
    """Who would get what, by which channel and rule; also who would not, and whom nothing reaches. Sends nothing.

    \b
    Example: termpost recipients --cycle 2021-fall-final --home school
             termpost recipients --cycle 2021-fall-final --turning-of-age --home school
    """
    home.calendar.cycle(cycle_id)
    refuse_unknown_school(home, school, cycle_id)
    if turning_of_age:
        _turning(home, cycle_id, school, as_json)
        return
    with open_lake(home.lake) as lake:
        plan = make_plan(home, lake, cycle_id, None, of_school(read_prepared(home, cycle_id), school))
    value = recipient_rows(home, plan, ExtractPeople(home, plan.extract_id))
    rows = [(*list(v.values())[:-2], "yes" if v["question"] else "", v["due"] or "") for v in value]
    say(as_json, value, f"Recipients of {cycle_id} on {plan.day}", COLUMNS, rows)
    if not as_json:
        _count(plan)
        click.echo(f"Released today, families may ask until {said_until(home, plan.day, cycle_id)}.")


def recipient_rows(home: Home, plan: Plan, people: ExtractPeople) -> list[dict[str, object]]:
    """A row per student and contact, and one without a contact for each student whose report reaches nobody."""
    parcels = {parcel.recipient: parcel for parcel in plan.parcels}
    waiting = {(d.student, d.recipient): d.rule for d in plan.notices if d.channel == BRINGS_CODE}
    since = OpenQuestions.fold(home.log.entries(*QUESTION_KINDS))
    holdings = CodeHoldings(home.standing())

    def due(student: str, recipient: str, rule: str) -> str:
        return since.clock(RightsQuestion(student, recipient, rule), home.clocks, plan.day).due.isoformat()

    rows: list[dict[str, object]] = []
    for decision in plan.decisions:
        parcel = parcels.get(decision.recipient) if decision.allowed else None
        own = decision.recipient == decision.student
        rows.append(
            {
                "student": people.student_id(decision.student),
                "contact": "student" if own else people.contact_id(decision.recipient),
                "allowed": decision.allowed,
                "rule": decision.rule,
                "channel": parcel.channels[0] if parcel else None,
                "language": parcel.language if parcel else None,
                "envelope": envelope_size(home, parcel),
                "notice": parcel.notice_rule if parcel else None,
                "letter": waiting.get((decision.student, decision.recipient)) if parcel else None,
                "code": holdings.of(decision.recipient).state if parcel else None,
                "insert": _has_insert(parcel, decision.student) if parcel else None,
                "question": decision.question,
                "due": due(decision.student, decision.recipient, decision.rule) if decision.question else None,
            }
        )
    nobody: dict[str, object] = dict.fromkeys(COLUMNS) | {"allowed": False, "rule": NO_RECIPIENT, "question": True}
    return rows + [
        nobody | {"student": people.student_id(student), "due": due(student, student, NO_RECIPIENT)}
        for student in plan.unreachable
    ]


def _has_insert(parcel: Parcel, student: str) -> bool:
    """Whether a document of the student's individual plan goes along to this recipient."""
    return any(one.student == student and one.insert(parcel.language) is not None for one in parcel.reports)


def _count(plan: Plan) -> None:
    refused = sum(not decision.allowed for decision in plan.decisions)
    asked = sum(decision.question for decision in plan.decisions)
    click.echo(
        f"{len(plan.decisions) - refused} would get a report, {refused} would not; "
        f"{counted(asked, 'question')} for the office; "
        f"{counted(len(plan.unreachable), 'report reaches', 'reports reach')} nobody."
    )


def _turning(home: Home, cycle_id: str, school: str | None, as_json: bool) -> None:
    day = home.today
    value = []
    for prepared in of_school(read_prepared(home, cycle_id), school):
        people, here = ExtractPeople(home, prepared.extract_id), {report.student for report in prepared.reports}
        students = {PersonRef(ref): who for ref, who in people.students.items() if ref in here}
        value += [
            {
                "student": students[turning.student].id,
                "on": turning.on.isoformat(),
                "parents_keep_right": turning.parents_keep_right,
                "consent_to_parents": turning.consent_to_parents,
                "dependent": turning.dependent,
            }
            for turning in grown.turning_of_age(students, day, home.settings.rights.age_of_majority)
        ]
    columns = ("student", "on", "parents_keep_right", "consent_to_parents", "dependent")
    say(as_json, value, f"Of full age by 60 days after {day}", columns, [tuple(v.values()) for v in value])


COMMAND = recipients
