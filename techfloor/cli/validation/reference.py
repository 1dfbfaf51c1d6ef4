"""The reference cases: published worked examples, held against what the program computes today."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from techfloor.cli.validation.examples import COMPUTED

FILE = Path(__file__).parents[3] / "tests" / "reference" / "cases.json"


class Outcome(StrEnum):
    """How a case ended, or a clause."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_BUILT = "not built"


@dataclass(frozen=True)
class Case:
    """A published example; `tolerance` is absolute, one number or one for each expected value."""

    id: str
    area: str
    source: str
    inputs: Mapping[str, Any]
    expected: Mapping[str, Any]
    tolerance: Any
    note: str
    provenance: str

    @property
    def is_read(self) -> bool:
        """Whether the printed number itself was read; else its citation is still to be checked at the source."""
        return self.provenance == "published, read"

    def allows(self, key: str, expected: float) -> float:
        """Return how far one value may be off."""
        if not isinstance(self.tolerance, Mapping):
            return float(self.tolerance)
        if "rel" in self.tolerance:
            return float(self.tolerance["rel"]) * abs(expected)
        return float(self.tolerance.get(key, 0))

    def agrees(self, key: str, found: Any, expected: Any) -> bool:
        """Tell whether what was computed is what is expected."""
        if isinstance(expected, list):
            return len(found) == len(expected) and all(
                self.agrees(key, one, other) for one, other in zip(found, expected, strict=True)
            )
        if isinstance(expected, str | bool):
            return bool(found == expected)
        return bool(abs(float(found) - expected) <= self.allows(key, expected))


@dataclass(frozen=True)
class Computed:
    """A case with what came out of it: the values under the expected names, and which of them are off."""

    case: Case
    outcome: Outcome
    values: Mapping[str, Any]
    off: Sequence[str] = ()
    error: str = ""


def cases(file: Path = FILE) -> list[Case]:
    """Read all cases."""
    return [Case(**each) for each in json.loads(file.read_text("utf-8"))]


def compute(case: Case) -> Computed:
    """Compute a case with the program's own functions; what they throw is a failure of the case."""
    function = COMPUTED.get(case.id)
    if function is None:
        return Computed(case, Outcome.NOT_BUILT, {})
    try:
        found = function(dict(case.inputs))
        off = [key for key, expected in case.expected.items() if not case.agrees(key, found[key], expected)]
    except Exception as error:  # noqa: BLE001 - the report says it, and goes on with the next case
        return Computed(case, Outcome.FAILED, {}, tuple(case.expected), f"{type(error).__name__}: {error}")
    values = {key: found[key] for key in case.expected}
    return Computed(case, Outcome.FAILED if off else Outcome.PASSED, values, tuple(off))
