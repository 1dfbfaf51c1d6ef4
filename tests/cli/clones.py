"""A clone small enough to be set up and started inside a test."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

from techfloor.cli.environment import ROOT

STUBS = {
    "wsgi.py": """
        import os, time
        def app(environ, start_response):
            if environ["PATH_INFO"] == "/crash":
                os._exit(3)
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [str(os.getpid()).encode()]
        """,
    "techfloor/cli/prepare.py": """
        def prepare(settings, *, demo):
            print("prepared", settings.instance.name, demo)
        """,
    "techfloor/house/__init__.py": "",
    "techfloor/house/setup.py": """
        def pending_token(settings):
            return "amber-gauge-42"
        """,
    "techfloor/cli/demo/__init__.py": "",
    "techfloor/cli/demo/cast.py": """
        from types import SimpleNamespace
        def accounts():
            return [SimpleNamespace(role="auditor", user_name="amal", password="pass-word", pin="389617")]
        """,
}


def make_clone(folder: Path) -> Path:
    """Copy the commands into `folder`, on a plant that is two stubs deep."""
    (folder / "instance").mkdir(parents=True)
    for file in ("requirements.txt", "requirements-dev.txt"):
        shutil.copy(ROOT / file, folder)
    shutil.copytree(
        ROOT / "techfloor" / "cli", folder / "techfloor" / "cli", ignore=shutil.ignore_patterns("demo", "__pycache__")
    )
    for file in ("__init__.py", "__main__.py", "settings.py"):
        shutil.copy(ROOT / "techfloor" / file, folder / "techfloor")
    for name, text in STUBS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(line[8:] for line in text.splitlines()) + "\n", "utf-8")
    return folder


def make_wheel(folder: Path, name: str) -> None:
    """Write a wheel of version 1.0 that holds one empty module."""
    folder.mkdir(parents=True, exist_ok=True)
    info = f"{name}-1.0.dist-info"
    with ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}.py", "")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", f"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")


def start(clone: Path, *words: str, python: str = sys.executable, **variables: str) -> subprocess.Popen[str]:
    """Start a command in a clone, its output and errors in one pipe."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("TECHFLOOR_", "PIP_", "UV_"))}
    return subprocess.Popen(
        [python, "-m", "techfloor", *words],
        cwd=clone,
        env={**environ, "PYTHONUTF8": "1", **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """Read what a process prints up to the line with `words`; fails, showing it all, when the output ends before."""
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if words in line:
            return seen
    raise AssertionError(f"“{words}” was never printed:\n{seen}")
