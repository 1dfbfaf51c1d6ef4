"""The clauses techfloor is held against: one list, in `clauses.toml`, and the tests that are marked with them."""

import ast
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("clauses.toml")
MARK = "clause"
"""The mark of pytest that names clauses."""


class Stands(StrEnum):
    """Whether a marked test shows a clause, the plant meets it by itself, or it comes later."""

    SHOWN = "shown"
    PLANT = "plant"
    NOT_BUILT = "not built"


@dataclass(frozen=True)
class Clause:
    """What a clause asks, what techfloor does about it, and what it leaves to the plant; all in our own words."""

    id: str
    asks: str
    does: str
    stands: Stands
    plant: str = ""

    @property
    def source(self) -> str:
        """The standard it stands in: the id without its last word."""
        return self.id.rpartition(" ")[0]


@dataclass(frozen=True)
class MarkedTest:
    """A test and the clauses it is marked with."""

    file: Path
    name: str
    clauses: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Its name as the sentence that it is."""
        return self.name.removeprefix("test_").replace("_", " ")


@cache
def clauses() -> tuple[Clause, ...]:
    """Read the list."""
    found = tomllib.loads(FILE.read_text("utf-8"))["clause"]
    return tuple(Clause(**{**each, "stands": Stands(each["stands"])}) for each in found)


def marked_tests(folder: Path) -> Iterator[MarkedTest]:
    """Find every test under `folder` that is marked with a clause, without running any."""
    for file in sorted(folder.rglob("test_*.py")):
        text = file.read_text("utf-8")
        if f"mark.{MARK}(" not in text:
            continue
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                named = tuple(each for mark in node.decorator_list for each in _named(mark))
                if named:
                    yield MarkedTest(file.relative_to(folder), node.name, named)


def _named(mark: ast.expr) -> Sequence[str]:
    """Return the clauses that a decorator names, none for another decorator."""
    if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Attribute) and mark.func.attr == MARK:
        return [each.value for each in mark.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return ()
