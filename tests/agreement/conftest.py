"""Random agreement: what `measures` says of made-up data, beside what libraries say that share no code with it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from agreement.made_up import Seeds

SHORT, LONG = 40, 1000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.agreement)


@pytest.fixture
def seeds(request: pytest.FixtureRequest) -> Seeds:
    """The seeds of the made-up cases: 40 of them, 1 000 in the long form."""
    return range(LONG if request.config.getoption("--long") else SHORT)


@pytest.fixture
def few(seeds: Seeds) -> Seeds:
    """Seeds for what takes a while each: 8 of them, 200 in the long form."""
    return range(len(seeds) // 5)


@pytest.fixture(autouse=True)
def numpy_says_all() -> Iterator[None]:
    """Let numpy raise where it would divide by zero or overflow silently."""
    with np.errstate(divide="raise", over="raise", invalid="raise"):
        yield
