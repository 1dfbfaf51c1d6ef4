"""The map of ASVS is whole and its tests are there: what it calls met names what would go red."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAP = (ROOT / "docs" / "asvs.md").read_text("utf-8")
_ROW = re.compile(r"^\| (?P<numbers>\d[\d., ]*) \| [^|]+ \| (?P<state>[^|]+) \| (?P<by>[^|]+) \|$", re.MULTILINE)
_TEST = re.compile(r"`([a-z_/]+/test_\w+\.py)(?:::(test_\w+))?`")
SECTIONS = {
    1: {1: 2, 2: 9, 3: 11, 4: 3, 5: 2},
    2: {1: 3, 2: 3, 3: 4, 4: 1},
    3: {2: 2, 3: 4, 4: 6, 5: 5, 7: 2},
    4: {1: 3, 2: 1, 3: 2, 4: 4},
    5: {1: 1, 2: 3, 3: 2, 4: 3},
    6: {1: 3, 2: 12, 3: 4, 4: 4, 5: 5, 6: 3, 8: 4},
    7: {1: 3, 2: 4, 3: 2, 4: 5, 5: 2, 6: 2},
    8: {1: 2, 2: 3, 3: 1, 4: 1},
    9: {1: 3, 2: 4},
    10: {1: 2, 2: 2, 3: 4, 4: 11, 5: 5, 6: 2, 7: 3},
    11: {1: 2, 2: 3, 3: 3, 4: 4, 5: 1, 6: 1},
    12: {1: 3, 2: 2, 3: 4},
    13: {1: 1, 2: 5, 3: 2, 4: 5},
    14: {1: 2, 2: 4, 3: 3},
    15: {1: 3, 2: 3, 3: 7},
    16: {1: 1, 2: 5, 3: 4, 4: 3, 5: 3},
    17: {1: 1, 2: 4, 3: 2},
}
"""How many requirements of levels 1 and 2 each section of each chapter has; the levels stand first in a section."""


def rows() -> list[tuple[list[str], str, str]]:
    return [(row["numbers"].split(", "), row["state"].strip(), row["by"]) for row in _ROW.finditer(MAP)]


def wanted() -> list[str]:
    return [f"{v}.{s}.{n}" for v, each in SECTIONS.items() for s, count in each.items() for n in range(1, count + 1)]


def test_every_requirement_of_levels_1_and_2_stands_in_the_map_once() -> None:
    numbers = [number for found, _state, _by in rows() for number in found]

    assert len(wanted()) == 253
    assert sorted(numbers) == sorted(wanted())


def test_the_summary_counts_what_stands_there() -> None:
    counted = Counter(state for numbers, state, _by in rows() for _number in numbers)

    assert set(counted) == {"met", "not applicable", "open"}
    said = re.search(r"253 requirements: (\d+) met, (\d+) not applicable, (\d+) open", MAP)
    assert said is not None
    assert tuple(map(int, said.groups())) == (counted["met"], counted["not applicable"], counted["open"])


def test_every_test_that_the_map_names_is_there() -> None:
    named = _TEST.findall(MAP)
    assert len(named) >= 90
    missing = []
    for file, function in named:
        path = ROOT / "tests" / file
        if not path.exists() or (function and f"def {function}(" not in path.read_text("utf-8")):
            missing.append(f"{file}::{function}")

    assert missing == []
