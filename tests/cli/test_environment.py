"""The environment is raised once, stamped last, and used as it stands from then on."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from techfloor.cli import environment, system
from techfloor.cli.environment import Home, Need
from techfloor.cli.steps import StepError

from .clones import make_clone, make_wheel, read_until, start


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone with one package to install, which this module's functions take for theirs."""
    folder = tmp_path / "clone"
    (folder / "instance").mkdir(parents=True)
    (folder / "requirements.txt").write_text("plantword==1.0\n", "utf-8")
    (folder / "requirements-dev.txt").write_text("-r requirements.txt\n# for the tests\nruler==2.0\n", "utf-8")
    monkeypatch.setattr(environment, "ROOT", folder)
    return folder


@pytest.fixture
def home(clone: Path) -> Home:
    """The environment of the clone, complete for serving."""
    made = next(environment.homes({}))
    made.python.parent.mkdir(parents=True)
    made.python.touch(0o755)
    made.stamp(Need.SERVE).write_text(environment.fingerprint(Need.SERVE), "utf-8")
    return made


def test_a_stamped_environment_is_complete_for_what_it_was_stamped(home: Home) -> None:
    assert home.is_complete(Need.SERVE)
    assert not home.is_complete(Need.TEST)


def test_a_changed_requirement_makes_it_incomplete(home: Home, clone: Path) -> None:
    (clone / "requirements.txt").write_text("plantword==1.1\n", "utf-8")
    assert not home.is_complete(Need.SERVE)


def test_a_changed_requirement_of_the_tests_leaves_serving_complete(home: Home, clone: Path) -> None:
    (clone / "requirements-dev.txt").write_text("-r requirements.txt\nruler==3.0\n", "utf-8")
    assert home.is_complete(Need.SERVE)


def test_another_version_of_python_makes_it_incomplete(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "_version", lambda: "3.99")
    assert not home.is_complete(Need.SERVE)


def test_a_moved_clone_makes_it_incomplete(home: Home, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(clone, clone.parent / "moved")
    monkeypatch.setattr(environment, "ROOT", clone.parent / "moved")
    assert not next(environment.homes({})).is_complete(Need.SERVE)


def test_an_environment_whose_python_is_gone_is_incomplete(home: Home) -> None:
    home.python.unlink()
    assert not home.is_complete(Need.SERVE)


def test_a_clone_that_cannot_be_written_is_set_up_in_the_users_cache(tmp_path: Path, clone: Path) -> None:
    shutil.rmtree(clone / "instance")
    (clone / "instance").touch()  # Root may write anywhere, so that a missing right would not stop the test.
    first, second = environment.homes({"HOME": str(tmp_path)})
    assert not first.is_writable()
    assert second.is_writable()
    assert second.folder.is_relative_to(tmp_path / ".cache" / "techfloor")


def test_nowhere_to_write_is_said_in_a_sentence(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(clone / "instance")
    (clone / "instance").touch()
    monkeypatch.setattr(environment, "homes", lambda: iter([Home(clone / ".venv", clone / "instance/l", clone / "k")]))
    with pytest.raises(StepError, match="cannot be written, and there is no home folder"):
        environment._raise(Need.SERVE)


def test_pins_are_read_through_the_file_they_include(clone: Path) -> None:
    assert list(environment.pins(Need.TEST.requirements)) == [("plantword", "1.0", ""), ("ruler", "2.0", "")]


def test_a_python_that_has_every_package_already_is_used_as_it_is(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.version", {"plantword": "1.0", "ruler": "1.9"}.__getitem__)
    assert environment.holds(Need.SERVE)
    assert not environment.holds(Need.TEST)


def test_a_python_without_any_installer_is_mended_by_one_line(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(home.folder))
    monkeypatch.setattr(environment, "bundled_pip", lambda: None)
    monkeypatch.setattr(environment, "_has_pip", lambda: False)
    monkeypatch.setattr(system, "install", lambda *_words: False)
    with pytest.raises(StepError, match=r"no installer here. Type: sudo apt install python3\.\d+-venv$"):
        environment._install(home, Need.SERVE)


def test_a_python_without_ensurepip_uses_the_pip_it_has(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(home.folder))
    monkeypatch.setattr(environment, "bundled_pip", lambda: None)
    monkeypatch.setattr(environment, "_has_pip", lambda: True)
    (installer,) = environment._installers(home)
    assert installer[:5] == [sys.executable, "-m", "pip", "--python", str(home.python)]


def test_uv_is_tried_first_and_pip_after_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    uv = home.folder / "uv"
    uv.touch(0o755)
    monkeypatch.setenv("PATH", str(home.folder))
    monkeypatch.setattr(environment, "bundled_pip", lambda: Path("/wheels/pip-26.0-py3-none-any.whl"))
    first, second = environment._installers(home)
    assert first[0] == str(uv)
    assert second[:2] == [str(home.python), "/wheels/pip-26.0-py3-none-any.whl/pip"]


class TestAFreshClone:
    """The whole way, offline: a real Python makes a real environment and installs a wheel that lies at hand."""

    @pytest.fixture
    def fresh(self, tmp_path: Path) -> Path:
        if environment.bundled_pip() is None:
            pytest.skip("this Python came without a wheel of pip")
        clone = make_clone(tmp_path / "clone")
        (clone / "requirements.txt").write_text("plantword==1.0\n", "utf-8")
        make_wheel(tmp_path / "wheels", "plantword")
        # The stand-in for a command says which Python it runs on; no package of the machine is touched.
        (clone / "techfloor/cli/serve.py").write_text(
            "import sys\n"
            "def add_arguments(parser): parser.add_argument('--port', type=int)\n"
            "def run(args):\n    import plantword\n    print('served by', sys.prefix)\n    return 7\n",
            "utf-8",
        )
        with (clone / "techfloor/cli/system.py").open("a", encoding="utf-8") as quiet:
            quiet.write("\ndef missing_pdf_packages(): return []\n")
        return clone

    def start(self, clone: Path, *words: str) -> subprocess.Popen[str]:
        wheels = clone.parent / "wheels"
        python = getattr(sys, "_base_executable", sys.executable)
        return start(clone, *words, python=python, PATH="/usr/bin:/bin", PIP_NO_INDEX="1", PIP_FIND_LINKS=str(wheels))

    def test_it_is_set_up_once_and_hands_over(self, fresh: Path) -> None:
        first = self.start(fresh, "serve")
        said, _ = first.communicate(timeout=60)
        assert "✓ Python packages installed (" in said
        assert f"served by {fresh / '.venv'}\n" in said
        assert first.returncode == 7
        second = self.start(fresh, "serve")
        assert second.communicate(timeout=60)[0] == f"served by {fresh / '.venv'}\n"

    def test_an_interrupted_set_up_is_made_anew(self, fresh: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", fresh / ".venv"], check=True)
        (fresh / ".venv/techfloor-unfinished").touch()
        (fresh / ".venv/half-a-package").touch()
        said, _ = self.start(fresh, "serve").communicate(timeout=60)
        assert "served by" in said
        assert not (fresh / ".venv/half-a-package").exists()
        assert not (fresh / ".venv/techfloor-unfinished").exists()

    def test_a_second_start_at_once_waits_for_the_first(self, fresh: Path) -> None:
        first = self.start(fresh, "serve")
        read_until(first, "Setting techfloor up, once")
        second = self.start(fresh, "serve")
        said, _ = second.communicate(timeout=60)
        assert said.startswith("Another start is setting techfloor up: waiting for it to finish.\n")
        assert "Python packages installed" not in said
        assert "served by" in said
        first.communicate(timeout=60)

    def test_a_failed_installation_shows_why_and_is_not_stamped(self, fresh: Path) -> None:
        (fresh / "requirements.txt").write_text("no-such-plantword==1.0\n", "utf-8")
        failed = self.start(fresh, "serve")
        said, _ = failed.communicate(timeout=60)
        assert failed.returncode == 1
        assert "No matching distribution found for no-such-plantword==1.0" in said
        assert f"techfloor cannot start: python failed; {fresh / 'instance/setup.log'} tells why.\n" in said
        assert not list((fresh / ".venv").glob("*.stamp"))

    def test_a_wrong_word_is_said_before_anything_is_set_up(self, fresh: Path) -> None:
        wrong = self.start(fresh, "serve", "--port", "lathe")
        said, _ = wrong.communicate(timeout=60)
        assert wrong.returncode == 2
        assert "argument --port: invalid int value: 'lathe'" in said
        assert not (fresh / ".venv").exists()

    def test_an_environment_without_effect_does_not_start_itself_for_ever(self, fresh: Path) -> None:
        base = getattr(sys, "_base_executable", sys.executable)
        python = fresh / ".venv/bin/python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nexec {base} "$@"\n', "utf-8")
        python.chmod(0o755)
        stamp = "from techfloor.cli.environment import *; print(fingerprint(Need.SERVE), end='')"
        stamped = subprocess.run([base, "-c", stamp], cwd=fresh, capture_output=True, text=True, check=True)
        (fresh / ".venv/techfloor-serve.stamp").write_text(stamped.stdout, "utf-8")
        said, _ = self.start(fresh, "serve").communicate(timeout=60)
        assert said == f"{python} does not work. Delete {fresh / '.venv'} and start again.\n"


def test_the_marker_of_a_raised_environment_does_not_reach_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(environment.MARKER, "1")
    with pytest.raises(SystemExit):
        environment.start(["--version"])
    assert environment.MARKER not in os.environ
