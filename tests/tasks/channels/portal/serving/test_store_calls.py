"""Calls of a store that hangs: nobody waits for them for long, and they are never more than so many."""

import asyncio
from threading import Event

import pytest
from termpost.schemas.base.errors import RetryableError
from termpost.tasks.channels.portal.serving import store_calls
from termpost.tasks.channels.portal.serving.store_calls import StoreCalls


def test_it_gives_what_the_call_returns_or_raises() -> None:
    async def ask() -> None:
        calls = StoreCalls()
        assert await calls(max, 1, 2) == 2
        with pytest.raises(KeyError):
            await calls(dict[str, int]().__getitem__, "a")
        assert await asyncio.gather(*(calls(abs, -n) for n in range(200))) == list(range(200))

    asyncio.run(ask())


def test_nobody_waits_for_a_call_that_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_calls, "BRIEFLY", 0.05)
    released = Event()

    async def ask() -> None:
        calls = StoreCalls(at_once=2, longest=0.1)
        hung = [calls(released.wait, 30) for _ in range(2)]
        outcomes = await asyncio.gather(*hung, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [RetryableError] * 2
        with pytest.raises(RetryableError):
            await calls(abs, 1)  # both turns are taken still
        released.set()
        monkeypatch.setattr(store_calls, "BRIEFLY", 20)
        assert await asyncio.gather(*(calls(abs, -n) for n in range(5))) == list(range(5))

    asyncio.run(ask())


def test_while_one_hangs_others_wait_briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_calls, "HANGS", 0.0)
    monkeypatch.setattr(store_calls, "BRIEFLY", 0.05)
    released = Event()

    async def ask() -> None:
        calls = StoreCalls(longest=600)
        first = asyncio.create_task(calls(released.wait, 30))
        await asyncio.sleep(0)
        with pytest.raises(RetryableError):
            await calls(released.wait, 30)
        released.set()
        assert await first

    asyncio.run(ask())


def test_a_machine_without_threads_is_a_store_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_more(_: object) -> None:
        raise RuntimeError("can't start new thread")

    async def ask() -> None:
        calls = StoreCalls(at_once=1)
        with monkeypatch.context() as full:
            full.setattr("threading.Thread.start", no_more)
            for _ in range(3):
                with pytest.raises(RetryableError):
                    await calls(abs, -1)
        assert await calls(abs, -1) == 1

    asyncio.run(ask())
