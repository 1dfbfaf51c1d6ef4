"""Scores of a certification: which modules are passed, and what they earn together.

Each module is passed by its own score; nothing is averaged and nothing rounded up: 74.5 is below 75.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from techfloor.measures.amounts import amount
from techfloor.measures.drift import DataError

_FULL = Decimal(100)


@dataclass(frozen=True)
class Module:
    """A module of a certification and the lowest score that passes it, in per cent."""

    key: str
    title: str
    passes_at: Decimal


@dataclass(frozen=True)
class Certification:
    """What the modules that it names earn together, all of them passed."""

    key: str
    title: str
    modules: frozenset[str]


@dataclass(frozen=True)
class Scheme:
    """The modules and the certifications of a body, the highest certification first."""

    modules: tuple[Module, ...]
    certifications: tuple[Certification, ...]

    def __post_init__(self) -> None:
        """Refuse two modules of one key, and a certification of a module that is not there."""
        keys = [each.key for each in self.modules]
        named = {key for each in self.certifications for key in each.modules}
        if not keys or len(set(keys)) != len(keys) or not named <= set(keys):
            raise DataError("modules have keys of their own, and certifications name those modules")
        if not all(each.modules for each in self.certifications):
            raise DataError("a certification names at least one module")

    def with_thresholds(self, thresholds: Mapping[str, Decimal]) -> "Scheme":
        """Give the scheme with other thresholds for some of its modules."""
        changed = tuple(Module(m.key, m.title, thresholds.get(m.key, m.passes_at)) for m in self.modules)
        return Scheme(changed, self.certifications)


# The certifications of the Manufacturing Skills Institute: Specialist (MS) and Technician Level 1 (MT1).
MT1 = Scheme(
    (
        Module("math", "Math and Measurement", Decimal(75)),
        Module("spatial", "Spatial Reasoning and Manufacturing Technology", Decimal(75)),
        Module("quality", "Quality and Business Acumen", Decimal(75)),
    ),
    (
        Certification("MT1", "Manufacturing Technician Level 1", frozenset({"math", "spatial", "quality"})),
        Certification("MS", "Manufacturing Specialist", frozenset({"math", "spatial"})),
    ),
)


@dataclass(frozen=True)
class Award:
    """What scores earn: the highest certification, or None; each passed module has its certificate all the same.

    `to_train` are the modules below their threshold, `to_take` those without a score.
    """

    certification: Certification | None
    passed: tuple[Module, ...]
    to_train: tuple[Module, ...]
    to_take: tuple[Module, ...]


def award(scheme: Scheme, scores: Mapping[str, Decimal]) -> Award:
    """Say what scores from 0 to 100 earn, by the key of their module; a module not taken is left out.

    Raises DataError for a module that the scheme lacks and for a score that cannot be.
    """
    unknown = scores.keys() - {each.key for each in scheme.modules}
    if unknown:
        raise DataError(f"the scheme has no module {min(unknown)}")
    for key, score in scores.items():
        if amount(score, f"the score of {key}") > _FULL:
            raise DataError(f"the score of {key} is at most 100")
    passed = tuple(m for m in scheme.modules if m.key in scores and scores[m.key] >= m.passes_at)
    keys = {each.key for each in passed}
    return Award(
        next((each for each in scheme.certifications if each.modules <= keys), None),
        passed,
        tuple(m for m in scheme.modules if m.key in scores and m.key not in keys),
        tuple(m for m in scheme.modules if m.key not in scores),
    )


def best(attempts: Iterable[Mapping[str, Decimal]]) -> dict[str, Decimal]:
    """Give the highest score of each module over some attempts: a module once passed stays passed."""
    highest: dict[str, Decimal] = {}
    for attempt in attempts:
        for key, score in attempt.items():
            highest[key] = max(score, highest.get(key, score))
    return highest
