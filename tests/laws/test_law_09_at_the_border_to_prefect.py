"""Law 9 at the border to Prefect: an unexpected error comes out as kind and place, never with what it quotes."""

import pickle
import traceback
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from prefect.states import Failed
from termpost.schemas.base.errors import InputError, Refused, RetryableError
from termpost.tasks.runtime.as_task import may_retry
from termpost.tasks.runtime.guard import InternalError, guarded, redacted

NAME = "Lisa Woods"


@pytest.fixture(autouse=True)
def no_debug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TERMPOST_DEBUG", raising=False)


def plain() -> None:
    raise ValueError(f"could not read {NAME}")


def chained() -> None:
    try:
        plain()
    except ValueError as error:
        raise KeyError(NAME) from error


def while_handling() -> None:
    try:
        plain()
    except ValueError:
        raise RuntimeError(NAME)  # noqa: B904 - the context is what is tested


def of_a_database() -> None:
    duckdb.sql(f"SELECT CAST('{NAME}' AS INTEGER)").fetchall()


def grouped() -> None:
    raise ExceptionGroup(NAME, [ValueError(NAME)])


def said(error: BaseException) -> str:
    """All that any printer of tracebacks could show, followed through every link."""
    seen: list[BaseException] = []
    todo: list[BaseException | None] = [error]
    while todo:
        one = todo.pop()
        if one is not None and one not in seen:
            seen.append(one)
            todo += [one.__cause__, one.__context__]
    text = "".join("".join(traceback.format_exception(one)) + repr(one) + str(one.args) for one in seen)
    return text.replace('NAME = "Lisa Woods"', "")


@pytest.mark.parametrize("fault", [plain, chained, while_handling, of_a_database, grouped])
def test_an_unexpected_error_comes_out_without_what_it_quotes(fault: Callable[[], None]) -> None:
    with pytest.raises(InternalError) as caught:
        guarded(fault)()
    assert NAME not in said(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_it_says_kind_and_place() -> None:
    with pytest.raises(
        InternalError,
        match=rf"^ValueError in plain, line \d+ of {Path(__file__).name}: a fault in termpost; --debug shows more",
    ):
        guarded(plain)()


@pytest.mark.parametrize("kind", [InputError, Refused])
def test_what_a_person_must_mend_passes(kind: type[InputError]) -> None:
    error = kind("bad", "what", "where", "remedy")

    def fault() -> None:
        raise error

    with pytest.raises(kind) as caught:
        guarded(fault)()
    assert caught.value is error


@pytest.mark.parametrize(
    "raised", [InputError("bad", "what", "where", "remedy"), RetryableError("busy"), InternalError("b")]
)
def test_what_passes_does_not_carry_along_what_it_was_raised_from(raised: Exception) -> None:
    def from_cause() -> None:
        try:
            plain()
        except ValueError as error:
            raise raised from error

    def from_context() -> None:
        try:
            plain()
        except ValueError:
            raise raised  # noqa: B904 - the context is what is tested

    for fault in (from_cause, from_context):
        with pytest.raises(type(raised)) as caught:
            guarded(fault)()
        assert NAME not in said(caught.value)


def test_debug_lets_the_original_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERMPOST_DEBUG", "1")
    with pytest.raises(KeyError) as caught:
        guarded(chained)()
    assert NAME in said(caught.value)
    assert isinstance(caught.value.__cause__, ValueError)
    monkeypatch.setenv("TERMPOST_DEBUG", "0")
    with pytest.raises(InternalError):
        guarded(chained)()


def test_a_guard_within_a_guard_keeps_the_first_place() -> None:
    with pytest.raises(InternalError, match="in plain"):
        guarded(guarded(plain))()


def test_a_result_and_an_interrupt_pass() -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    assert guarded(lambda a, *, b: (a, b))(1, b=2) == (1, 2)
    with pytest.raises(KeyboardInterrupt):
        guarded(interrupted)()


def test_errors_survive_the_way_between_workers() -> None:
    for error in (InputError("code", "what", "where", "remedy"), RetryableError("busy"), redacted(_caught(plain))):
        again = pickle.loads(pickle.dumps(error))  # noqa: S301 - as a process pool does
        assert (type(again), str(again), again.__dict__) == (type(error), str(error), error.__dict__)


def _caught(fault: Callable[[], None]) -> Exception:
    try:
        fault()
    except ValueError as error:
        return error
    raise AssertionError


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (RetryableError("busy"), True), (InputError("a", "b", "c", "d"), False), (InternalError("x"), False),
        (KeyError(), False),
    ],
)  # fmt: skip
def test_only_what_may_succeed_the_next_time_is_retried(error: Exception, again: bool) -> None:
    assert may_retry(None, None, Failed(data=error)) is again
