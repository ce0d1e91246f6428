"""A process that dies leaves no copy of its memory, nor does one that it started."""

import subprocess
import sys

import pytest

# a flow ends at once where no home is, and has kept its process private by then
STARTS = {
    "command": "import sys; sys.argv = ['termpost', '--version']\nfrom termpost.flows.cli import main\n"
    "try: main()\nexcept SystemExit: pass\n",
    "flow": "from termpost.flows.flow_context import begin\ntry: begin('.', None)\nexcept Exception: pass\n",
}
LIMIT = "import resource; print('core', resource.getrlimit(resource.RLIMIT_CORE))"


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_no_core_is_dumped(start: str) -> None:
    child = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {LIMIT!r}])"
    # a shell that would let a core be dumped
    program = ["bash", "-c", 'ulimit -S -c "$(ulimit -H -c)"; exec "$@"', "bash", sys.executable, "-c"]
    done = subprocess.run([*program, start + child], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "core (0, 0)"
