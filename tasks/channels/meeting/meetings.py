"""Whose report somebody with the right wants explained at a parent-teacher meeting."""

from collections.abc import Iterable

import duckdb
from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.tasks.channels.meeting.channel import CHANNEL
from termpost.tasks.home.home import Home
from termpost.tasks.rights.answers import answers
from termpost.tasks.rights.recipients import open_record
from termpost.tasks.rights.rights_decisions import open_rights_decisions
from termpost.tasks.rights.terms import terms_of


def wanted_at_meetings(
    home: Home, lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, students: Iterable[PersonRef]
) -> list[PersonRef]:
    """Of these students, those of whom somebody asked for a meeting on record, has the right today and may be met."""
    terms, asked = terms_of(home), list(students)
    record = open_record(lake, home.people, extract_id, asked, terms.day, open_rights_decisions(home))
    return [
        ref for ref in asked
        if ref in record.students and any(
            answer.allowed and CHANNEL.is_open(methods.reachability(answer.post_only))
            and any(row.reach.channel == CHANNEL.name and row.reach.student == ref for row in record.rows(recipient))
            for recipient, methods, answer in answers(ref, record.students[ref], record, terms)
        )
    ]  # fmt: skip
