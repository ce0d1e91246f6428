"""Grades of an extract by itself, where no cycle says which session and which cut-off."""

from datetime import date

import duckdb
from termpost.schemas.base.refs import ExtractId
from termpost.schemas.settings.grading import GradingPolicy
from termpost.tasks.check.policy.policy_fit import refuse_what_is_not_there
from termpost.tasks.check.policy.tables import PolicyTables
from termpost.tasks.lake.sql import execute_each, sql
from termpost.tasks.summarise.course_grade import CourseRules
from termpost.tasks.summarise.grades import PACKAGE, prepare_marks
from termpost.tasks.summarise.rules import RuleScope


def prepare_extract(
    lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, policy: GradingPolicy, cutoff: date
) -> dict[RuleScope, CourseRules]:
    """Makes the table `mark` for every class of an extract, each in the sessions it has work in.

    Args:
        cutoff: the last day whose marks count.

    Raises:
        InputError: the policy names what the extract does not have, or leaves marks without a weight.
    """
    refuse_what_is_not_there(PolicyTables(lake, extract_id), policy)
    values = {"extract_id": extract_id, "cutoff": cutoff, "weighted": policy.weighted_periods}
    execute_each(lake, sql(PACKAGE, "scopes_of_extract"), values)
    return prepare_marks(lake, extract_id, policy, cutoff, None, also_ended=True, many=False)
