"""The run of all checks: a failure does not end it early, and a missing browser is no pass."""

import os
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from pathlib import Path

import pytest

from techfloor.cli import system, testing
from techfloor.cli.testing import Check

GOOD = Check("lint", "Lint", ("-c", "print('clean')"))
BAD = Check("types", "Types", ("-c", "raise SystemExit(2)"))
BROWSER = Check("browser", "Browser tests", ("-c", "import os; print(os.environ['CHROMIUM'], os.environ['HOME'])"))


def run(
    monkeypatch: pytest.MonkeyPatch, *checks: Check, words: tuple[str, ...] = (), rest: tuple[str, ...] = ()
) -> int:
    monkeypatch.setattr(testing, "CHECKS", checks)
    parser = ArgumentParser()
    testing.add_arguments(parser)
    return testing.run(Namespace(**{**vars(parser.parse_args(words)), "rest": list(rest)}))


def test_all_checks_run_and_one_failure_fails_the_run(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, BAD, GOOD) == 1
    said = capfd.readouterr().out
    assert "clean" in said
    assert "\nSummary\n  failed  Types (" in said
    assert "\n  passed  Lint (" in said


def test_a_run_without_failure_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, GOOD) == 0


def test_only_the_steps_asked_for_are_run(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, BAD, GOOD, words=("--only", "lint")) == 0


def test_an_unknown_step_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit):
        run(monkeypatch, GOOD, words=("--only", "polish"))


def test_a_missing_browser_is_a_failure_where_everything_must_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "browser", lambda: None)
    monkeypatch.setattr(system, "install", lambda *_words: False)
    monkeypatch.setenv("CI", "true")
    assert run(monkeypatch, BROWSER) == 1


def test_a_missing_browser_is_a_loud_skip_elsewhere(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(system, "browser", lambda: None)
    monkeypatch.setattr(system, "install", lambda *_words: False)
    monkeypatch.setattr(system, "is_debian", lambda: True)
    monkeypatch.delenv("CI", raising=False)
    assert run(monkeypatch, BROWSER) == 0
    said = capfd.readouterr().out
    assert "! NO BROWSER: nothing was tested in one. Type: sudo apt install chromium" in said
    assert "  SKIPPED Browser tests" in said


def test_where_debian_may_the_browser_without_a_window_is_installed_beside_the_whole(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    there = ["/usr/bin/chromium"]

    def install(packages: list[str], *_words: object) -> bool:
        there.insert(0, f"/usr/bin/{packages[0]}")
        return True

    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(system, "browser", lambda: there[0])
    monkeypatch.setattr(system, "install", install)
    monkeypatch.setattr(system, "is_debian", lambda: True)
    assert run(monkeypatch, BROWSER) == 0
    assert "/usr/bin/chromium-headless-shell " in capfd.readouterr().out
    assert len(there) == 2, "and the whole is not installed again"


@pytest.mark.parametrize("home", ["", "/proc/no/such/home"])
def test_the_browser_gets_a_home_folder_it_can_write(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], home: str
) -> None:
    monkeypatch.setattr(system, "browser", lambda: "/opt/my-chromium")
    monkeypatch.setenv("HOME", home)
    assert run(monkeypatch, BROWSER) == 0
    line = next(line for line in capfd.readouterr().out.splitlines() if line.startswith("/opt/my-chromium "))
    given = Path(line.split()[1])
    assert given.name.startswith("techfloor-home-")
    assert not given.exists()


def test_a_home_folder_that_can_be_written_is_left_to_the_browser(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(system, "browser", lambda: "/opt/my-chromium")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert run(monkeypatch, BROWSER) == 0
    assert f"/opt/my-chromium {tmp_path}" in capfd.readouterr().out


def test_the_checks_see_no_variable_of_this_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TECHFLOOR_DEMO", "true")
    seen = Check("lint", "Lint", ("-c", "import os; assert not [n for n in os.environ if 'TECHFLOOR' in n]"))
    assert run(monkeypatch, seen) == 0


def test_words_for_pytest_reach_pytest_and_nothing_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tests = tmp_path / "test_both.py"
    tests.write_text("def test_lathe(): assert False\ndef test_mill(): pass\n", "utf-8")
    pytest_check = Check(
        "unit", "Tests", ("-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tests))
    )
    assert run(monkeypatch, GOOD, pytest_check) == 1
    assert run(monkeypatch, GOOD, pytest_check, rest=("-k", "mill")) == 0
    assert run(monkeypatch, GOOD, pytest_check, rest=("-k", "neither")) == 0


def test_no_tests_at_all_is_a_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    empty = Check(
        "unit", "Tests", ("-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path))
    )
    assert run(monkeypatch, empty) == 1


def test_every_check_is_started_with_the_environments_python(capfd: pytest.CaptureFixture[str]) -> None:
    check = Check("lint", "Lint", ("-c", "import sys; print(sys.executable)"))
    assert testing._started(check, [], dict(os.environ)) == "passed"
    assert capfd.readouterr().out.strip() == sys.executable


WHERE = Check("lint", "Lint", ("-c", "import tempfile; print('kept in', tempfile.gettempdir())"))


def test_the_files_of_the_tests_are_kept_in_memory_and_gone_afterwards(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.delenv("TMPDIR", raising=False)
    monkeypatch.setattr(testing, "MEMORY", tmp_path)
    monkeypatch.setattr(testing, "ROOM", 1)
    assert run(monkeypatch, WHERE) == 0
    assert f"kept in {tmp_path}/techfloor-test-" in capfd.readouterr().out
    assert not list(tmp_path.iterdir())
    assert "TMPDIR" not in os.environ


@pytest.mark.parametrize("missing", ["room", "folder"])
def test_without_room_in_memory_they_are_kept_where_files_of_the_hour_are(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path, missing: str
) -> None:
    monkeypatch.delenv("TMPDIR", raising=False)
    monkeypatch.setattr(testing, "MEMORY", tmp_path / "nowhere" if missing == "folder" else tmp_path)
    monkeypatch.setattr(testing, "ROOM", 1 << 60)
    assert run(monkeypatch, WHERE) == 0
    assert "techfloor-test-" not in capfd.readouterr().out


KEPT = Check("lint", "Lint", ("-c", "import sys; print(sys.dont_write_bytecode, sys.pycache_prefix)"))


def test_what_python_compiles_is_kept_for_the_run_where_it_may_not_be_beside_the_sources(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.delenv("PYTHONPYCACHEPREFIX", raising=False)
    assert run(monkeypatch, KEPT) == 0
    assert f"False {tmp_path}/techfloor-bytecode-" in capfd.readouterr().out
    assert list(tmp_path.iterdir()) == []
    assert os.environ["PYTHONDONTWRITEBYTECODE"] == "1"


def test_where_python_keeps_what_it_compiles_nothing_is_said_to_it(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    monkeypatch.delenv("PYTHONPYCACHEPREFIX", raising=False)
    assert run(monkeypatch, KEPT) == 0
    assert "False None" in capfd.readouterr().out
