"""The list of secrets says where each comes from, also where one cannot be read."""

from pathlib import Path

import pytest
from termpost.schemas.base.clock import SystemClock
from termpost.tasks.custody.inventory import Secret, list_secrets
from termpost.tasks.home.home import Home
from termpost.tasks.secrets.keys import variable

from tests.tasks.gradebook import new_home


def secrets_of(folder: Path, **environ: str) -> dict[str, Secret]:
    return {one.name: one for one in list_secrets(Home(folder, SystemClock(), environ))}


@pytest.mark.parametrize("name", ["master.key", "log.key"])
def test_a_variable_that_is_empty_is_listed_as_such_and_never_as_a_secret(tmp_path: Path, name: str) -> None:
    called = variable(name)
    home = new_home(tmp_path / "home")
    text = (home.path / "secrets" / name).read_text()
    whole = secrets_of(home.path, **{called: text})
    assert whole[name].source == "environment"
    assert whole[name].fingerprint == secrets_of(home.path)[name].fingerprint
    assert whole[name].fingerprint
    for empty in ("", " \n"):
        assert secrets_of(home.path, **{called: empty})[name] == Secret(name, "empty variable", None, None)
    (home.path / "secrets" / "master.key").unlink()  # that another is missing changes nothing
    assert secrets_of(home.path, **{called: ""})[name].source == "empty variable"
