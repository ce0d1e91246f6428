"""The controls of a file store: owner, modes, links, free space, and what lies beside the data."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from termpost.tasks.store.finding import Finding, found
from termpost.tasks.store.interface import Surroundings

LEAST_FREE = 2**30  # bytes: less than that, and a cycle may not fit


def probe_folder(root: Path, around: Surroundings, *, thorough: bool) -> Iterator[Finding]:
    """What a folder can be asked.

    Args:
        thorough: every file is looked at, not the folders of the first level alone.
    """
    if not root.exists():
        yield Finding("modes", "holds", "there is no data yet")
    else:
        looked = unsafe_modes(root, whole=thorough)
        yield found(
            "modes", holds=not looked, good="only the owner enters the store, and nothing in it is a link",
            bad=f"{len(looked)} files or folders of the store are open to others, or are links",
            remedy="chmod -R go= on the store's folder, and put files in place of links",
        )  # fmt: skip
        strangers = [p for p in (root, *root.iterdir()) if p.lstat().st_uid != os.geteuid()]
        yield found(
            "owner", holds=not strangers, good="the store belongs to who runs termpost",
            bad="a part of the store belongs to another user", remedy="chown it to the user who runs termpost",
        )  # fmt: skip
    there = next(folder for folder in (root, *root.parents) if folder.exists())
    free = shutil.disk_usage(there).free
    yield found(
        "space", holds=free >= LEAST_FREE, good=f"{free / 2**30:.0f} GiB are free",
        bad=f"{free / 2**20:.0f} MiB are free", remedy="make room for 1 GiB at least",
    )  # fmt: skip
    inside = [name for name, path in around.apart.items() if path.resolve().is_relative_to(root)]
    yield found(
        "apart", holds=not inside, good="keys and catalogue do not lie within the data",
        bad=f"within the store lie: {', '.join(inside)}",
        remedy="move them out: who copies the data must not get keys",
    )  # fmt: skip
    near = root.is_relative_to(around.home)
    beside = [name for name, path in around.apart.items() if near and path.resolve().is_relative_to(around.home)]
    yield found(
        "least-privilege", stops_runs=False, holds=not beside, good="keys and catalogue lie apart from the data",
        bad=f"in one folder with the data lie: {', '.join(beside)}",
        remedy="name another place in [store] url or [lake] catalogue, or accept it",
    )  # fmt: skip


def unsafe_modes(root: Path, *, whole: bool = True) -> list[Path]:
    """Files and folders under `root` that someone other than the owner may enter, and symbolic links.

    Args:
        whole: else the first level alone, which nobody gets past.
    """
    found = [root, *(root.rglob("*") if whole else root.iterdir())]
    return [p for p in found if p.is_symlink() or stat.S_IMODE(p.stat().st_mode) & 0o077]
