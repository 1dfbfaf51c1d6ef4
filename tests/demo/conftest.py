"""The demo plant on its anchor day, read once."""

from datetime import date

import pytest

from techfloor.cli.demo.days import ANCHOR
from techfloor.cli.demo.reading import Plant, load_plant


@pytest.fixture(scope="session")
def anchor() -> date:
    return ANCHOR


@pytest.fixture(scope="session")
def plant() -> Plant:
    return load_plant(ANCHOR)
