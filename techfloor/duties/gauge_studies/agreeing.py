"""From the judgements of an attribute study to its figures and what they mean."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from techfloor.duties.gauge_studies.analysis import Analysed
from techfloor.duties.gauge_studies.figures import Facts, Told, figure, whole
from techfloor.duties.gauge_studies.rules import Call
from techfloor.measures.attribute_study import (
    AppraiserAgreement,
    AttributeResult,
    Share,
    agreement,
    attribute_study,
)
from techfloor.measures.kappa import Kappa

# Least effectiveness, most misses and most false alarms in per cent: what AIAG calls acceptable, and what marginal
# (MSA, 4th edition, chapter III C).
_GOOD, _MARGINAL = (90, 2, 5), (80, 5, 10)
_NAMES = ("right", "misses", "alarms")
_LOOKS = ("pass", "caution", "fail")
_KEYS = ("studies.agreement.good", "studies.agreement.marginal", "studies.agreement.bad")

Calls = Mapping[str, Mapping[str, Sequence[str]]]
"""By appraiser and part, in the order of the repeats."""


def compare(calls: Calls, reference: Mapping[str, str]) -> Analysed:
    """Work out how far appraisers agree with themselves, with each other and with the reference."""
    result = agreement(attribute_study(calls, reference, Call.PASS.value))
    grades = {each.name: grade(each) for each in result.appraisers}
    return Analysed(_facts(result, grades), _told(result, grades))


def grade(one: AppraiserAgreement) -> int:
    """Grade an appraiser: 0 acceptable, 1 marginal, 2 not acceptable; the worst of the three figures decides."""
    return next((found for found, limits in enumerate((_GOOD, _MARGINAL)) if not _missed(one, limits)), 2)


def _missed(one: AppraiserAgreement, limits: tuple[int, int, int]) -> list[str]:
    """Return the figures that do not keep these limits: right, misses, alarms."""
    found = _figures(one)
    kept = (found["right"] >= limits[0], found["misses"] <= limits[1], found["alarms"] <= limits[2])
    return [name for name, is_kept in zip(found, kept, strict=True) if not is_kept]


def _figures(one: AppraiserAgreement) -> dict[str, Fraction]:
    assert one.right is not None
    assert one.errors is not None
    return {
        "right": _share(one.right),
        "misses": _share(one.errors.misses) if one.errors.misses else Fraction(0),
        "alarms": _share(one.errors.false_alarms) if one.errors.false_alarms else Fraction(0),
    }


def _share(share: Share) -> Fraction:
    return Fraction(100 * share.count, share.n)


def _told(result: AttributeResult, grades: Mapping[str, int]) -> Told:
    worst = max(grades.values())
    following = tuple(_following(result, worst))
    if not worst:
        return Told(_LOOKS[0], _KEYS[0], {}, following)
    bad = [one for one in result.appraisers if grades[one.name] == worst]
    limits = _MARGINAL if worst == len(_LOOKS) - 1 else _GOOD
    missed = [_missed(one, limits) for one in bad]
    name = next(each for each in _NAMES if any(each in names for names in missed))
    found = [_figures(one)[name] for one in bad]
    values = {
        "who": ", ".join(one.name for one in bad),
        "percent": whole(float(min(found) if name == "right" else max(found))),
        "limit": limits[_NAMES.index(name)],
    }
    return Told(_LOOKS[worst], f"{_KEYS[worst]}.{name}", values, following)


def _following(result: AttributeResult, worst: int) -> list[tuple[str, Mapping[str, object]]]:
    if not worst:
        return [("studies.next.nothing", {})]
    steps: list[tuple[str, Mapping[str, object]]] = []
    if mixed := [one.name for one in result.appraisers if one.mixed]:
        steps.append(("studies.next.mixed", {"who": ", ".join(mixed)}))
    if wrong := [one.name for one in result.appraisers if one.wrong_always]:
        steps.append(("studies.next.wrong", {"who": ", ".join(wrong)}))
    if any(one.errors and one.errors.misses and one.errors.misses.count for one in result.appraisers):
        steps.append(("studies.next.misses", {}))
    return steps or [("studies.next.border", {})]


# --- the figures ---


def _facts(result: AttributeResult, grades: Mapping[str, int]) -> Facts:
    return {
        "confidence": figure(100 * result.confidence, 2),
        "appraisers": [_appraiser(one, grades[one.name]) for one in result.appraisers],
        "pairs": [{"one": pair.one, "other": pair.other, "kappa": _kappa(pair.kappa)} for pair in result.pairs],
        "between": _counted(result.between),
        "together": _kappa(result.together.overall if result.together else None),
        "system": _counted(result.system),
    }


def _appraiser(one: AppraiserAgreement, graded: int) -> Facts:
    errors = one.errors
    return {
        "name": one.name,
        "look": _LOOKS[graded],
        "within": _counted(one.within),
        "repeated": _kappa(one.repeated.overall if one.repeated else None),
        "right": _counted(one.right),
        "against": _kappa(one.against),
        "misses": _counted(errors.misses if errors else None),
        "false_alarms": _counted(errors.false_alarms if errors else None),
        "wrong_always": one.wrong_always,
        "mixed": one.mixed,
    }


def _counted(share: Share | None) -> Facts | None:
    if share is None:
        return None
    bounds = {"percent": whole(share.percent), "low": whole(share.low), "high": whole(share.high)}
    return {"count": share.count, "n": share.n, **bounds}


def _kappa(kappa: Kappa | None) -> Facts | None:
    if kappa is None:
        return None
    return {name: None if value is None else f"{value:.3f}" for name, value in _bounds(kappa)}


def _bounds(kappa: Kappa) -> tuple[tuple[str, float | None], ...]:
    return ("value", kappa.value), ("low", kappa.low), ("high", kappa.high)
