"""An old Python says which version is needed, instead of showing a syntax error."""

import ast
import runpy
import sys
from pathlib import Path

import pytest

from techfloor.cli.environment import ROOT

FIRST_FILES = [ROOT / "techfloor" / "__init__.py", ROOT / "techfloor" / "__main__.py"]
NEWER = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef, ast.Match)


@pytest.mark.parametrize("file", FIRST_FILES, ids=lambda file: file.name)
def test_the_first_files_parse_on_old_pythons(file: Path) -> None:
    tree = ast.parse(file.read_text("ascii"), feature_version=(3, 4))
    for node in ast.walk(tree):
        assert not isinstance(node, NEWER)
        assert getattr(node, "returns", None) is None
        assert getattr(node, "annotation", None) is None


def test_an_old_python_is_told_which_one_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 5, 3, "final", 0))
    monkeypatch.setattr(sys, "version", "3.5.3 (default)")
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer, and this is 3\.5\.3"):
        runpy.run_path(str(ROOT / "techfloor" / "__main__.py"), run_name="__main__")
