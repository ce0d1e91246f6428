"""Few rows are checked by fewer and other queries than many; what is found is the same."""

import random
import shutil
from collections import Counter
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from termpost.tasks.check import against_contracts

BROKEN = ["", "NaN", "-5", "1e5", "1/05/2023", "TRUE", "nobody", "student", "teacher", "2021-02-30", "tobedeleted"]


def damage(rows: list[list[str]], chance: random.Random, share: float) -> list[list[str]]:
    """Cells broken, or exchanged for what another row has there: keys then collide, references lead elsewhere."""
    found = [
        [c if chance.random() > share else chance.choice([*BROKEN, *(r[n] for r in rows if n < len(r))])
         for n, c in enumerate(row)]
        for row in rows if chance.random() > share
    ]  # fmt: skip
    return [row[: chance.randrange(2, len(row))] if len(row) > 2 and chance.random() < share / 4 else row
            for row in found]  # fmt: skip


@settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), share=st.sampled_from([0.0005, 0.01, 0.1]))
def test_few_rows_are_judged_as_many_are(seed: int, share: float, bundle: Any, tmp_path: Path) -> None:
    chance = random.Random(seed)  # noqa: S311 - damage, not a key
    shutil.rmtree(tmp_path / "copy", ignore_errors=True)
    shutil.copytree(bundle.folder, tmp_path / "copy")
    copy = type(bundle)(tmp_path / "copy")
    for name in copy.sources():
        header, *rows = copy.read(name)
        if name != "manifest.csv":
            copy.write(name, [header, *damage(rows, chance, share)])
    few = copy.check()
    with patch.object(against_contracts, "FEW", -1):
        many = copy.check()
    assert few.counts == many.counts
    assert few.rejected == many.rejected
    assert few.holds == many.holds
    assert Counter(few.problems) == Counter(many.problems)
    assert few == many
