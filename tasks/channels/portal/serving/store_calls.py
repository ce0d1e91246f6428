"""Calls of the store, off the event loop: so many at once, and nobody waits for one that does not end."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import Any, ParamSpec, TypeVar

from termpost.schemas.base.errors import RetryableError

AT_ONCE = 32
LONGEST = 10.0  # seconds that somebody waits for a store that is slow
HANGS = 2.0  # seconds without an answer, then the store is taken to hang
BRIEFLY = 0.7  # seconds that somebody waits for a store that hangs, or for a turn
AWAY = "the store does not answer in time"
Given = ParamSpec("Given")
Answer = TypeVar("Answer")


class StoreCalls:
    """Each call has a thread of its own that ends with the process: a call of a store that hangs never ends itself."""

    def __init__(self, at_once: int = AT_ONCE, longest: float = LONGEST) -> None:
        self._turns = asyncio.Semaphore(at_once)
        self._longest = longest
        self._begun: dict[object, float] = {}  # when each that has not ended began, oldest first

    async def __call__(self, work: Callable[Given, Answer], *args: Given.args, **kwargs: Given.kwargs) -> Answer:
        """What the call returns or raises.

        Raises:
            RetryableError: it takes too long. It goes on nevertheless, and keeps its turn until it ends.
        """
        latest = time.monotonic() + (BRIEFLY if self._hangs() else self._longest)
        await _within(BRIEFLY, self._turns.acquire())
        loop = asyncio.get_running_loop()
        ended, call = loop.create_future(), object()

        def end(error: BaseException | None, result: Any) -> None:
            self._begun.pop(call, None)
            self._turns.release()
            if not ended.done():
                ended.set_result((error, result))

        def run() -> None:
            outcome: tuple[BaseException | None, Any]
            try:
                outcome = None, work(*args, **kwargs)
            except BaseException as error:  # noqa: BLE001 - it is raised where the call was made
                outcome = error, None
            with suppress(RuntimeError):  # the portal has ended
                loop.call_soon_threadsafe(end, *outcome)

        self._begun[call] = time.monotonic()
        try:
            Thread(target=run, daemon=True, name="store").start()
        except RuntimeError:  # the machine has no more threads
            end(RetryableError(AWAY), None)
        error, result = await _within(latest - time.monotonic(), ended)
        if error is not None:
            raise error
        answer: Answer = result
        return answer

    def _hangs(self) -> bool:
        oldest = next(iter(self._begun.values()), None)
        return oldest is not None and time.monotonic() - oldest > HANGS


async def _within(seconds: float, what: Any) -> Any:
    try:
        async with asyncio.timeout(seconds):
            return await what
    except TimeoutError:
        raise RetryableError(AWAY) from None
