"""The pinned packages: all of them, within the ranges the project states, from no particular registry."""

import re
import tomllib
from collections.abc import Iterator
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from techfloor.cli.environment import ROOT, Need, pins

RUNTIME: dict[str, str] = {canonicalize_name(name): version for name, version, _ in pins(Need.SERVE.requirements)}
ALL: dict[str, str] = {canonicalize_name(name): version for name, version, _ in pins(Need.TEST.requirements)}
STATED = [
    Requirement(line) for line in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
]


def reached(requirement: Requirement, seen: set[str], asking: frozenset[str] = frozenset()) -> Iterator[str]:
    """Name the package required here and all that it requires in turn on this machine.

    `asking` are the extras by which its requirer was itself required.
    """
    if requirement.marker and not any(requirement.marker.evaluate({"extra": extra}) for extra in {"", *asking}):
        return
    if str(requirement) in seen:
        return
    seen.add(str(requirement))
    name = canonicalize_name(requirement.name)
    yield name
    for line in metadata.requires(name) or []:
        yield from reached(Requirement(line), seen, frozenset(requirement.extras))


@pytest.mark.parametrize("stated", STATED, ids=lambda stated: str(stated.name))
def test_a_stated_package_is_pinned_within_its_range(stated: Requirement) -> None:
    assert RUNTIME[canonicalize_name(stated.name)] in stated.specifier


@pytest.mark.parametrize("stated", STATED, ids=lambda stated: str(stated.name))
def test_all_that_a_stated_package_requires_is_pinned_too(stated: Requirement) -> None:
    assert set(reached(stated, set())) <= set(RUNTIME)


def test_nothing_is_pinned_that_no_stated_package_requires() -> None:
    seen: set[str] = set()
    assert {name for stated in STATED for name in reached(stated, seen)} >= set(RUNTIME) - {"pysqlite3"}


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_pin_is_one_version(name: str) -> None:
    assert re.fullmatch(r"\d+(\.\d+)*", ALL[name])


@pytest.mark.parametrize("need", Need)
def test_no_registry_is_named(need: Need) -> None:
    text = need.requirements.read_text("utf-8")
    assert "://" not in text
    assert not [line for line in text.splitlines() if line.startswith("-") and line != "-r requirements.txt"]
