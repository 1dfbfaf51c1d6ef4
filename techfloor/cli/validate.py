"""`validate`: runs the tests of the clauses and the published cases beside the plant, and writes the report."""

import argparse
import importlib.util
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from techfloor.cli import cluster, system, testing
from techfloor.cli.environment import ROOT
from techfloor.cli.instance import add_instance, instance_settings
from techfloor.cli.steps import StepError, say, step
from techfloor.settings import Settings

if TYPE_CHECKING:
    from techfloor.cli.validation.reference import Computed
    from techfloor.cli.validation.report import Report
    from techfloor.cli.validation.running import ClauseResult, Order, Shown

CLAUSES, CASES = "clauses", "cases"
NO_TESTS = (
    "The tests are not in this folder, and they are what is run. Take a whole copy of the same version and type there: "
    "python3 -m techfloor validate"
)
NO_PYTEST = "The tools of the tests are missing. Type: python3 -m pip install -r requirements-dev.txt"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `validate` takes."""
    parser.add_argument("--by", default="", metavar="NAME", help="who runs it")
    parser.add_argument("--to", type=Path, metavar="DIR", help="the folder of the report (default: validation/ in it)")
    parser.add_argument("--only", default="", metavar="PART", help="clauses, cases, or the clauses that begin so")
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL cluster of its own too")
    parser.add_argument("--long", action="store_true", help="run the long form of the tests that have one")
    add_instance(parser)


def run(args: argparse.Namespace) -> int:
    """Validate, write the report as PDF and JSON, and say what came out; 1 when anything failed."""
    settings = instance_settings(args, must_exist=False)
    _check_tools()
    part = args.only.strip()
    if part not in {"", CLAUSES, CASES} and not _begun(part):
        raise StepError(f"No clause begins with “{part}”. docs/validation.md lists them.")
    folder: Path = (args.to or settings.instance / "validation").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    report = _validated(args, settings, part, folder)
    return _told(report, _written(report, folder))


def _check_tools() -> None:
    if not (ROOT / "tests" / "reference" / "cases.json").exists():
        raise StepError(NO_TESTS)
    if any(importlib.util.find_spec(name) is None for name in ("pytest", "xdist", "hypothesis")):
        raise StepError(NO_PYTEST)


def _begun(part: str) -> bool:
    from techfloor.cli.validation.clauses import clauses  # noqa: PLC0415 - `--help` needs none of it

    return any(clause.id.startswith(part) for clause in clauses())


def _validated(args: argparse.Namespace, settings: Settings, part: str, folder: Path) -> "Report":
    from techfloor import clock  # noqa: PLC0415
    from techfloor.cli.validation.ground import ground, sqlite_words  # noqa: PLC0415
    from techfloor.cli.validation.report import Report  # noqa: PLC0415
    from techfloor.cli.validation.running import Order  # noqa: PLC0415

    began = clock.now()
    databases = [sqlite_words()]
    cases = _cases() if part in {"", CASES} else []
    clauses: Sequence[ClauseResult] = []
    if part != CASES:
        begin = "" if part == CLAUSES else part
        environ = {name: value for name, value in os.environ.items() if not name.startswith("TECHFLOOR_")}
        order = Order(ROOT, begin, args.long, folder / f"tests-{began:%Y%m%dT%H%M%SZ}.log", environ)
        with testing.files_in_memory():
            clauses = _clauses(order, databases, on_server=args.postgresql or settings.database_file is None)
    return Report(began, args.by.strip(), part, ground(tuple(databases)), clauses, cases)


def _cases() -> list["Computed"]:
    from techfloor.cli.validation.reference import cases, compute  # noqa: PLC0415

    with step("Computing the published examples", "Published examples computed"):
        return [compute(case) for case in cases()]


def _clauses(order: "Order", databases: list[str], *, on_server: bool) -> Sequence["ClauseResult"]:
    from techfloor.cli.validation import running  # noqa: PLC0415
    from techfloor.cli.validation.clauses import clauses  # noqa: PLC0415

    with step("Running the tests of the clauses on SQLite; this takes some minutes", "Tests run on SQLite"):
        shown = running.run(order, "SQLite")
    if on_server:
        shown += _on_server(order, databases)
    return running.judged([clause for clause in clauses() if clause.id.startswith(order.begin)], shown)


def _on_server(order: "Order", databases: list[str]) -> list["Shown"]:
    """Run what keeps records once more, on a cluster that is made for it and gone afterwards."""
    from techfloor.cli.validation import running  # noqa: PLC0415

    found = cluster.programs()
    if found is None:
        raise StepError(f"PostgreSQL is missing for a scratch cluster. Type: {system.install_line(['postgresql'])}")
    with (
        step("Running those that keep records on PostgreSQL", "Tests run on PostgreSQL"),
        cluster.cluster(found) as url,
    ):
        databases.append(_server_words(url))
        return running.run(order, "PostgreSQL", "-m", "database", "--postgresql", url)


def _server_words(url: str) -> str:
    import psycopg  # noqa: PLC0415 - only a run on PostgreSQL needs the driver

    with psycopg.connect(url) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    return f"PostgreSQL {row[0] if row else ''}"


def _written(report: "Report", folder: Path) -> list[Path]:
    """Write the report; without the libraries of PDFs the JSON alone, and that is said."""
    from techfloor.cli.validation.sheet import render  # noqa: PLC0415
    from techfloor.reports.press import PdfFailed, PdfUnavailable  # noqa: PLC0415

    name = f"techfloor-{report.ground.version}-validation-{report.made_at:%Y%m%dT%H%M%SZ}"
    told, paper = folder / f"{name}.json", folder / f"{name}.pdf"
    told.write_text(report.as_json(), "utf-8")
    try:
        paper.write_bytes(render(report))
    except (PdfUnavailable, PdfFailed) as no:
        say(f"! There is no PDF, the JSON holds everything: {no}")
        return [told]
    return [paper, told]


def _told(report: "Report", files: Sequence[Path]) -> int:
    from techfloor.cli.validation.report import result_words  # noqa: PLC0415

    for clause in report.failed_clauses:
        say(f"✕ {clause.clause.id}: {'; '.join(_failures(clause)) or 'no test was run that shows it'}")
    for case in report.failed_cases:
        say(f"✕ {case.case.id}: {case.error or ', '.join(case.off)} not as published ({case.case.source})")
    for name, counted in (
        ("Clauses", Counter(result_words(each) for each in report.clauses)),
        ("Cases", Counter(each.outcome.value for each in report.cases)),
    ):
        if counted:
            say(f"  {name:8}" + " · ".join(f"{number} {words}" for words, number in counted.items()))
    for file in files:
        say(f"  {file}")
    if report.part:
        say(f"! This is a part only: {report.part}.")
    say("✓ Nothing failed." if report.passed else "✕ Something failed; the report and the log beside it say what.")
    return 0 if report.passed and len(files) > 1 else 1


def _failures(found: "ClauseResult") -> list[str]:
    return [f"{each.sentence} ({each.database}): {each.why}" for each in found.tests if each.failed]
