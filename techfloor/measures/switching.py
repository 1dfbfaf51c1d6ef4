"""Switching between normal, tightened and reduced inspection, and stopping: one step for each lot.

ISO 2859-1:1999, 9.3 and 9.4; MIL-STD-105E, 4.7 and 4.8. Only lots in original inspection count: a lot that comes
back is not given to these rules.
"""

from dataclasses import dataclass, replace

from techfloor.measures.because import Because, because
from techfloor.measures.sampling import SamplingError, Severity

_WINDOW = 5


@dataclass(frozen=True)
class SwitchingRules:
    """The counts of the rules; the values given here are those of ISO 2859-1:1999 and MIL-STD-105E.

    `rejected_of_five`: lots rejected among five consecutive ones that lead to tightened inspection.
    `accepted_in_a_row`: lots that lead back. `discontinue_after`: lots rejected in one stretch of tightened
    inspection (five in MIL-STD-105E, 4.8, ISO 2859-1:1999, 9.4, and ANSI/ASQ Z1.4-2003, 8.4); None never.
    `discontinue_after_lots`: lots, accepted or not, in one stretch of it (10 in MIL-STD-105D and older editions
    of Z1.4); None never. `reduced_score`: the switching score that leads to reduced inspection (30 in ISO
    2859-1:1999, 9.3.3). `reduced_after`: lots accepted in a row on normal inspection that lead to it (10 in
    MIL-STD-105E, 4.7.3 a, whose limit numbers of table VIII fall away by ANSI/ASQ Z1.4-2003, 8.5). Both None, as
    plants start: no reduced inspection.
    """

    rejected_of_five: int = 2
    accepted_in_a_row: int = 5
    discontinue_after: int | None = 5
    discontinue_after_lots: int | None = None
    reduced_score: int | None = None
    reduced_after: int | None = None

    def __post_init__(self) -> None:
        """Refuse counts that never or always switch."""
        if not 1 <= self.rejected_of_five <= _WINDOW or self.accepted_in_a_row < 1:
            raise SamplingError("The switching rules count from 1 lot, and rejected ones among five.")
        if any(count is not None and count < 1 for count in self._ends()):
            raise SamplingError("The switching rules count from 1 lot.")

    def _ends(self) -> tuple[int | None, ...]:
        return self.discontinue_after, self.discontinue_after_lots, self.reduced_score, self.reduced_after


@dataclass(frozen=True)
class Lot:
    """How one lot in original inspection ended.

    The last three matter for reduced inspection only: `accepted_one_step_tighter`, whether it would have been
    accepted with the next smaller AQL (asked where Ac is 2 or more); `ac`, its acceptance number;
    `between`, accepted with more than Ac and less than Re.
    """

    accepted: bool
    accepted_one_step_tighter: bool = False
    ac: int = 0
    between: bool = False


@dataclass(frozen=True)
class Standing:
    """Where inspection stands before the next lot, and why.

    `recent` are the last lots, at most five, that were inspected as severely as now, True for accepted; `rejected`
    and `lots` count the present stretch of tightened inspection; `score` is the switching score; `why` is set
    where the last lot changed something.
    """

    severity: Severity = Severity.normal
    discontinued: bool = False
    recent: tuple[bool, ...] = ()
    in_a_row: int = 0
    rejected: int = 0
    lots: int = 0
    score: int = 0
    why: Because | None = None


def after(standing: Standing, lot: Lot, rules: SwitchingRules = SwitchingRules()) -> Standing:
    """Give the standing after one more lot. Raises SamplingError where inspection is discontinued."""
    if standing.discontinued:
        raise SamplingError("Inspection is discontinued: resume it when the cause was mended.")
    counted = replace(
        standing,
        recent=(*standing.recent, lot.accepted)[-_WINDOW:],
        in_a_row=standing.in_a_row + 1 if lot.accepted else 0,
        why=None,
    )
    step = {Severity.normal: _normal, Severity.tightened: _tightened, Severity.reduced: _reduced}
    return step[standing.severity](counted, lot, rules)


def _normal(now: Standing, lot: Lot, rules: SwitchingRules) -> Standing:
    if now.recent.count(False) >= rules.rejected_of_five:
        counts = {"rejected": now.recent.count(False), "lots": len(now.recent)}
        why = because("%(rejected)s of %(lots)s consecutive lots were rejected.", **counts)
        return Standing(Severity.tightened, why=why)
    now = replace(now, score=now.score + _points(lot) if _points(lot) else 0)
    if rules.reduced_score is not None and now.score >= rules.reduced_score:
        return Standing(Severity.reduced, why=because("The switching score reached %(score)s.", score=now.score))
    if rules.reduced_after is not None and now.in_a_row >= rules.reduced_after:
        return Standing(Severity.reduced, why=because("%(lots)s lots in a row were accepted.", lots=now.in_a_row))
    return now


def _points(lot: Lot) -> int:
    """Give the points of a lot to the switching score, 0 where the score starts anew (ISO 2859-1:1999, 9.3.3.2)."""
    if lot.ac >= 2:
        return 3 if lot.accepted and lot.accepted_one_step_tighter else 0
    return 2 if lot.accepted else 0


def _tightened(now: Standing, lot: Lot, rules: SwitchingRules) -> Standing:
    now = replace(now, rejected=now.rejected + (not lot.accepted), lots=now.lots + 1)
    if now.in_a_row >= rules.accepted_in_a_row:
        return Standing(why=because("%(lots)s lots in a row were accepted.", lots=now.in_a_row))
    if rules.discontinue_after is not None and now.rejected >= rules.discontinue_after:
        why = because("%(lots)s lots were rejected on tightened inspection.", lots=now.rejected)
        return replace(now, discontinued=True, why=why)
    if rules.discontinue_after_lots is not None and now.lots >= rules.discontinue_after_lots:
        why = because("%(lots)s lots in a row stayed on tightened inspection.", lots=now.lots)
        return replace(now, discontinued=True, why=why)
    return now


def _reduced(now: Standing, lot: Lot, _rules: SwitchingRules) -> Standing:
    if not lot.accepted:
        return Standing(why=because("A lot was rejected on reduced inspection."))
    if lot.between:
        return Standing(why=because("A lot was accepted with more than Ac and less than Re."))
    return now


def back_to_normal(standing: Standing, why: Because) -> Standing:
    """End reduced inspection for another reason: production irregular or delayed (MIL-STD-105E, 4.7.4 c and d)."""
    if standing.severity is not Severity.reduced:
        raise SamplingError("Only reduced inspection is ended this way.")
    return Standing(why=why)


def resume(standing: Standing) -> Standing:
    """Begin again after a discontinuation, tightened (ISO 2859-1:1999, 9.4). Raises SamplingError."""
    if not standing.discontinued:
        raise SamplingError("Inspection is not discontinued.")
    return Standing(Severity.tightened, why=because("The cause was mended: inspection resumes tightened."))
