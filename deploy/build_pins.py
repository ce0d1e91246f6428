"""Writes from a lock the pins of what builds the wheel, with their hashes: `build_pins.py LOCK TARGET`."""

import re
import sys
from pathlib import Path

BUILDS = ("hatchling", "packaging", "pathspec", "pluggy", "trove-classifiers")
PIN = r"^([a-z0-9-]+)==\S+ \\\n(?:    --hash=\S+(?: \\)?\n)+"


def pins(lock: str) -> str:
    """The lock's own lines of these packages; KeyError where one is missing."""
    found = {pin[1]: pin[0] for pin in re.finditer(PIN, lock, re.MULTILINE)}
    return "".join(found[name] for name in BUILDS)


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(pins(Path(sys.argv[1]).read_text()))
