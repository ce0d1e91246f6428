"""What a run that a server started does otherwise than a command: it waits, for its turn and for its extract."""

from pathlib import Path
from threading import Event, Thread

import pytest
from prefect.states import Failed
from termpost.flows import runs
from termpost.flows.runs import may_come, once_it_is_there, turn_of
from termpost.schemas.base.errors import InputError, RetryableError
from termpost.schemas.base.refs import Run
from termpost.tasks.extract.task import pull
from termpost.tasks.home.cycle_locks import cycle_lock
from termpost.tasks.home.home import open_home

from tests.school import CYCLE, new_home


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(str(new_home(tmp_path / "home")), "r")


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "is_deployed", lambda: True)


def test_a_command_does_not_wait_for_an_extract(run: Run) -> None:
    assert once_it_is_there(pull, run) is pull


@pytest.mark.usefixtures("deployed")
def test_a_run_of_the_server_looks_again_for_as_long_as_settings_say(run: Run) -> None:
    waits = once_it_is_there(pull, run)
    assert (waits.retries, waits.retry_delay_seconds) == (48, [300])
    assert waits.retry_condition_fn is not None
    assert waits.retry_condition_fn.__name__ == may_come.__name__
    with (Path(run.home) / "termpost.toml").open("a") as file:
        file.write("\n[run]\nwait_minutes = 0\n")
    assert once_it_is_there(pull, Run(run.home, "another")).retries == 0


@pytest.mark.parametrize(
    ("error", "comes"),
    [
        (InputError("no-extract", "there is no such folder", "x", "check"), True),
        (RetryableError("the service does not answer"), True),
        (InputError("unknown-format", "no format that is known", "x", "export"), False),
        (ValueError("a fault"), False),
    ],
)
def test_what_may_come_is_waited_for_and_what_is_wrong_is_not(error: Exception, comes: bool) -> None:
    assert may_come(None, None, Failed(data=error)) is comes


def test_a_command_is_refused_while_another_run_has_the_cycle(run: Run) -> None:
    with cycle_lock(open_home(run.home), CYCLE), pytest.raises(InputError) as busy, turn_of(run, CYCLE):
        pass
    assert busy.value.code == "cycle-busy"


@pytest.mark.usefixtures("deployed")
def test_a_run_of_the_server_has_its_turn_after_the_other(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting, done = Event(), Event()
    monkeypatch.setattr(runs, "_say_that_it_waits", waiting.set)

    def second() -> None:
        with turn_of(run, CYCLE):
            done.set()

    after = Thread(target=second)
    with cycle_lock(open_home(run.home), CYCLE):
        after.start()
        assert waiting.wait(60)
        assert not done.is_set()
    after.join(60)
    assert done.is_set()
