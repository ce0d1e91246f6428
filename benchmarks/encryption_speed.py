"""What it costs to encrypt objects before they are put: its share of the processor's time of a whole cycle."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from threading import Lock, get_ident
from typing import Any
from unittest.mock import patch

from termpost.tasks.home.encrypted_files import EncryptedFile
from termpost.tasks.home.encrypted_store import EncryptedStore
from termpost.tasks.store.file.store import FileStore

from benchmarks import Measured
from tests.school import new_school, whole_extract

VERBS = ("put", "get", "head", "part")


class _Spent:
    """Processor's seconds within some methods, of whatever thread; of one that calls another of them once."""

    def __init__(self) -> None:
        self.seconds, self._inside, self._lock = 0.0, set[int](), Lock()

    def timed(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def act(*args: Any, **kwargs: Any) -> Any:
            me = get_ident()
            if me in self._inside:
                return method(*args, **kwargs)
            self._inside.add(me)
            began = time.thread_time()
            try:
                return method(*args, **kwargs)
            finally:
                self._inside.discard(me)
                with self._lock:
                    self.seconds += time.thread_time() - began

        return act


def share_of_a_cycle(scratch: Path) -> Measured:
    """All that happens in the encrypting store but not in the store below it, comparing and summing too."""
    ours, below = _Spent(), _Spent()
    school, extract = new_school(scratch / "home"), whole_extract(scratch / "extract")
    school.prepare(extract)  # imports, and compilers that warm up, are no part of it
    other = new_school(scratch / "again")
    with ExitStack() as patches:
        for kind, spent in ((EncryptedStore, ours), (FileStore, below)):
            for verb in VERBS:
                patches.enter_context(patch.object(kind, verb, spent.timed(getattr(kind, verb))))
        for name in ("__init__", "read"):
            patches.enter_context(patch.object(EncryptedFile, name, ours.timed(getattr(EncryptedFile, name))))
        began = time.process_time()
        other.prepare(extract)
        other.release()
        whole = time.process_time() - began
    own = ours.seconds - below.seconds
    return Measured(
        "encrypt the store of a cycle", f"{own * 1000:.0f} ms", f"{whole:.1f} s for the whole cycle", own / whole, 0.05
    )
