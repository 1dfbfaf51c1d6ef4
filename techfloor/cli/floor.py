"""The floor of the packages: below which versions nothing is served, and why; read from `floor.toml`."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from techfloor.cli.steps import StepError

FLOOR = Path(__file__).with_name("floor.toml")
_NUMBERS = re.compile(r"\d+(?:\.\d+)*")


@dataclass(frozen=True)
class TooOld:
    """A package that stands below the floor; `found` is "" for one that is not there."""

    name: str
    found: str
    oldest: str
    why: str

    @property
    def words(self) -> str:
        """Return what is wrong and why it matters."""
        found = f"{self.name} {self.found} is too old" if self.found else f"{self.name} is missing"
        return f"{found}, {self.oldest} is the oldest that is safe: {self.why}"


def below(floor: Path = FLOOR) -> Iterator[TooOld]:
    """Give the packages of this Python that stand below the floor."""
    for name, entry in tomllib.loads(floor.read_text("utf-8")).items():
        found = _found(name)
        if not found or _rank(found) < _rank(entry["oldest"]):
            yield TooOld(name, found, entry["oldest"], entry["why"])


def _found(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _rank(version: str) -> tuple[tuple[int, ...], bool]:
    """Return what versions are put in order by: 3.1 is 3.1.0, and what comes before a release is older than it."""
    numbers = _NUMBERS.match(version)
    if numbers is None:
        return (), False
    parts = [int(part) for part in numbers[0].split(".")]
    while parts and parts[-1] == 0:
        parts.pop()
    rest = version[numbers.end() :]
    return tuple(parts), not rest or rest.startswith(("+", ".post"))


def refuse_old() -> None:
    """Raise StepError, with what to do, where a package stands below the floor."""
    found = list(below())
    if found:
        lines = "\n".join(f"  {each.words}" for each in found)
        raise StepError(
            f"techfloor does not start with packages that have known holes:\n{lines}\n"
            "Install what requirements.txt names: python3 -m pip install -r requirements.txt"
        )
