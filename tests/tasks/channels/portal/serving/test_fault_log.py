"""What the portal says of its faults: seldom, in one line, with nothing of a link or an address."""

import logging
from collections.abc import Iterator

import pytest
from termpost.tasks.channels.portal.serving.fault_log import LONGEST, MOST, FaultLog


class Turned:
    now = 50.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Turned:
    return Turned()


@pytest.fixture(params=["termpost.portal", "uvicorn.error"])
def logger(request: pytest.FixtureRequest, clock: Turned) -> Iterator[logging.Logger]:
    found = logging.getLogger(request.param)
    handler = FaultLog(clock)
    found.addHandler(handler)
    found.propagate = False
    yield found
    found.removeHandler(handler)
    found.propagate = True


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line.partition("Z ")[2] for line in capsys.readouterr().err.splitlines()]


def test_a_fault_that_repeats_has_a_line_a_minute_at_most_and_its_count(
    logger: logging.Logger, clock: Turned, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(1000):
        logger.warning("the store is away")
    assert lines(capsys) == ["the store is away"]
    clock.now += 59.9
    logger.warning("the store is away")
    assert lines(capsys) == []
    clock.now += 0.1
    logger.warning("the store is away")
    assert lines(capsys) == ["the store is away (1000 times more since the last line)"]
    clock.now += 60
    logger.warning("the store is away")
    logger.warning("something else")
    assert lines(capsys) == ["something else"]
    for _ in range(24 * 3600):
        clock.now += 1
        logger.warning("the store is away")
    assert len(lines(capsys)) < 32


def test_an_error_is_one_line_without_what_it_quotes(
    logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        dict[str, int]()["sealed/p1/a1"]
    except KeyError:
        logger.exception("Exception in ASGI application\n")
    (line,) = lines(capsys)
    assert line.startswith("Exception in ASGI application (KeyError at test_fault_log.py:")
    assert "p1" not in line


def test_libraries_are_quoted_without_values(capsys: pytest.CaptureFixture[str], clock: Turned) -> None:
    handler = FaultLog(clock)
    record = logging.LogRecord("urllib3", logging.WARNING, "", 1, "broken: %s", ("/sealed/p1/a1",), None)
    handler.handle(record)
    record = logging.LogRecord("asyncio", logging.ERROR, "", 1, "Fatal error\ntransport: 10.0.0.7", (), None)
    handler.handle(record)
    assert lines(capsys) == ["broken: %s", "Fatal error"]


def test_all_faults_together_are_bounded(
    logger: logging.Logger, clock: Turned, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(10_000):
        logger.warning(f"fault {number} {'x' * 1000}")  # noqa: G004 - a text that a library has put together
    said = lines(capsys)
    assert len(said) == MOST + 1
    assert max(map(len, said)) == LONGEST


def test_a_line_that_nobody_takes_stops_nothing(logger: logging.Logger, monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        def write(self, _: str) -> None:
            raise BrokenPipeError

    monkeypatch.setattr("sys.stderr", Gone())
    logger.warning("somebody?")
