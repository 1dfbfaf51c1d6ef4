"""Random agreement: what `measures` says of made-up data, beside what libraries say that share no code with it."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from agreement.made_up import Asked, Seeds

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


@pytest.fixture
def r(tmp_path: Path) -> Asked:
    """Ask R for one number for each row of numbers, which it knows as x[1], x[2] and so on."""

    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("R is not installed: apt-get install r-base-core r-cran-spc")

    def ask(expression: str, rows: Sequence[Sequence[float]]) -> list[float]:
        lines = "\n".join(" ".join(repr(float(value)) for value in row) for row in rows)
        (tmp_path / "rows").write_text(lines + "\n")
        script = tmp_path / "ask.R"
        script.write_text(
            f'for (line in readLines("{tmp_path}/rows")) {{\n'
            'x <- as.numeric(strsplit(line, " ")[[1]])\n'
            f'cat(sprintf("%.17g\\n", {expression}))\n}}\n'
        )
        done = subprocess.run([rscript, "--vanilla", script], capture_output=True, text=True, timeout=170, check=False)
        assert done.returncode == 0, done.stderr
        return [float(line) for line in done.stdout.split()]

    return ask
