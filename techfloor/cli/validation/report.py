"""The validation report as data: what the JSON holds, and what the PDF is drawn from."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from techfloor.cli.validation.ground import Ground
from techfloor.cli.validation.reference import Computed, Outcome
from techfloor.cli.validation.running import ClauseResult, Shown


@dataclass(frozen=True)
class Report:
    """A whole validation; `part` says to what it was narrowed, '' for all of it."""

    made_at: datetime
    by: str
    part: str
    ground: Ground
    clauses: Sequence[ClauseResult]
    cases: Sequence[Computed]

    @property
    def failed_clauses(self) -> list[ClauseResult]:
        """The clauses that no test showed, or that one showed otherwise."""
        return [each for each in self.clauses if each.outcome is Outcome.FAILED]

    @property
    def failed_cases(self) -> list[Computed]:
        """The cases that came out otherwise than printed."""
        return [each for each in self.cases if each.outcome is Outcome.FAILED]

    @property
    def passed(self) -> bool:
        """Whether nothing failed."""
        return not self.failed_clauses and not self.failed_cases

    def as_json(self) -> str:
        """Return the report as JSON, the same for the same findings."""
        told = {
            "kind": "validation report",
            "schema": 1,
            "made_at": self.made_at.isoformat(),
            "by": self.by,
            "part": self.part,
            "result": "passed" if self.passed else "failed",
            "ground": asdict(self.ground),
            "clauses": [_clause(each) for each in self.clauses],
            "cases": [_case(each) for each in self.cases],
        }
        return json.dumps(told, ensure_ascii=False, indent=1, default=plain) + "\n"


def result_words(found: ClauseResult) -> str:
    """Return passed, failed, not built, or whose the clause is."""
    return found.outcome.value if found.outcome else "the plant's own"


def _clause(found: ClauseResult) -> Mapping[str, Any]:
    clause = found.clause
    return {
        "clause": clause.id,
        "asks": clause.asks,
        "behaviour": clause.does,
        "plant": clause.plant,
        "result": result_words(found),
        "tests": [_test(each) for each in found.tests],
    }


def _test(shown: Shown) -> Mapping[str, Any]:
    told = {"test": shown.test, "behaviour": shown.sentence, "database": shown.database, "result": shown.result}
    return {**told, "passed": shown.passed, "failed": shown.failed, "skipped": shown.skipped, "why": shown.why}


def _case(found: Computed) -> Mapping[str, Any]:
    case = found.case
    told = {"case": case.id, "area": case.area, "source": case.source, "provenance": case.provenance}
    values = {"expected": case.expected, "tolerance": case.tolerance, "computed": found.values}
    return {**told, **values, "result": found.outcome.value, "off": list(found.off), "error": found.error}


def plain(value: object) -> object:
    """Return what JSON has no word for: a decimal keeps its digits."""
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else float(value)
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"A report cannot hold {value!r}.")
