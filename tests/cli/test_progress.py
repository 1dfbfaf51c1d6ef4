"""Long work says how far it is, on a terminal and in a log."""

import io

import pytest

from techfloor.cli.steps import progress


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_in_a_log_it_says_so_each_quarter(capsys: pytest.CaptureFixture[str]) -> None:
    tell = progress("Loading", "acts")
    for done in range(1, 401):
        tell(done, 400)

    assert capsys.readouterr().out.splitlines() == [
        "… Loading: 1 of 400 acts",
        *(f"… Loading: {done} of 400 acts" for done in (100, 200, 300, 400)),
    ]


def test_on_a_terminal_it_counts_up_on_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    tell = progress("Loading", "acts")
    for done in range(1, 401):
        tell(done, 400)

    said = terminal.getvalue()
    assert said.count("\n") == 1
    assert said.endswith("\r… Loading: 400 of 400 acts\n")
    assert 90 < said.count("\r") < 110
