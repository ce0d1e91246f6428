"""What the office must answer about who may have a report, written down when it is first asked, with its clock."""

import duckdb
from termpost.schemas.documents.parcel import Plan
from termpost.schemas.log.asking_days import TELLING, ToldDays
from termpost.schemas.log.cycle_state import NO_RECIPIENT
from termpost.schemas.log.questions import QUESTION_KINDS, OpenQuestions, QuestionClock, RightsQuestion
from termpost.tasks.distribute.plan import make_plan
from termpost.tasks.home.home import Home
from termpost.tasks.lake.transaction import one_transaction
from termpost.tasks.stage.manifests import prepared_of


def questions_of(plan: Plan) -> frozenset[RightsQuestion]:
    """All that a plan asks; that a report reaches nobody is one too."""
    asked = [RightsQuestion(one.student, one.recipient, one.rule) for one in plan.decisions if one.question]
    return frozenset(asked) | {RightsQuestion(student, student, NO_RECIPIENT) for student in plan.unreachable}


def note_questions(home: Home, lake: duckdb.DuckDBPyConnection, run: str, cycle_id: str) -> int:
    """Writes down what a prepared cycle asks and what it asks no longer; returns how many questions stand.

    Of a student who is held for another reason nobody was asked, so what was asked before stands.
    """
    with one_transaction(lake):
        plan = make_plan(home, lake, cycle_id, None)
    asked = questions_of(plan)
    looked_at = {one.student for one in plan.decisions if one.rule != "held"} | set(plan.unreachable)
    home.log.append(run, OpenQuestions.fold(home.log.entries(*QUESTION_KINDS)).entries(asked, looked_at))
    return len(asked)


def open_questions(home: Home, lake: duckdb.DuckDBPyConnection) -> list[tuple[str, RightsQuestion, QuestionClock]]:
    """What is asked today, with its clock: of cycles whose days for questions are not over, and of the last one.

    A question that several cycles ask is listed with the first of them.
    """
    prepared = [cycle for cycle in home.calendar.cycles if prepared_of(home, cycle.id)]
    told = ToldDays.fold(home.clocks, home.log.entries(*TELLING))
    live = [one for one in prepared if one is prepared[-1] or told.of_cycle(one.id) >= home.today]
    found: dict[RightsQuestion, str] = {}
    for cycle in live:
        for question in sorted(questions_of(make_plan(home, lake, cycle.id, None))):
            found.setdefault(question, cycle.id)
    since = OpenQuestions.fold(home.log.entries(*QUESTION_KINDS))
    return [(cycle, one, since.clock(one, home.clocks, home.today)) for one, cycle in found.items()]
