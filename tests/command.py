"""The command as a user types it: its exit code, standard output and standard error."""

import sys
from dataclasses import dataclass

import pytest
from termpost.flows.cli import main


@dataclass(frozen=True)
class Said:
    """What came back."""

    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The one line that says what is wrong; progress lines before it are indented."""
        (line,) = (line for line in self.err.splitlines() if not line.startswith("  "))
        assert line.startswith("termpost: ")
        return line


@dataclass(frozen=True)
class Command:
    """Types a command into this process."""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: object) -> Said:
        self.monkeypatch.setattr(sys, "argv", ["termpost", *map(str, arguments)])
        self.capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self.capsys.readouterr()
        return Said(int(ended.value.code or 0), out, err)
