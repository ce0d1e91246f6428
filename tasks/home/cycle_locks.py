"""One flow at a time per cycle: a prepare must not change what a release is about to let out."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from termpost.schemas.base.errors import InputError
from termpost.tasks.home.home import Home
from termpost.tasks.runtime.file_locks import file_lock
from termpost.tasks.runtime.os_errors import as_user_error


@contextmanager
def locked(home: Home, name: str, busy: InputError | None = None) -> Iterator[None]:
    """Holds a lock of the home until the block ends; the kernel lets go when the process dies.

    Args:
        busy: raised where another run has it; without it this one waits.
    """
    folder = home.path / "locks"
    with ExitStack() as held:
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            held.enter_context(file_lock(folder / f"{name}.lock", busy))
        except OSError as error:
            raise as_user_error(error) or error from None
        yield


@contextmanager
def cycle_lock(home: Home, cycle_id: str, waits: Callable[[], None] | None = None) -> Iterator[None]:
    """Holds the cycle until the block ends.

    Args:
        waits: called where another run has it, and then this one waits for its turn; None: it is refused.

    Raises:
        InputError: another run has it, or the calendar does not know it.
    """
    home.calendar.cycle(cycle_id)  # whatever a user typed, the name of the lock is that of a planned cycle
    busy = InputError("cycle-busy", f"another run is at work on cycle {cycle_id}", "this home",
                      "wait until it has ended, then try again")  # fmt: skip
    with ExitStack() as held:
        try:
            held.enter_context(locked(home, cycle_id, busy))
        except InputError as error:
            if waits is None or error is not busy:
                raise
            waits()
            held.enter_context(locked(home, cycle_id))
        yield


@contextmanager
def all_cycles_lock(home: Home) -> Iterator[None]:
    """Holds all cycles, for what belongs to several: what is sealed for a recipient, or whose keys change."""
    with ExitStack() as turns:
        for cycle in home.calendar.cycles:
            turns.enter_context(cycle_lock(home, cycle.id))
        yield
