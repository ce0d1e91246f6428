"""An extract that is checked and loaded into memory, for commands that need no home."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

import duckdb
from termpost.flows.commands.without_home import read_extract
from termpost.schemas.base.errors import InputError
from termpost.schemas.contracts.own_contract import OwnContracts
from termpost.schemas.settings.grading import GradingPolicy

if TYPE_CHECKING:
    from termpost.schemas.documents.findings import Findings


@contextmanager
def loaded_extract(
    extract: str, policy: GradingPolicy, cutoff: date, timezone: str | None, own: OwnContracts, wanted: str, home: str
) -> Iterator[tuple[duckdb.DuckDBPyConnection, "Findings"]]:
    """The lake that it makes, and what the check found.

    Args:
        wanted: what there is none of where the extract is rejected ("grades").
        home: see `read_extract`.

    Raises:
        InputError: `extract-rejected`; what reading it raises.
    """
    from termpost.tasks.check.against_contracts import hold_against_contracts  # noqa: PLC0415 - Great Expectations is slow
    from termpost.tasks.check.contracts.check_parameters import CheckParameters  # noqa: PLC0415
    from termpost.tasks.extract.from_bytes import in_memory  # noqa: PLC0415
    from termpost.tasks.lake.connection import memory_connection  # noqa: PLC0415
    from termpost.tasks.load.into_memory import load_into_memory  # noqa: PLC0415

    files, weighed = read_extract(extract, timezone, home)
    connection = memory_connection()
    try:
        with in_memory(connection, files) as sources:
            # no day and no cut-off: what --as-of leaves out is later, and no fault of the extract
            terms = CheckParameters.by_policy(policy, timezone=timezone or "UTC", own=own)
            form = f"{weighed.format}/{weighed.version}"
            findings = hold_against_contracts(connection, sources, weighed.id, terms, form)
            if findings.outcome == "rejected":
                raise InputError(
                    "extract-rejected", f"the extract was rejected, so there are no {wanted}", extract,
                    "see what `termpost check` says of it",
                )  # fmt: skip
            load_into_memory(connection, sources, findings, datetime.combine(cutoff, time(), UTC))
        yield connection, findings
    finally:
        connection.close()
