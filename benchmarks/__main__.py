"""python -m benchmarks: measures on this machine and prints one table, the goals beside the figures."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import bulk, certificate, listing, saving, tablets, tracing, verifying
from benchmarks.figures import FULL, QUICK, Figure, Scale, machine, table
from benchmarks.plants import folder

MEASURES: dict[str, Callable[[Path, Scale], list[Figure]]] = {
    "certificate": certificate.measure,
    "bulk": bulk.measure,
    "saving": saving.measure,
    "list": listing.measure,
    "tablets": tablets.measure,
    "traceability": tracing.measure,
    "verify": verifying.measure,
}


def arguments(argv: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure techfloor on this machine.")
    parser.add_argument("which", nargs="*", choices=[[], *MEASURES], help="what to measure (all of it)")
    parser.add_argument("--quick", action="store_true", help="less of each: shows that it works, not what it costs")
    return parser.parse_args(argv)


def run(which: Sequence[str], scale: Scale) -> list[Figure]:
    """Measure one after the other, each in a folder that is thrown away."""
    figures: list[Figure] = []
    for name in which:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        with folder() as made:
            figures += MEASURES[name](made, scale)
    return figures


def main(argv: Sequence[str]) -> int:
    """Print the machine and the table; 1 when a figure misses its goal."""
    asked = arguments(argv)
    facts = machine()
    figures = run(asked.which or list(MEASURES), QUICK if asked.quick else FULL)
    print(*facts, "", table(figures), sep="\n")
    return 1 if any(figure.verdict == "MISSED" for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
