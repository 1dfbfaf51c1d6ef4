"""Packages of the machine are installed where that is allowed, and otherwise named in one line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from techfloor.cli import system

APT = """#!/bin/sh
echo "$@" >> {calls}
case "$1" in
  install) test -e {lists} ;;
  update) touch {lists} ;;
esac
"""

Calls = Callable[[], list[str]]


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Calls:
    """An apt-get that knows no package before its first update; gives what it was called with."""
    calls = tmp_path / "calls"
    tool = tmp_path / "bin" / "apt-get"
    tool.parent.mkdir()
    tool.write_text(APT.format(calls=calls, lists=tmp_path / "lists"), "utf-8")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:/usr/bin:/bin")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    system._may.cache_clear()
    return lambda: [line.split()[0] for line in calls.read_text("utf-8").splitlines()]


def test_package_lists_are_fetched_when_the_package_is_not_known(tmp_path: Path, apt: Calls) -> None:
    assert system.install(["libpango-1.0-0"], "Libraries", tmp_path / "log")
    assert apt() == ["install", "update", "install"]


def test_package_lists_are_left_alone_when_the_package_is_known(tmp_path: Path, apt: Calls) -> None:
    (tmp_path / "lists").touch()
    assert system.install(["libpango-1.0-0"], "Libraries", tmp_path / "log")
    assert apt() == ["install"]


def test_nothing_is_installed_for_a_user_who_may_not(
    tmp_path: Path, apt: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert not system.install(["libpango-1.0-0"], "Libraries", tmp_path / "log")
    assert not (tmp_path / "calls").exists()


def test_a_sudo_that_asks_for_a_password_is_not_used(
    tmp_path: Path, apt: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    sudo = tmp_path / "bin" / "sudo"
    sudo.write_text("#!/bin/sh\nexit 1\n", "utf-8")
    sudo.chmod(0o755)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert not system.install(["libpango-1.0-0"], "Libraries", tmp_path / "log")


def test_a_sudo_without_password_is_used(tmp_path: Path, apt: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    sudo = tmp_path / "bin" / "sudo"
    sudo.write_text('#!/bin/sh\nshift\nexec "$@"\n', "utf-8")
    sudo.chmod(0o755)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert system.install(["libpango-1.0-0"], "Libraries", tmp_path / "log")
    assert apt() == ["install", "update", "install"]


def test_a_library_that_does_not_load_is_named_by_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(system, "PDF_LIBRARIES", {"libno-such-thing.so.0": "libno-such-thing0"})
    assert system.missing_pdf_packages() == ["libno-such-thing0"]
    assert system.install_line(["libno-such-thing0"]) == "sudo apt install libno-such-thing0"


def test_the_browser_named_by_the_variable_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = tmp_path / "my-chrome"
    named.touch(0o755)
    monkeypatch.setenv("CHROMIUM", str(named))
    assert system.browser() == str(named)


def test_a_browser_that_playwright_fetched_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chrome = tmp_path / ".cache" / "ms-playwright" / "chromium-1200" / "chrome-linux64" / "chrome"
    chrome.parent.mkdir(parents=True)
    chrome.touch(0o755)
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert system.browser() == str(chrome)
