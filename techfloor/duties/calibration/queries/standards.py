"""Which standards a calibration may rest on, that day, and what speaks against the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from techfloor.duties.calibration.queries.bench_lines import StandardOnBench, on_bench
from techfloor.equipment.queries import standards_alike
from techfloor.equipment.rules import Objection, standard_valid
from techfloor.equipment.shapes import StandardView


@dataclass(frozen=True)
class Choice:
    """A standard that a procedure names: ready with its certificate, or not, with the reasons."""

    code: str
    name: str
    quantity: str
    ready: StandardOnBench | None
    objections: tuple[Objection, ...]


def choices(codes: Sequence[str], day: date) -> list[Choice]:
    """Return the standards of these codes, and all others that measure the same, as they stand on `day`."""
    named = set(codes)
    return [_choice(view, day) for view in sorted(standards_alike(codes, day), key=lambda view: view.code not in named)]


@dataclass(frozen=True)
class Group:
    """Standards of one quantity, of which one is used; `field` is where the choice among them is typed."""

    quantity: str
    field: str
    choices: tuple[Choice, ...]


def groups(codes: Sequence[str], day: date) -> list[Group]:
    """Return what a procedure needs at once: one standard of each quantity that it names, in the order it names them.

    Standards of the same quantity stand in for each other; weights do not stand in for a thermometer. The first
    group gives the reference values.
    """
    offered = choices(codes, day)
    of = {choice.code: choice.quantity for choice in offered}
    quantities = dict.fromkeys(of[code.upper()] for code in codes if code.upper() in of)
    return [
        Group(quantity, "standard" if n == 1 else f"standard_{n}", tuple(c for c in offered if c.quantity == quantity))
        for n, quantity in enumerate(quantities, start=1)
    ]


def _choice(view: StandardView, day: date) -> Choice:
    certificate = view.certificate
    found = standard_valid(
        certificate.facts() if certificate else None, view.facts(), day, [hold.fact() for hold in view.holds]
    )
    blocked = any(objection.blocks for objection in found)
    ready = on_bench(view, certificate) if certificate and not blocked else None
    return Choice(view.code, view.name, view.quantity, ready, tuple(found))
