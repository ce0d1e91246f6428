"""An approval of a list counts for that list, for some days, of who may approve, and once."""

from datetime import UTC, datetime, timedelta

import pytest
from termpost.schemas.log.entry import Entry, EntryKind, Logged
from termpost.schemas.log.records.retention_approvals import RetentionApprovals

NOW = datetime(2024, 3, 4, 14, tzinfo=UTC)
PEOPLE = frozenset({"mlopez", "jkim"})


def entry(
    actor: str, kind: EntryKind = "approved", digest: str = "a", reason: str = "retention", ago: int = 0
) -> Logged:
    fact = Entry(kind=kind, actor=actor, digest=digest, reason=reason)
    return Logged(seq=1, at=NOW - timedelta(days=ago), run="t", **fact.model_dump())


@pytest.mark.parametrize(
    ("entries", "by"),
    [
        ([entry("mlopez")], {"mlopez"}),
        ([entry("mlopez", ago=7), entry("jkim", ago=8)], {"mlopez"}),
        ([entry("mlopez", ago=8), entry("mlopez")], {"mlopez"}),
        ([entry("mlopez", digest="b")], set()),
        ([entry("mlopez", reason="early")], set()),
        ([entry("afry")], set()),
        ([entry("mlopez"), entry("jkim", "retained", reason="rows")], set()),
        ([entry("mlopez"), entry("pipeline", "retained", reason="file")], {"mlopez"}),
    ],
)
def test_whose_approval_of_a_list_counts(entries: list[Logged], by: set[str]) -> None:
    assert RetentionApprovals.fold(entries).by("a", NOW, 7, PEOPLE) == by
