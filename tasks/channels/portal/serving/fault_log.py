"""What the portal says of its faults: one line each, seldom, and nothing of links or addresses."""

import logging
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

OURS = "termpost.portal"
FIRST_WAIT = 60.0  # seconds until the same fault is said again; twice as long each time
LONGEST_WAIT = 3600.0
MOST = 30  # faults that are told apart
LONGEST = 300  # characters of a line
OTHERS = "other faults"


@dataclass
class _Fault:
    next: float
    wait: float = FIRST_WAIT
    unsaid: int = 0


class FaultLog(logging.Handler):
    """Writes to standard error what a person should know of, at warning and above.

    A fault that repeats has a line at most every minute, then every two, four and so on up to an hour, with how often
    it was since. Of what libraries say only the sentence is kept, without its values: they quote addresses and links.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(logging.WARNING)
        self._now = now
        self._faults: dict[str, _Fault] = {}

    def emit(self, record: logging.LogRecord) -> None:
        said = _sentence(record)
        if said not in self._faults and len(self._faults) >= MOST:
            said = OTHERS
        now = self._now()
        fault = self._faults.setdefault(said, _Fault(now))
        if now < fault.next:
            fault.unsaid += 1
            return
        often = f" ({fault.unsaid} times more since the last line)" if fault.unsaid else ""
        fault.next, fault.wait, fault.unsaid = now + fault.wait, min(2 * fault.wait, LONGEST_WAIT), 0
        at = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        try:
            sys.stderr.write(f"{at} {said}{often}\n")
            sys.stderr.flush()
        except (OSError, ValueError):
            pass  # nobody listens any more, and families still ask


def _sentence(record: logging.LogRecord) -> str:
    text = record.getMessage() if record.name.startswith(OURS) else str(record.msg)
    line = (text.strip().splitlines() or [""])[0][:LONGEST]
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return line
    frames = traceback.extract_tb(error.__traceback__)
    at = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{line} ({type(error).__name__}{at})"


def say_faults_seldom() -> None:
    """Every logger of this process, from now on."""
    logging.basicConfig(handlers=[FaultLog()], level=logging.WARNING, force=True)
