"""Attribute agreement: do appraisers who judge by name agree with themselves, each other and the reference.

AIAG, Measurement Systems Analysis, 4th edition, chapter III C. Agreement is counted in parts: a part agrees where
all its judgements do. Bounds of counted shares are those of Clopper and Pearson.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from techfloor.measures.drift import DataError
from techfloor.measures.interval import clopper_pearson_lower, clopper_pearson_upper
from techfloor.measures.kappa import FleissKappa, Kappa, cohen, fleiss
from techfloor.measures.study import StudyError


@dataclass(frozen=True)
class Share:
    """A counted share in per cent with its bounds."""

    count: int
    n: int
    percent: float
    low: float
    high: float


def share(count: int, n: int, confidence: float = 0.95) -> Share:
    """Count a share; raises ValueError where there is nothing to count in."""
    side = (1 + confidence) / 2
    low, high = clopper_pearson_lower(count, n, side), clopper_pearson_upper(count, n, side)
    return Share(count, n, 100 * count / n, 100 * low, 100 * high)


@dataclass(frozen=True)
class AttributeStudy:
    """The judgements `calls[appraiser][part][repeat]`, and the true category of each part where it is known.

    `accepting` is the category that lets a part pass; with it misses and false alarms are counted.
    """

    appraisers: tuple[str, ...]
    parts: tuple[str, ...]
    calls: tuple[tuple[tuple[str, ...], ...], ...]
    reference: tuple[str, ...] | None = None
    accepting: str | None = None

    @property
    def repeats(self) -> int:
        """How often each appraiser judged each part."""
        return len(self.calls[0][0])


def attribute_study(
    calls: Mapping[str, Mapping[str, Sequence[str]]],
    reference: Mapping[str, str] | None = None,
    accepting: str | None = None,
) -> AttributeStudy:
    """Make a study from judgements by appraiser and part. Raises StudyError where it is not balanced.

    One appraiser is enough, with a reference or with repeats; a judgement that no reference names is a
    category like the others.
    """
    parts = tuple(dict.fromkeys(part for each in calls.values() for part in each))
    if not calls or len(parts) < 2:
        raise StudyError("An attribute study needs an appraiser and two parts.")
    repeats = max(len(values) for each in calls.values() for values in each.values())
    for appraiser, each in calls.items():
        for part in parts:
            if len(each.get(part, ())) != repeats or not repeats:
                raise StudyError(
                    f"{appraiser} judged part {part} {len(each.get(part, ()))} times, not {repeats} times."
                )
    if reference is not None and (missing := [part for part in parts if part not in reference]):
        raise StudyError(f"The reference says nothing of part {missing[0]}.")
    found = tuple(tuple(tuple(calls[name][part]) for part in parts) for name in calls)
    names = {call for line in found for cell in line for call in cell} | set((reference or {}).values())
    if accepting is not None and accepting not in names:
        raise StudyError(f"Nobody, and no reference, says “{accepting}”.")
    if reference is None and repeats < 2 and len(calls) < 2:
        raise StudyError("One appraiser who judged each part once agrees with nobody: repeat, or give the reference.")
    truth = None if reference is None else tuple(reference[part] for part in parts)
    return AttributeStudy(tuple(calls), parts, found, truth, accepting)


@dataclass(frozen=True)
class Errors:
    """What judgements let slip: bad parts accepted, good parts rejected; each None where there was no chance."""

    misses: Share | None
    false_alarms: Share | None


@dataclass(frozen=True)
class AppraiserAgreement:
    """One appraiser: with themselves, and with the reference where there is one.

    `within` is None without repeats, `right` (the effectiveness) and what follows it None without a reference.
    `wrong_always` counts parts judged alike each time and wrong, `mixed` those judged differently. Kappas are
    None where all judgements are of one category. `against` compares all judgements with the reference,
    `repeated` the repeats with each other.
    """

    name: str
    within: Share | None
    repeated: FleissKappa | None
    right: Share | None
    against: Kappa | None
    wrong_always: int | None
    mixed: int
    errors: Errors | None


@dataclass(frozen=True)
class PairAgreement:
    """Two appraisers, judgement by judgement."""

    one: str
    other: str
    kappa: Kappa | None


@dataclass(frozen=True)
class AttributeResult:
    """What a study says of all appraisers: alone, in pairs, together, and together against the reference.

    `between` counts parts on which every judgement of everybody is the same, `system` those where it is also
    right. None where there is nothing to compare.
    """

    study: AttributeStudy
    confidence: float
    appraisers: tuple[AppraiserAgreement, ...]
    pairs: tuple[PairAgreement, ...]
    between: Share | None
    together: FleissKappa | None
    system: Share | None


def agreement(study: AttributeStudy, confidence: float = 0.95) -> AttributeResult:
    """Evaluate an attribute study. Raises DataError for a confidence that is none."""
    if not 0 < confidence < 1:
        raise DataError("a confidence lies between 0 and 1")
    everybody = [[call for line in study.calls for call in line[part]] for part in range(len(study.parts))]
    several = len(study.appraisers) > 1
    alike = [len(set(each)) == 1 for each in everybody]
    right = _all_right(everybody, study.reference)
    return AttributeResult(
        study,
        confidence,
        tuple(_of_one(study, i, confidence) for i in range(len(study.appraisers))),
        tuple(
            PairAgreement(study.appraisers[i], study.appraisers[j], _pair(study, i, j, confidence))
            for i in range(len(study.appraisers))
            for j in range(i + 1, len(study.appraisers))
        ),
        share(sum(alike), len(alike), confidence) if several else None,
        _defined(lambda: fleiss(everybody, confidence)) if several else None,
        None if right is None else share(sum(right), len(right), confidence),
    )


def _all_right(judged: Sequence[Sequence[str]], reference: Sequence[str] | None) -> list[bool] | None:
    if reference is None:
        return None
    return [set(each) == {truth} for each, truth in zip(judged, reference, strict=True)]


_Found = TypeVar("_Found")


def _defined(found: Callable[[], _Found]) -> _Found | None:
    """Give a kappa, or None where it is not defined: one category only."""
    try:
        return found()
    except DataError:
        return None


def _pair(study: AttributeStudy, i: int, j: int, confidence: float) -> Kappa | None:
    return _defined(lambda: cohen(_flat(study.calls[i]), _flat(study.calls[j]), confidence))


def _flat(line: Sequence[Sequence[str]]) -> list[str]:
    return [call for cell in line for call in cell]


def _of_one(study: AttributeStudy, i: int, confidence: float) -> AppraiserAgreement:
    line = study.calls[i]
    alike = [len(set(cell)) == 1 for cell in line]
    repeated = study.repeats > 1
    right = _all_right(line, study.reference)
    truths = [truth for truth in study.reference or () for _ in range(study.repeats)]
    return AppraiserAgreement(
        study.appraisers[i],
        share(sum(alike), len(alike), confidence) if repeated else None,
        _defined(lambda: fleiss(line, confidence)) if repeated else None,
        None if right is None else share(sum(right), len(right), confidence),
        _defined(lambda: cohen(_flat(line), truths, confidence)) if study.reference is not None else None,
        None if right is None else sum(same and not good for same, good in zip(alike, right, strict=True)),
        alike.count(False),
        _errors(_flat(line), truths, study.accepting, confidence) if truths and study.accepting else None,
    )


def _errors(calls: Sequence[str], truths: Sequence[str], accepting: str, confidence: float) -> Errors:
    on_bad = [call == accepting for call, truth in zip(calls, truths, strict=True) if truth != accepting]
    on_good = [call != accepting for call, truth in zip(calls, truths, strict=True) if truth == accepting]
    return Errors(
        share(sum(on_bad), len(on_bad), confidence) if on_bad else None,
        share(sum(on_good), len(on_good), confidence) if on_good else None,
    )
