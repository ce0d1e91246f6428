#!/usr/bin/env bash
# Wheel and sdist of the commit that is checked out, the lock that belongs to them, and their sums. Usage: deploy/dist.sh VERSION
set -euo pipefail
cd "$(dirname "$0")/.."
version=$1 bin=.venv/bin
if [ -n "$(git status --porcelain 2>/dev/null)" ]; then
  echo "termpost: there are changes that no commit has, so nobody could make these files again" >&2
  exit 1
fi
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) && export SOURCE_DATE_EPOCH
rm -f dist/termpost-* dist/SHA256SUMS dist/requirements.lock
"$bin/python" -m hatchling build --target wheel --target sdist --directory dist >/dev/null
cp requirements.lock dist/
cd dist
sha256sum "termpost-$version-py3-none-any.whl" "termpost-$version.tar.gz" requirements.lock >SHA256SUMS
cat SHA256SUMS
