"""The validation report says what the tests and the cases say, and nothing better."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from techfloor.cli import validate
from techfloor.cli.environment import ROOT, Need
from techfloor.cli.steps import StepError
from techfloor.cli.validation import clauses, ground, running
from techfloor.cli.validation.clauses import Clause, Stands
from techfloor.cli.validation.examples import COMPUTED
from techfloor.cli.validation.ground import Ground, Package
from techfloor.cli.validation.reference import Outcome, cases, compute
from techfloor.cli.validation.report import Report
from techfloor.cli.validation.running import Order, Shown
from techfloor.cli.validation.sheet import render
from techfloor.reports.press import PdfFailed

GROUND = Ground(
    "0.1.0",
    "ab" * 32,
    "cd" * 32,
    "CPython 3.11.7",
    ("SQLite 3.53.4",),
    "Debian",
    "bench",
    (Package("Flask", "3", "3"),),
)
PASSES = Shown("tests/a.py::test_it_holds", ("A 1",), "SQLite", passed=2, failed=0, skipped=0)
CLAUSE = Clause("A 1", "It holds.", "It holds.", Stands.SHOWN)


def outcome(*shown: Shown, clause: Clause = CLAUSE) -> Outcome | None:
    """Return what becomes of one clause."""
    (found,) = running.judged([clause], shown)
    return found.outcome


def test_a_clause_has_passed_when_one_test_passed_and_none_failed() -> None:
    assert outcome(PASSES) is Outcome.PASSED
    assert outcome(PASSES, replace(PASSES, database="PostgreSQL", failed=1)) is Outcome.FAILED


def test_a_clause_that_no_test_was_run_for_has_failed() -> None:
    assert outcome() is Outcome.FAILED
    assert outcome(replace(PASSES, passed=0, skipped=1)) is Outcome.FAILED
    assert outcome(replace(PASSES, clauses=("A 2",))) is Outcome.FAILED


def test_what_is_not_built_or_the_plants_own_is_neither() -> None:
    assert outcome(clause=replace(CLAUSE, stands=Stands.NOT_BUILT)) is Outcome.NOT_BUILT
    assert outcome(clause=replace(CLAUSE, stands=Stands.PLANT)) is None


def test_a_test_run_with_many_values_is_one_line() -> None:
    lines = [
        {"test": "tests/a.py::test_b[1]", "clauses": ["A 1"], "ended": "passed", "why": ""},
        {"test": "tests/a.py::test_b[2]", "clauses": ["A 1"], "ended": "failed", "why": "no"},
    ]
    (found,) = running.added_up(lines, "SQLite")
    assert (found.test, found.passed, found.failed, found.result, found.why) == (
        "tests/a.py::test_b",
        1,
        1,
        "failed",
        "no",
    )


TESTS = """
import pytest

@pytest.mark.clause("21 CFR 11.70")
@pytest.mark.parametrize("n", [1, 2])
def test_it_holds(n): ...

@pytest.mark.clause("21 CFR 11.10(a)", "21 CFR 11.70")
def test_it_does_not_hold(): assert 1 == 2, "the seal is broken"

@pytest.mark.clause("21 CFR 11.10(a)")
def test_nobody_looked(): pytest.skip("not here")

@pytest.fixture
def broken(): raise RuntimeError("no bench")

@pytest.mark.clause("ISO 9001 7.5.2")
def test_it_cannot_begin(broken): ...

@pytest.mark.clause("ISO 9001 7.5.3.1")
def test_its_scratch_is_its_own():
    import tempfile
    assert "techfloor-validation-" in tempfile.gettempdir()

def test_of_no_clause(): raise AssertionError
"""


@pytest.fixture
def order(tmp_path: Path) -> Order:
    """A folder with tests of its own, to be run whole."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_some.py").write_text(TESTS, "utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    clause: of a clause\n", "utf-8")
    return Order(tmp_path, "", long=False, log=tmp_path / "log", environ={"PYTHONPATH": str(ROOT)})


@pytest.mark.clause("ISO/IEC 17025 7.11.2", "21 CFR 11.10(a)")
def test_what_was_run_is_what_is_reported(order: Order) -> None:
    found = {each.sentence: (each.result, each.passed, each.why) for each in running.run(order, "SQLite")}
    assert found == {
        "it holds": ("passed", 2, ""),
        "it does not hold": ("failed", 0, "tests/test_some.py:9: AssertionError"),
        "nobody looked": ("not run", 0, ""),
        "its scratch is its own": ("passed", 1, ""),
        "it cannot begin": ("failed", 0, "tests/test_some.py:15: RuntimeError"),
    }


def test_clauses_that_begin_otherwise_are_left_out(order: Order) -> None:
    found = running.run(replace(order, begin="21 CFR 11.70", workers=0), "SQLite")
    assert [each.sentence for each in found] == ["it does not hold", "it holds"]


def test_tests_that_cannot_be_run_are_no_result(order: Order) -> None:
    (order.root / "tests" / "test_some.py").write_text("import nothing_of_that_name\n" + TESTS, "utf-8")
    with pytest.raises(StepError, match="tells why"):
        running.run(replace(order, workers=0), "SQLite")


# The report


@pytest.fixture(scope="module")
def report() -> Report:
    """A report in which one clause and one case failed."""
    wrong = replace(PASSES, test="tests/a.py::test_it_does_not", clauses=("21 CFR 11.70",), failed=1, why="<b>why</b>")
    shown = [*(replace(PASSES, clauses=(each.id,)) for each in clauses.clauses() if each.id != "21 CFR 11.70"), wrong]
    computed = [compute(case) for case in cases()]
    off = compute(replace(computed[2].case, expected={"u_ug": 81}))
    found = running.judged(clauses.clauses(), shown)
    return Report(datetime(2026, 11, 22, 9, 30, tzinfo=UTC), "Quinn Bauer", "", GROUND, found, [*computed, off])


def test_the_data_name_every_clause_case_and_version(report: Report) -> None:
    told = json.loads(report.as_json())
    assert (told["kind"], told["by"], told["result"]) == ("validation report", "Quinn Bauer", "failed")
    assert [each["clause"] for each in told["clauses"]] == [each.id for each in clauses.clauses()]
    by_id = {each["clause"]: each for each in told["clauses"]}
    assert by_id["21 CFR 11.70"]["tests"][0]["behaviour"] == "it does not"
    assert {by_id[name]["result"] for name in ("21 CFR 211.192", "21 CFR 11.100(c)", "21 CFR 11.70")} == {
        "not built",
        "the plant's own",
        "failed",
    }
    case = next(each for each in told["cases"] if each["case"] == "EA-4/02-S10")
    assert (case["expected"]["U_mm"], case["result"]) == (0.06, "passed")
    assert abs(case["computed"]["U_mm"] - 0.06) < 0.005
    assert sum(each["result"] == "not built" for each in told["cases"]) == len(cases()) - len(COMPUTED)
    assert told["ground"]["packages"] == [{"name": "Flask", "pinned": "3", "found": "3"}]


def words_of(data: bytes) -> str:
    """Return the text of a PDF."""
    document = pypdfium2.PdfDocument(data)
    try:
        return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in document)
    finally:
        document.close()


def test_the_paper_says_it_and_carries_the_data(report: Report) -> None:
    paper = render(report)
    words = words_of(paper)
    for each in ("Validation report", "2 failed", "11.10(e)", "not built", "Quinn Bauer", "Accepted for use by"):
        assert each in words
    assert "<b>why</b>" in words, "what a test says is text"
    with pikepdf.open(BytesIO(paper)) as document, document.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert document.attachments["validation.json"].get_file().read_bytes() == report.as_json().encode()


# The command


def asked(folder: Path, *words: str) -> argparse.Namespace:
    """Return the command line as it is read."""
    parser = argparse.ArgumentParser()
    validate.add_arguments(parser)
    return parser.parse_args(["--instance", str(folder / "instance"), "--to", str(folder / "out"), *words])


def told(folder: Path) -> dict[str, Any]:
    """Return the report that was written."""
    (file,) = (folder / "out").glob("*.json")
    return dict(json.loads(file.read_text("utf-8")))


def test_cases_alone_are_a_part_and_touch_no_instance(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert validate.run(asked(tmp_path, "--only", "cases", "--by", "Quinn")) == 0
    assert told(tmp_path)["part"] == "cases"
    assert "This is a part only: cases." in capsys.readouterr().out
    assert len(list((tmp_path / "out").glob("*.pdf"))) == 1
    assert not (tmp_path / "instance").exists()


@pytest.mark.parametrize(("passed", "code"), [(1, 0), (0, 1)])
def test_the_exit_code_is_0_only_when_nothing_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], passed: int, code: int
) -> None:
    def run(order: Order, database: str, *_words: str) -> Sequence[Shown]:
        return [replace(PASSES, clauses=("21 CFR 11.70",), passed=passed, failed=1 - passed, why="broken")]

    monkeypatch.setattr(running, "run", run)
    monkeypatch.setattr("techfloor.cli.validation.sheet.render", lambda _report: b"%PDF")
    assert validate.run(asked(tmp_path, "--only", "21 CFR 11.70")) == code
    assert ("✕ 21 CFR 11.70: it holds (SQLite): broken" in capsys.readouterr().out) == bool(code)


def test_without_a_pdf_the_data_are_kept_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(_report: Report) -> bytes:
        raise PdfFailed("the document took too long")

    monkeypatch.setattr("techfloor.cli.validation.sheet.render", fails)
    assert validate.run(asked(tmp_path, "--only", "cases")) == 1
    assert "There is no PDF, the JSON holds everything: the document took too long" in capsys.readouterr().out
    assert told(tmp_path)["result"] == "passed"


def test_a_clause_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StepError, match="No clause begins with “21 CFR 99”"):
        validate.run(asked(tmp_path, "--only", "21 CFR 99"))


def test_a_folder_without_tests_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validate, "ROOT", tmp_path)
    with pytest.raises(StepError, match="whole copy of the same version"):
        validate.run(asked(tmp_path))


def test_it_is_raised_with_the_tools_of_the_tests() -> None:
    assert Need.of("validate") is Need.TEST


def test_a_changed_file_changes_the_hash_of_the_program(tmp_path: Path) -> None:
    (tmp_path / "techfloor").mkdir()
    (tmp_path / "techfloor" / "a.py").write_text("1", "utf-8")
    first = ground.hash_of("techfloor", root=tmp_path)
    (tmp_path / "techfloor" / "__pycache__").mkdir()
    (tmp_path / "techfloor" / "__pycache__" / "a.pyc").write_text("compiled", "utf-8")
    assert ground.hash_of("techfloor", root=tmp_path) == first
    (tmp_path / "techfloor" / "a.py").rename(tmp_path / "techfloor" / "b.py")
    assert ground.hash_of("techfloor", root=tmp_path) != first
