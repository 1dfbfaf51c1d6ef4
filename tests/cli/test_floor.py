"""Below the floor of the packages nothing is served: each hole has its reason, and what runs here stands above it."""

import argparse
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from techfloor.cli import doctor, floor, serve
from techfloor.cli.environment import Need, pins
from techfloor.cli.steps import StepError
from techfloor.settings import Settings

PINNED = {canonicalize_name(name): version for name, version, _marker in pins(Need.SERVE.requirements)}


@pytest.fixture
def high(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A floor that one package does not reach, and that names one which is not there."""
    file = tmp_path / "floor.toml"
    file.write_text('[pillow]\noldest = "999"\nwhy = "a photo"\n[no-such-package]\noldest = "1"\nwhy = "a reason"\n')
    monkeypatch.setattr(floor.below, "__defaults__", (file,))


def test_what_runs_here_stands_on_the_floor() -> None:
    assert list(floor.below()) == []


def test_every_package_of_the_floor_is_pinned_above_it() -> None:
    for name, entry in tomllib.loads(floor.FLOOR.read_text("utf-8")).items():
        assert Version(PINNED[canonicalize_name(name)]) >= Version(entry["oldest"]), name
        assert "CVE-" in entry["why"]


@pytest.mark.parametrize(
    ("found", "passes"),
    [
        ("13.0.0", True),
        ("13.0", True),
        ("13.0.0.post1", True),
        ("13.0.0+local", True),
        ("13.0.1", True),
        ("100.0", True),
        ("13.0.0rc1", False),
        ("13.0.0.dev1", False),
        ("12.9.9", False),
        ("9.99", False),
        ("", False),
        ("unknown", False),
    ],
)
def test_versions_are_compared_as_numbers(found: str, passes: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floor, "_found", lambda name: found if name == "pillow" else metadata.version(name))

    assert [each.name for each in floor.below()] == ([] if passes else ["pillow"])


def test_serve_does_not_start_below_the_floor(high: None, tmp_path: Path) -> None:
    asked = argparse.Namespace(host="127.0.0.1", port=8099, demo=False, instance=tmp_path / "plant", open_browser=False)

    with pytest.raises(
        StepError, match=r"holes:\n  pillow .* is too old, 999 .* a photo\n  no-such-package is missing"
    ):
        serve.run(asked)
    assert not (tmp_path / "plant").exists()


def test_the_doctor_says_it(high: None, settings: Settings) -> None:
    wrong = [finding.words for finding in doctor.look(settings) if finding.mark == doctor.WRONG]

    assert any(words.startswith("pillow") and "is too old" in words for words in wrong)
