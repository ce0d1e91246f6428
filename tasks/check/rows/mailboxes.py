"""Contact records that share a mailbox: many student systems have a guardian record for each child."""

import duckdb
from termpost.schemas.contracts.print_rules import SHARED_MAILBOX
from termpost.schemas.documents.findings import Problem
from termpost.tasks.formats.header import file_problem

SHARED = """
SELECT count(*), coalesce(sum(records), 0) FROM (
  SELECT count(DISTINCT c.contact_sourced_id) AS records FROM live_supplement_contacts AS c
  LEFT JOIN live_users AS u ON u.sourced_id = c.contact_sourced_id WHERE trim(coalesce(c.email, u.email)) <> ''
  GROUP BY lower(trim(coalesce(c.email, u.email))) HAVING records > 1)
"""


def find_shared_mailboxes(con: duckdb.DuckDBPyConnection, filled: frozenset[str]) -> tuple[Problem, ...]:
    """One warning with how many records and mailboxes there are, and no value of theirs."""
    if "supplement_contacts" not in filled:
        return ()
    mailboxes, records = con.execute(SHARED).fetchall()[0]
    if not mailboxes:
        return ()
    hint = f"{records} records, {mailboxes} mailbox{'' if mailboxes == 1 else 'es'}"
    return (file_problem("supplement/contacts.csv", SHARED_MAILBOX, "warning", hint=hint),)
