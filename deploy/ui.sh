#!/usr/bin/env bash
# Prefect server, worker and every deployment on one machine, until Ctrl-C. Usage: deploy/ui.sh HOME [EXTRACT]
set -euo pipefail
cd "$(dirname "$0")/.."
home=${1:-demo} extract=${2:-examples/grand-bend} bin=${BIN:-$PWD/.venv/bin} port=${PORT:-4200}

[ -f "$home/termpost.toml" ] || "$bin/termpost" init "$home" --from examples/grand-bend-home
home=$(cd "$home" && pwd) extract=$(cd "$(dirname "$extract")" && pwd)/$(basename "$extract")
export PREFECT_HOME=$home/.prefect PREFECT_API_URL=http://127.0.0.1:$port/api
export DO_NOT_TRACK=1 PREFECT_SERVER_ANALYTICS_ENABLED=false PREFECT_SERVER_CSRF_PROTECTION_ENABLED=true
export PREFECT_CLI_PROMPT=false GX_ANALYTICS_ENABLED=false

if curl -fs "$PREFECT_API_URL/health" >/dev/null 2>&1; then
  echo "termpost: something answers on port $port already (127.0.0.1): stop it, or set PORT" >&2
  exit 1
fi
gone() {  # whether the process ended within so many quarters of a second
  for _ in $(seq "$2"); do kill -0 "$1" 2>/dev/null || return 0; sleep 0.25; done
  return 1
}
stop() {  # the worker first, which lets its runs end; one that has lost its server would wait for it
  trap 'kill -9 ${worker:-} ${server:-} 2>/dev/null; exit 1' INT TERM
  if [ -n "${worker:-}" ] && kill -INT "$worker" 2>/dev/null && ! gone "$worker" 20; then
    if pgrep -P "$worker" >/dev/null 2>&1; then
      echo "termpost: waiting for runs that are under way (Ctrl-C again to kill them)" >&2
      while pgrep -P "$worker" >/dev/null 2>&1; do sleep 0.5; done
    fi
    gone "$worker" 20 || kill -9 "$worker" 2>/dev/null || true  # Prefect's may hang, with nothing to wait for
  fi
  if [ -n "${server:-}" ] && kill "$server" 2>/dev/null; then
    gone "$server" 80 || kill -9 "$server" 2>/dev/null || true
  fi
}
trap stop EXIT
trap 'exit 0' INT TERM
# in process groups of their own: Ctrl-C would reach them too, and to Prefect a second signal means to kill
set -m
"$bin/prefect" server start --host 127.0.0.1 --port "$port" >"$home/.prefect-server.log" 2>&1 &
server=$!
for _ in $(seq 120); do curl -fs "$PREFECT_API_URL/health" >/dev/null 2>&1 && break; sleep 0.5; done
"$bin/termpost" deploy --extract "$extract" --home "$home"
echo "Prefect UI: http://127.0.0.1:$port   (stop with Ctrl-C)"
"$bin/prefect" worker start --pool termpost --type process --name "$(hostname)" &
worker=$!
set +m
wait
