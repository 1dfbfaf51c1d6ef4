"""Which standards a calibration may rest on, that day, and what speaks against the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from techfloor.duties.calibration.queries import StandardOnBench, on_bench
from techfloor.equipment.queries import standards_alike
from techfloor.equipment.rules import Objection, standard_valid
from techfloor.equipment.shapes import StandardView


@dataclass(frozen=True)
class Choice:
    """A standard that a procedure names: ready with its certificate, or not, with the reasons."""

    code: str
    name: str
    ready: StandardOnBench | None
    objections: tuple[Objection, ...]


def choices(codes: Sequence[str], day: date) -> list[Choice]:
    """Return the standards of these codes, and all others that measure the same, as they stand on `day`."""
    named = set(codes)
    return [_choice(view, day) for view in sorted(standards_alike(codes, day), key=lambda view: view.code not in named)]


def _choice(view: StandardView, day: date) -> Choice:
    certificate = view.certificate
    found = standard_valid(
        certificate.facts() if certificate else None, view.facts(), day, [hold.fact() for hold in view.holds]
    )
    blocked = any(objection.blocks for objection in found)
    ready = on_bench(view, certificate) if certificate and not blocked else None
    return Choice(view.code, view.name, ready, tuple(found))
