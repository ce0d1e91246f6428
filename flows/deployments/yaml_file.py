"""The same deployments as a prefect.yaml, for `prefect deploy --all`."""

from collections.abc import Sequence
from typing import Any

import yaml
from termpost.flows.deployments.changes import job_variables
from termpost.flows.deployments.wanted import POOL, Placed, WantedDeployment


class _Readable(yaml.SafeDumper):
    """Writes each value where it belongs, and several lines as a block."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML calls it so
        return True


_Readable.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None),
)


def prefect_yaml(deployments: Sequence[WantedDeployment], placed: Placed) -> str:
    """The text of the file."""
    head = (
        "# Written by `termpost deploy --yaml` from calendar.toml. The schedules are its dates, in the school's zone.\n"
    )
    content = {"name": placed.name, "deployments": [_entry(one, placed) for one in deployments]}
    return head + yaml.dump(content, Dumper=_Readable, sort_keys=False, allow_unicode=True, width=120)


def _entry(one: WantedDeployment, placed: Placed) -> dict[str, Any]:
    return {
        "name": one.name(placed),
        "entrypoint": one.entrypoint,
        "description": one.description,
        "parameters": one.parameters,
        "schedules": [runs.as_written() for runs in one.runs],
        "tags": placed.all_tags,
        "concurrency_limit": {"limit": 1, "collision_strategy": "ENQUEUE"},
        "work_pool": {
            "name": placed.pool or POOL,
            "work_queue_name": placed.name,
            "job_variables": job_variables(placed, {}),
        },
    }
