"""Work grows with the reports: however many batches a release has, none reads the whole log or the whole plan."""

from collections import Counter
from unittest.mock import patch

import pytest
from termpost.tasks.store.file.store import FileStore

from tests.school import CYCLE, Prepared
from tests.tagged import said

RUN = "00000000-0000-4000-8000-000000000{:03}"


def read_by_a_release(school: Prepared, batch: int) -> Counter[str]:
    """How often each object is read while everything is released in batches of so many recipients."""
    settings = school.home / "termpost.toml"
    settings.write_text(f"{settings.read_text()}\n[run]\nbatch = {batch}\n")
    counted: Counter[str] = Counter()
    get = FileStore.get

    def counting(self: FileStore, key: str) -> bytes:
        counted[key] += 1
        return get(self, key)

    with (
        patch("termpost.flows.flow_context.flow_run.get_id", lambda: RUN.format(batch)),
        patch.object(FileStore, "get", counting),
    ):
        school.release()
    return counted


@pytest.mark.parametrize("batch", [1, *(pytest.param(batch, marks=pytest.mark.soak) for batch in (2, 200))])
def test_the_first_segment_is_read_as_often_in_many_batches_as_in_one(school: Prepared, batch: int) -> None:
    counted = read_by_a_release(school, batch)
    first = "log/00000001.ndjson"
    # once to see whose right ended; before tasks shared a home: 23 in one batch, and 6 more for each further one
    assert 0 < counted[first] <= 18
    plans = sorted(key for key in counted if "/plan-" in key)
    assert len(plans) == -(-3 // batch)
    for key in plans:
        plan = said(school.store.get(key))
        assert len(plan["parcels"]) <= batch
        assert plan["decisions"] == []
    assert len(school.state().had)
    assert school.state().cycle == CYCLE
