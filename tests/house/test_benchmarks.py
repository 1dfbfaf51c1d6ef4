"""The benchmarks run, in a form too small to measure anything."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from plant_client import ClockAt

from benchmarks import tablets
from benchmarks.__main__ import MEASURES, arguments
from benchmarks.figures import TINY, Figure, percentile, table


@pytest.fixture(autouse=True)
def as_it_is(clock_at: ClockAt) -> None:
    """Benchmarks talk to a server of another process, which knows no other time."""
    clock_at(datetime.now(UTC))


@pytest.mark.parametrize("name", sorted(MEASURES.keys() - {"tablets"}))
def test_every_benchmark_runs_and_gives_its_figures(name: str, tmp_path: Path) -> None:
    figures = MEASURES[name](tmp_path, TINY)
    assert figures
    assert all(figure.measured >= 0 and figure.how for figure in figures)


def test_what_the_tablets_saved_is_what_the_database_holds(tmp_path: Path) -> None:
    figures = [(figure.what.partition(": ")[2], figure.measured) for figure in tablets.measure(tmp_path, TINY)]
    assert [each for each in figures if each[0] not in {"p99", "rate"}] == [
        ("failures", 0),
        ("failures", 0),
        ("lost", 0),
        ("doubled", 0),
    ]
    assert all(measured > 0 for name, measured in figures if name in {"p99", "rate"})


def test_a_figure_says_whether_its_goal_is_met() -> None:
    verdicts = [Figure("x", measured, "ms", most, "").verdict for measured, most in ((5, 5), (5.1, 5), (9, None))]
    assert verdicts == ["met", "MISSED", "stated"]


def test_a_percentile_is_a_value_that_was_seen() -> None:
    seen = [float(n) for n in range(1, 101)]
    assert [percentile(seen, percent) for percent in (50, 95, 99, 100)] == [50, 95, 99, 100]
    assert percentile([7.0], 99) == 7


def test_the_table_has_a_line_for_each_figure() -> None:
    lines = table([Figure("verify", 1.234, "s", 2, "once")]).splitlines()
    assert len(lines) == 3
    assert [cell.strip() for cell in lines[2].strip("|").split("|")] == ["verify", "1.23 s", "≤ 2 s", "met", "once"]


def test_an_unknown_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        arguments(["everything"])
    assert "everything" in capsys.readouterr().err
