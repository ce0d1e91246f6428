"""Released versions of the contracts, `data_contracts/released/<dataset>-<version>.json`, and today's against them."""

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path

from termpost.schemas.base.shipped import CONTRACTS
from termpost.tasks.check.contracts.compatibility import ContractChange, compare, numbers, version_for
from termpost.tasks.check.contracts.contract_shape import ContractShape, read_shape
from termpost.tasks.formats.registry import mappings


@dataclass(frozen=True)
class ContractStanding:
    """A contract's file against its last released version."""

    dataset: str
    version: str
    owner: str
    rules: int
    released: str | None  # None: never released
    changes: tuple[ContractChange, ...]
    needed: str  # the lowest version the changes allow

    @property
    def broken(self) -> bool:
        """It changed, and its version does not say so."""
        return numbers(self.version) < numbers(self.needed)


def released_shapes(folder: Path = CONTRACTS) -> dict[str, ContractShape]:
    """Dataset → its highest released version."""
    found: dict[str, ContractShape] = {}
    for path in sorted((folder / "released").glob("*.json")):
        shape = ContractShape.model_validate_json(path.read_bytes())
        kept = found.get(shape.dataset)
        if kept is None or numbers(kept.version) < numbers(shape.version):
            found[shape.dataset] = shape
    return found


def standings(folder: Path = CONTRACTS) -> tuple[ContractStanding, ...]:
    """Every contract of the folder, and every released one whose file is gone."""
    released, found = released_shapes(folder), []
    for path in sorted(folder.glob("*.odcs.yaml")):
        old = released.pop(path.name.partition(".")[0], None)
        # a format that came later says for itself what it makes of the contract, which promised nothing of it
        shape = read_shape(path, [one for one in mappings() if old is None or one.form in old.formats])
        found.append(_standing(shape, old, compare(old, shape) if old else ()))
    gone = (ContractChange("breaking", "", "the contract is gone"),)
    found.extend(_standing(old, old, gone) for old in released.values())
    return tuple(found)


def _standing(shape: ContractShape, old: ContractShape | None, changes: tuple[ContractChange, ...]) -> ContractStanding:
    needed = version_for(old.version, changes) if old else shape.version
    released = old.version if old else None
    return ContractStanding(shape.dataset, shape.version, shape.owner, len(shape.rules), released, changes, needed)


def release(folder: Path = CONTRACTS) -> tuple[ContractStanding, ...]:
    """Keeps every contract that changed as its next version; raises its number in the file where it is too low.

    Returns those that were kept. A version that was released is never written again.
    """
    kept = []
    for standing in standings(folder):
        path = folder / f"{standing.dataset}.odcs.yaml"
        if not path.exists() or (standing.released == standing.version and not standing.changes):
            continue
        if standing.broken:
            text = path.read_text(encoding="utf-8")
            path.write_text(
                re.sub(r"(?m)^version: .*$", f"version: {standing.needed}", text, count=1), encoding="utf-8"
            )
        shape = read_shape(path)
        target = folder / "released" / f"{shape.dataset}-{shape.version}.json"
        target.parent.mkdir(exist_ok=True)
        value = shape.model_dump(mode="json", exclude_defaults=True)
        target.write_text(json.dumps({"format": shape.format, **value}, ensure_ascii=False, indent=1) + "\n", "utf-8")
        kept.append(replace(standing, version=shape.version))
    return tuple(kept)
