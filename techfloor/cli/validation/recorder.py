"""A plugin of pytest: runs the tests that are marked with clauses, and writes what became of each into a file."""

import json
from pathlib import Path

import pytest

RESULTS, WANTED = "--clause-results", "--clauses"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the file of the results and what a clause must begin with."""
    parser.addoption(RESULTS, metavar="FILE", help="where the results are written")
    parser.addoption(WANTED, metavar="BEGIN", default="", help="run the tests of clauses that begin so")


def pytest_configure(config: pytest.Config) -> None:
    """Begin to record, in the process that hears of every test."""
    file = config.getoption(RESULTS)
    if file and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Recorder(Path(file)))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out every test of no wanted clause, and let the others tell their clauses with their results."""
    wanted: list[pytest.Item] = []
    others: list[pytest.Item] = []
    for item in items:
        named = [name for mark in item.iter_markers("clause") for name in mark.args]
        item.user_properties.append(("clauses", named))
        is_wanted = any(name.startswith(config.getoption(WANTED)) for name in named)
        (wanted if is_wanted else others).append(item)
    config.hook.pytest_deselected(items=others)
    items[:] = wanted


class Recorder:
    """Keeps how each test ended: one line for each set of values it was run with."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.found: dict[str, dict[str, object]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in what is told of a test; what fails before or after it fails it too."""
        if report.when != "call" and report.outcome == "passed":
            return
        if report.nodeid in self.found and report.outcome != "failed":
            return
        why = "" if report.outcome == "passed" else str(report.longrepr).strip().splitlines()[-1]
        clauses = dict(report.user_properties).get("clauses", [])
        self.found[report.nodeid] = {"test": report.nodeid, "clauses": clauses, "ended": report.outcome, "why": why}

    def pytest_sessionfinish(self) -> None:
        """Write everything down."""
        self.file.write_text(json.dumps(list(self.found.values())), "utf-8")
