"""The readings of a gauge study: which appraiser read what on which part, each as often."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from techfloor.measures.drift import DataError, Number


class StudyError(DataError):
    """The readings are no study; the sentence says what is missing, and where."""


@dataclass(frozen=True)
class Study:
    """A balanced study: `readings[appraiser][part][repeat]`, in the order of the names.

    At least two appraisers, two parts and two repeats. In a nested study each appraiser has parts of their own,
    so the names of parts are places in a row and not one part.
    """

    appraisers: tuple[str, ...]
    parts: tuple[str, ...]
    readings: tuple[tuple[tuple[Decimal | float | int, ...], ...], ...]

    @property
    def repeats(self) -> int:
        """How often each appraiser read each part."""
        return len(self.readings[0][0])

    @property
    def size(self) -> tuple[int, int, int]:
        """Appraisers, parts, repeats."""
        return len(self.appraisers), len(self.parts), self.repeats

    @property
    def by_part(self) -> tuple[tuple[tuple[Number, ...], ...], ...]:
        """The same readings by part, then appraiser."""
        return tuple(zip(*self.readings, strict=True))


def study_of(readings: Mapping[str, Mapping[str, Sequence[Decimal | float | int]]]) -> Study:
    """Make a study from readings by appraiser and part. Raises StudyError where it is not balanced."""
    appraisers = tuple(readings)
    if len(appraisers) < 2:
        raise StudyError("A gauge study needs two appraisers.")
    parts = tuple(dict.fromkeys(part for each in readings.values() for part in each))
    if len(parts) < 2:
        raise StudyError("A gauge study needs two parts.")
    repeats = max(len(values) for each in readings.values() for values in each.values())
    if repeats < 2:
        raise StudyError("A gauge study needs each part read twice by each appraiser.")
    for appraiser, each in readings.items():
        for part in parts:
            _refuse_gap(appraiser, part, len(each.get(part, ())), repeats)
    found = tuple(tuple(tuple(readings[name][part]) for part in parts) for name in appraisers)
    if len({value for line in found for cell in line for value in cell}) == 1:
        raise StudyError("All readings are equal: the gauge does not tell the parts apart.")
    return Study(appraisers, parts, found)


def _refuse_gap(appraiser: str, part: str, count: int, repeats: int) -> None:
    if count == 0:
        raise StudyError(f"{appraiser} did not read part {part}.")
    if count != repeats:
        raise StudyError(f"{appraiser} read part {part} {count} times, and others were read {repeats} times.")


def study_of_rows(rows: Iterable[tuple[str, str, Decimal | float | int]]) -> Study:
    """Make a study from (appraiser, part, reading) in the order in which they were read. Raises StudyError."""
    readings: dict[str, dict[str, list[Decimal | float | int]]] = {}
    for appraiser, part, value in rows:
        readings.setdefault(appraiser, {}).setdefault(part, []).append(value)
    return study_of(readings)
