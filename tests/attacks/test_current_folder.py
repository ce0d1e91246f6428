"""A command that runs a flow is typed anywhere, also in a folder that the extract's writer filled."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from prefect.settings import Settings
from termpost.flows import runner
from termpost.schemas.base.errors import InputError

from tests.school import CYCLE, Prepared

ELSEWHERE = "http://127.0.0.1:1/api"


def test_what_lies_in_the_current_folder_steers_nothing_and_is_not_run(
    school: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Prefect reads three files of the current folder, and starts its server so that Python imports what lies there."""
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / ".env").write_text(f"PREFECT_API_URL={ELSEWHERE}\n")
    (folder / "prefect.toml").write_text(f'[api]\nurl = "{ELSEWHERE}"\n')
    (folder / "pyproject.toml").write_text(f'[tool.prefect.api]\nurl = "{ELSEWHERE}"\n')
    (folder / "uvicorn.py").write_text(f"open({str(folder / 'ran')!r}, 'w')\n")
    monkeypatch.chdir(folder)
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    for name in runner.QUIET:
        monkeypatch.setenv(name, os.environ.get(name, runner.QUIET[name]))
    seen: dict[str, Any] = {}

    def look(_home: object, _name: str, parameters: dict[str, Any]) -> None:
        seen.update(parameters, url=Settings().api.url)
        # as Prefect does it
        done = subprocess.run(
            [sys.executable, "-m", "uvicorn", "--version"], capture_output=True, text=True, check=True
        )
        seen["said"] = done.stdout

    monkeypatch.setattr(runner, "_run_flow", look)
    assert Settings().api.url == ELSEWHERE  # so it would have been
    runner.run_flow(school.open(), "prepare_reports", {"cycle_id": CYCLE, "extract": "book.zip"})
    assert seen["url"] is None
    assert "uvicorn" in seen["said"]
    assert not (folder / "ran").exists()
    assert seen["extract"] == str(folder / "book.zip")
    assert Path.cwd() == folder


def test_a_server_that_is_not_there_is_one_line() -> None:
    with pytest.raises(InputError) as caught:
        runner._refuse_absent(ELSEWHERE)
    assert caught.value.where == "PREFECT_API_URL"
