"""A command that is killed takes the server it started with it."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMMAND = """
import subprocess, sys
from termpost.flows.ephemeral_server import watch
server = subprocess.Popen(["sleep", "600"], stdout=subprocess.DEVNULL)
watch(server.pid)
print(server.pid, flush=True)
sys.stdin.read()
"""


def test_what_a_killed_command_started_ends_with_it() -> None:
    command = subprocess.Popen(
        [sys.executable, "-c", COMMAND], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert command.stdout
    server = os.pidfd_open(int(command.stdout.readline()))
    command.send_signal(signal.SIGKILL)
    command.wait()
    assert select.select([server], [], [], 30)[0]  # a process that has ended can be read
