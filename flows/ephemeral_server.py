"""The Prefect server that a single command starts ends with that command, however the command ended.

Prefect stops it at exit; a command that was killed leaves it running, with the home's own files open.
"""

import subprocess
from typing import Any

_watchers: list[subprocess.Popen[bytes]] = []  # kept: one that is let go of closes its pipe


def end_with_this_process() -> None:
    """Whatever server Prefect starts from now on in this process is watched."""
    from prefect.server.api.server import SubprocessASGIServer  # noqa: PLC0415 - after the environment is set

    start = SubprocessASGIServer._run_uvicorn_command  # noqa: SLF001 - there is no hook for it

    def watched(self: SubprocessASGIServer) -> subprocess.Popen[Any]:
        process = start(self)
        watch(process.pid)
        return process

    setattr(SubprocessASGIServer, start.__name__, watched)


def watch(pid: int) -> None:
    """Ends the process with that number once this one is gone: then the pipe closes, which the kernel does too."""
    command = ["/bin/sh", "-c", 'read -r _; kill "$1" 2>/dev/null', "watch", str(pid)]
    _watchers.append(subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True))  # noqa: S603 - ours
