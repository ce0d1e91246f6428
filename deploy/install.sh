#!/usr/bin/env bash
# Installs a lock and termpost itself into .venv. Usage: [PYTHON=python3.11] deploy/install.sh LOCK
# With uv, which is several times as fast: the one on the path, else the one that requirements-dev.lock names; pip where
# there is none, or where uv cannot reach the packages (it does not read pip's own settings). Hashes are checked by both.
set -euo pipefail
cd "$(dirname "$0")/.."
lock=$1 python=${PYTHON:-python3} bin=.venv/bin
"$python" -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "termpost needs Python 3.11 or newer: make PYTHON=python3.11")'
[ -x $bin/pip ] || "$python" -m venv .venv
pip=("$bin/python" -m pip --quiet --disable-pip-version-check install)
export UV_SYSTEM_CERTS=true  # the machine's certificates, which pip takes too
pinned() { for name; do awk -v pin="^$name==" '$0 ~ pin, !/\\$/' requirements-dev.lock; done; }

uv=$(command -v uv || true)
if [ -z "$uv" ] || ! "$uv" --version >/dev/null 2>&1; then
  "${pip[@]}" --require-hashes -r <(pinned uv) && uv=$bin/uv || uv=
fi
if [ -z "$uv" ] || ! {
  "$uv" pip install --quiet --compile-bytecode --python "$bin/python" --require-hashes -r "$lock" &&
    "$uv" pip install --quiet --python "$bin/python" --no-deps --build-constraints requirements-dev.lock --editable .
}; then
  [ -z "$uv" ] || echo "termpost: uv could not install $lock; trying pip" >&2
  "${pip[@]}" --no-deps --require-hashes -r "$lock"  # the lock is whole; pip would look past it for `sqlalchemy[asyncio]`
  "${pip[@]}" --no-deps --require-hashes -r <(pinned hatchling editables tomlkit trove-classifiers)  # what builds it
  "${pip[@]}" --no-deps --no-build-isolation --editable .
fi
