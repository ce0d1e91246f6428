"""A small school whose reports are out, with a second person who may approve."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import pytest
from termpost.tasks.home.logged_objects import object_is_as_logged
from termpost.tasks.log.verify import verify
from termpost.tasks.records.retention import retain as retaining
from termpost.tasks.records.retention.due import RetentionPlan
from termpost.tasks.records.retention.plan import plan_retention
from termpost.tasks.records.retention.retain import Proof, Retained, retain

from tests.school import Phone, Prepared
from tests.snapshots import copy_of, released_school, snapshot

TWO_YEARS = datetime(2023, 9, 1, 14, tzinfo=UTC)  # the school year after the next has begun
NINE_YEARS = datetime(2030, 12, 27, 14, tzinfo=UTC)


class Dead(BaseException):
    """The process is gone."""


@dataclass
class Keeper:
    """Whoever lets records go at a school."""

    school: Prepared
    second: Phone

    def plan(self) -> RetentionPlan:
        return plan_retention(self.school.open())

    def proofs(self) -> tuple[Proof, Proof]:
        first = self.school.phone.code()
        self.second.now = max(self.second.now, self.school.phone.now)
        return Proof("mlopez", first), Proof("jkim", self.second.code())

    def retain(self, digest: str | None = None) -> Retained:
        with self.school.phone.is_the_time():
            proofs = self.proofs()
            self.school.phone.now = max(self.school.phone.now, self.second.now)
            return retain(self.school.open(), "retain", digest or self.plan().digest, proofs)

    def retain_killed_after_log(self) -> None:
        """Approved and said, and nothing is gone yet."""
        with patch.object(retaining, "left_over", side_effect=[[], Dead]), pytest.raises(Dead):
            self.retain()

    def lies_there(self, *prefixes: str) -> list[str]:
        store = self.school.open().store
        return [key for prefix in prefixes for key in store.list(prefix)]

    def assert_log_holds(self) -> None:
        home = self.school.open()
        verdict = verify(home.store, home.keys.log_key.public_key(), home.anchor, full=True,
                         objects=object_is_as_logged(home), patience=0)  # fmt: skip
        assert verdict.ok, verdict


@pytest.fixture
def keeper(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Keeper:
    school = copy_of(snapshot(tmp_path_factory, "released", released_school), tmp_path)
    return Keeper(school, school.register("jkim", "head"))
