"""The import contracts name every file of a duty, so that a new one must be placed before it is imported."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
DUTIES = ROOT / "techfloor" / "duties"
CONTRACTS: dict[str, dict[str, Any]] = {
    each["name"][0]: each
    for each in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
}
FLOORS = [[name.strip(" ()") for name in floor.replace("|", ":").split(":")] for floor in CONTRACTS["3"]["layers"]]


def named(contract: str, key: str) -> bool:
    """Tell whether a contract names a file of every duty, by itself or by a pattern."""
    sources = CONTRACTS[contract]["source_modules"]
    return bool({f"techfloor.duties.*.{key}", f"techfloor.**.{key}"} & set(sources))


@pytest.mark.parametrize("duty", sorted(path.parent.name for path in DUTIES.glob("*/__init__.py")))
def test_every_duty_is_ordered_by_the_third_contract_to_its_last_file(duty: str) -> None:
    assert f"techfloor.duties.{duty}" in CONTRACTS["3"]["containers"]
    assert CONTRACTS["3"]["exhaustive"] is True
    files = {path.stem for path in (DUTIES / duty).iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert files - {"__init__"} <= {name for floor in FLOORS for name in floor}


@pytest.mark.parametrize("key", FLOORS[-1])
def test_all_of_the_lowest_floor_is_pure(key: str) -> None:
    assert named("5", key)


@pytest.mark.parametrize("key", [name for floor in FLOORS[4:7] for name in floor])
def test_what_acts_and_reads_knows_no_request(key: str) -> None:
    assert named("6", key)


LOWER = ("equipment", "reports", "records", "people", "places", "web", "store", "house")


@pytest.mark.parametrize("room", LOWER)
def test_a_lower_room_knows_no_address_of_a_duty(room: str) -> None:
    duties = "|".join(path.parent.name for path in DUTIES.glob("*/__init__.py"))
    address = re.compile(rf"""["'](?:/|url=)(?:{duties})/""")
    files = [*(ROOT / "techfloor" / room).rglob("*.py"), *(ROOT / "templates" / room).rglob("*.html")]
    shown = {"parts.py", "parts.html"}  # the page of the parts shows examples that lead nowhere
    found = [file.name for file in files if file.name not in shown and address.search(file.read_text("utf-8"))]
    assert files, "the room has files"
    assert found == [], "the manifest of the duty gives it"
