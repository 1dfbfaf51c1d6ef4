"""Running the tests of the clauses in a process of their own, on scratch databases, and adding up what they say."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from techfloor.cli.steps import StepError, show_tail
from techfloor.cli.validation.clauses import Clause, Stands, marked_tests
from techfloor.cli.validation.recorder import RESULTS, WANTED
from techfloor.cli.validation.reference import Outcome

NO_RESULTS = "The tests could not be run; {log} tells why."


@dataclass(frozen=True)
class Order:
    """Which tests are run and how: clauses that begin with `begin`, the long form, the log of what pytest says."""

    root: Path
    begin: str
    long: bool
    log: Path
    environ: Mapping[str, str]
    workers: int = 2


@dataclass(frozen=True)
class Shown:
    """What one test showed on one database, over all the values it was run with."""

    test: str
    clauses: tuple[str, ...]
    database: str
    passed: int
    failed: int
    skipped: int
    why: str = ""

    @property
    def sentence(self) -> str:
        """Its name as the sentence that it is."""
        return self.test.rpartition("::")[2].removeprefix("test_").replace("_", " ")

    @property
    def result(self) -> str:
        """Return passed, failed, or not run."""
        return "failed" if self.failed else "passed" if self.passed else "not run"


@dataclass(frozen=True)
class ClauseResult:
    """A clause with the tests that were run for it; None for `outcome` where the plant meets it by itself."""

    clause: Clause
    outcome: Outcome | None
    tests: tuple[Shown, ...] = ()


def run(order: Order, database: str, *words: str) -> list[Shown]:
    """Run the marked tests; raises StepError where they could not be run at all, which is no result."""
    files = sorted(
        {str(Path("tests", test.file)) for test in marked_tests(order.root / "tests") if _wanted(order, test)}
    )
    with tempfile.TemporaryDirectory(prefix="techfloor-validation-") as folder:
        results = Path(folder, "results.json")
        command = [sys.executable, "-m", "pytest", "-p", "techfloor.cli.validation.recorder", "-p", "no:cacheprovider"]
        command += [
            "-q",
            "-n",
            str(order.workers),
            f"{RESULTS}={results}",
            f"{WANTED}={order.begin}",
            f"--basetemp={folder}/scratch",
        ]
        command += [*(["--long"] if order.long else []), *words, *files]
        with order.log.open("a", encoding="utf-8") as log:
            log.write(f"\n$ {' '.join(command)}\n")
            log.flush()
            subprocess.run(  # noqa: S603 - the program's own words
                command,
                cwd=order.root,
                env={**order.environ, "TMPDIR": folder},  # what other runs of the tests leave is none of this one's
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=False,
            )
        found = json.loads(results.read_text("utf-8")) if results.exists() else []
    if not found:
        show_tail(order.log)
        raise StepError(NO_RESULTS.format(log=order.log))
    return added_up(found, database)


def _wanted(order: Order, test: object) -> bool:
    return any(name.startswith(order.begin) for name in getattr(test, "clauses", ()))


def added_up(found: Iterable[Mapping[str, object]], database: str) -> list[Shown]:
    """Return one line for each test, however many values it was run with."""
    by_test: dict[str, list[Mapping[str, object]]] = {}
    for each in found:
        by_test.setdefault(str(each["test"]).partition("[")[0], []).append(each)
    return [_shown(test, lines, database) for test, lines in sorted(by_test.items())]


def _shown(test: str, lines: Sequence[Mapping[str, object]], database: str) -> Shown:
    def ended(how: str) -> int:
        return sum(line["ended"] == how for line in lines)

    clauses = lines[0]["clauses"]
    assert isinstance(clauses, list)
    why = next((str(line["why"]) for line in lines if line["ended"] == "failed"), "")
    return Shown(test, tuple(clauses), database, ended("passed"), ended("failed"), ended("skipped"), why)


def judged(clauses: Iterable[Clause], shown: Sequence[Shown]) -> list[ClauseResult]:
    """Return each clause with its tests: passed when one passed and none failed."""
    return [_judged(clause, tuple(each for each in shown if clause.id in each.clauses)) for clause in clauses]


def _judged(clause: Clause, tests: tuple[Shown, ...]) -> ClauseResult:
    if clause.stands is Stands.PLANT:
        return ClauseResult(clause, None)
    if clause.stands is Stands.NOT_BUILT:
        return ClauseResult(clause, Outcome.NOT_BUILT)
    good = any(each.passed for each in tests) and not any(each.failed for each in tests)
    return ClauseResult(clause, Outcome.PASSED if good else Outcome.FAILED, tests)
