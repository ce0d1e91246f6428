"""The channel `meeting`: whose report somebody with the right wants explained at a parent-teacher meeting."""

from collections.abc import Iterable

import duckdb
from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.tasks.distribute.plan import terms_of
from termpost.tasks.home.home import Home
from termpost.tasks.rights.addressing import answers
from termpost.tasks.rights.recipients import open_record
from termpost.tasks.rights.rights_decisions import open_rulings


def wanted_at_meetings(
    home: Home, lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, students: Iterable[PersonRef]
) -> list[PersonRef]:
    """Of these students, those of whom somebody asked for a meeting on record, has the right today and may be met."""
    terms, asked = terms_of(home), list(students)
    record = open_record(lake, home.people, extract_id, asked, terms.day, open_rulings(home))
    return [
        ref for ref in asked
        if ref in record.students and any(
            answer.allowed and "meeting" not in answer.channels_barred
            and any(row.reach.channel == "meeting" and row.reach.student == ref for row in record.rows(recipient))
            for recipient, _, answer in answers(ref, record.students[ref], record, terms)
        )
    ]  # fmt: skip
