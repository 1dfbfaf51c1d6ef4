"""The acts at a checked gauge: a value, its correction, a day out of use; and what quality sets up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from techfloor.duties.in_use_checks import baselines, queries, rules
from techfloor.duties.in_use_checks.models import InUseBaseline, InUseCheck
from techfloor.duties.in_use_checks.queries import KIND, CheckRow, InForce
from techfloor.duties.in_use_checks.rules import Applied, Check, Every, Function, Outcome, SetUp
from techfloor.equipment import ledger
from techfloor.equipment.ledger import IN_USE_CHECK
from techfloor.equipment.queries import gauge_view, standards_for
from techfloor.equipment.rules import OUT_OF_TOLERANCE, plant_day, standard_valid
from techfloor.equipment.shapes import GaugeView
from techfloor.equipment.statuses import Status
from techfloor.measures.units import show_unit
from techfloor.places.queries import PlantFacts
from techfloor.records import definitions, tasks
from techfloor.records.definitions import Approval
from techfloor.records.models import Revision, Task
from techfloor.refusals import NotFound, Refusal
from techfloor.said import Said, as_text, say
from techfloor.store import alone, db
from techfloor.store.types import utc_text

_AWAY = frozenset({Status.SENT_OUT, Status.LOST, Status.RETIRED, Status.SPARE})


@dataclass(frozen=True)
class By:
    """Who acts, when, on which tablet, at which plant."""

    actor: int
    at: datetime
    plant: PlantFacts
    device: int | None = None

    @property
    def today(self) -> date:
        """The day it is at the plant."""
        return plant_day(self.at, self.plant.zone)


# --- setting up ---


def functions(gauge: GaugeView) -> list[Function]:
    """Return what a gauge measures, as a check needs it."""
    return [Function(f.name, f.unit, f.low, f.high, f.reads_to or f.resolution) for f in gauge.functions]


def set_up(gauge: GaugeView, entry: SetUp, seen_version: int, by: By) -> None:
    """Put the next version of a gauge's check in force; raises Refusal, also where another one came meanwhile."""
    before = queries.newest(gauge.code)
    _refuse_changed(before, seen_version)
    function = next((each for each in functions(gauge) if each.name == entry.function), None)
    if function is None:
        raise Refusal("Choose what of this gauge is checked.", field="function")
    _refuse_other_things(entry, function, by.today)
    body = rules.body(entry, function, before.check if before else None)
    found = _put_in_force(gauge, body, by)
    words = say("checks.set-up", what=found.applied_words, limits=found.limit_words, every=say(f"every.{found.every}"))
    ledger.log(gauge.id, "check set up", as_text(words), actor=by.actor, at=by.at)
    _settle_due(queries.needed(gauge.code), by)


def _refuse_other_things(entry: SetUp, function: Function, day: date) -> None:
    """Raise Refusal where a code is that of something which cannot be applied here."""
    if entry.applied == Applied.FIXED_POINT or not entry.code:
        return
    standard = next(iter(standards_for([entry.code], day)), None)
    if standard is None:
        _refuse_no_piece(entry)
        return
    if entry.applied != Applied.STANDARD:
        sentence = "%(code)s is the standard %(name)s. Choose a standard, so that its certificate is looked at."
        raise Refusal(sentence, field="applied", code=standard.code, name=standard.name)
    if not rules.alike(standard.unit, function.unit):
        raise Refusal(
            "%(code)s is %(name)s, in %(unit)s: nothing to apply where a gauge shows %(shown)s. Check its label.",
            field="code",
            code=standard.code,
            name=standard.name,
            unit=show_unit(standard.unit),
            shown=show_unit(function.unit),
        )


def _refuse_no_piece(entry: SetUp) -> None:
    """Raise Refusal for no standard where one is to be applied, and for the code of a gauge or a machine."""
    if entry.applied == Applied.STANDARD:
        raise Refusal("%(code)s is no standard of this plant. Check its label.", field="code", code=entry.code)
    name = ledger.name_of(entry.code)
    if name is not None:
        sentence = "%(code)s is %(name)s, and no check piece. Enter the code that stands on the piece."
        raise Refusal(sentence, field="code", code=entry.code, name=name)


def _refuse_changed(before: InForce | None, seen_version: int) -> None:
    if (before.check.version if before else 0) != seen_version:
        raise Refusal("Somebody changed this check after the page was opened. Open it again.")


def _put_in_force(gauge: GaugeView, body: dict[str, object], by: By) -> Check:
    definition = definitions.define(KIND, gauge.code, gauge.item.name)
    draft = definitions.draft(definition, body)
    definitions.put_in_force(draft, Approval(by.actor, by.at, by.today))
    return rules.read(draft.version, body)


def end(gauge: GaugeView, seen_version: int, by: By) -> None:
    """Let a gauge be checked no more: what was checked stays."""
    before = queries.needed(gauge.code)
    _refuse_changed(before, seen_version)
    kept = db.session.get_one(Revision, before.revision_id).body
    assert isinstance(kept, dict)
    _put_in_force(gauge, {**kept, "ended": True}, by)
    ledger.log(gauge.id, "check ended", as_text(say("checks.ended")), actor=by.actor, at=by.at)
    ledger.end_due(gauge.id, IN_USE_CHECK, actor=by.actor, at=by.at)


def begin_anew(found: InForce, words: str, by: By) -> None:
    """Let the next values say what is usual, because the gauge is another one than before: adjusted, repaired."""
    if not words.strip():
        raise Refusal("Say why: adjusted, repaired, another place.", field="words")
    last = queries.last_row(found.gauge_id, found.check.series)
    if last is None or last.performed_at == queries.baseline(found.gauge_id, found.check.series).since:
        raise Refusal("There is no value yet since the last beginning.", field="words")
    _keep_baseline(found.gauge_id, found.check.series, last.performed_at, None, words.strip(), by)


def _keep_baseline(
    gauge_id: int, series: int, since: datetime | None, parameters: dict[str, object] | None, words: str, by: By
) -> None:
    db.session.add(
        InUseBaseline(
            gauge_id=gauge_id,
            series=series,
            since=since,
            parameters=parameters,
            words=words,
            made_at=by.at,
            by_id=by.actor,
        )
    )
    db.session.flush()


# --- checking ---


def log_check(code: str, value: Decimal, by: By, *, confirmed: bool = False) -> CheckRow:
    """Keep one value with its verdict, and what follows; raises Refusal, or Question for a value far off."""
    found, gauge = queries.needed(code), gauge_view(code)
    _refuse_away(gauge)
    certificate_id = certificate_for(found.check, by.today)
    if not confirmed:
        rules.ask_about(value, found.check)
    first = queries.to_try_again(found.gauge_id, found.check.series)
    kept = InUseCheck(
        gauge_id=found.gauge_id,
        revision_id=found.revision_id,
        series=found.check.series,
        outcome=rules.outcome(value, found.check.lower, found.check.upper),
        value=value,
        lower=found.check.lower,
        upper=found.check.upper,
        caution=_cautions(found, value),
        try_of_id=queries.first_of(first.id) if first else None,
        certificate_id=certificate_id,
        performed_at=by.at,
        recorded_at=by.at,
        by_id=by.actor,
        device_id=by.device,
    )
    return _keep(found, kept, by)


def _refuse_away(gauge: GaugeView) -> None:
    if gauge.item.status in _AWAY:
        raise Refusal("%(code)s is not in use: it needs no check. Look at its page.", code=gauge.code)


def certificate_for(check: Check, day: date) -> int | None:
    """Return the certificate of the standard that a check applies; raises Refusal where it may not be used that day."""
    if check.applied is not Applied.STANDARD:
        return None
    standard = next(iter(standards_for([check.code], day)), None)
    if standard is None:
        raise NotFound("There is no standard %(code)s. Ask quality.", code=check.code)
    paper, holds = standard.certificate, [hold.fact() for hold in standard.holds]
    for objection in standard_valid(paper.facts() if paper else None, standard.facts(), day, holds):
        if objection.blocks:
            raise objection.refusal()
    return paper.id if paper else None


def _cautions(found: InForce, value: Decimal, instead_of: CheckRow | None = None) -> list[Said]:
    """Return what the chart finds unusual about a value that is within its limits; of a correction, in its place."""
    check = found.check
    base = queries.baseline(found.gauge_id, check.series)
    if base.parameters is None or rules.outcome(value, check.lower, check.upper) is Outcome.FAIL:
        return []
    at = instead_of.performed_at if instead_of else None
    if at is not None and not base.judges(at):
        return []
    rows = queries.values_of(found.gauge_id, check.series, base.since, before=at, newest=baselines.LOOKED_AT)
    before = [row.value for row in rows if row.value is not None]
    fired = baselines.signals(base.parameters, [*before, value]).get(len(before), ())
    return [say(f"checks.caution.{rule}") for rule in fired]


def _keep(found: InForce, kept: InUseCheck, by: By) -> CheckRow:
    db.session.add(kept)
    db.session.flush()
    if kept.outcome == Outcome.GOOD:
        check, words = found.check, as_text(_good_said(found, kept))
        where = ledger.CheckedAt(check.function, check.nominal, check.unit)
        ledger.checked_good(kept.gauge_id, where, words, actor=by.actor, at=kept.performed_at)
        _freeze(found, by)
    elif kept.outcome == Outcome.FAIL and kept.try_of_id is not None:
        _hold(found, kept, by)
    _settle_due(found, by)
    return queries.row(kept.id)


def _good_said(found: InForce, kept: InUseCheck) -> Said:
    assert kept.value is not None
    check = found.check
    limits = rules.limit_words(kept.lower, kept.upper, check.unit)
    return say("checks.good", value=check.shown(kept.value), what=check.applied_words, limits=limits)


def _freeze(found: InForce, by: By) -> None:
    """Freeze what is usual, once there are enough values that were good."""
    base = queries.baseline(found.gauge_id, found.check.series)
    if base.parameters is not None:
        return
    rows = queries.values_of(found.gauge_id, found.check.series, base.since, newest=baselines.FROZEN_FROM, good=True)
    parameters = _frozen(rows)
    if parameters is not None:
        _keep_baseline(found.gauge_id, found.check.series, base.since, parameters, "", by)


def _freeze_anew(found: InForce, wrong: CheckRow, by: By) -> None:
    """Freeze what is usual anew where a value that counts no more was one of those it was frozen from."""
    base = queries.baseline(found.gauge_id, wrong.series)
    if base.parameters is None or wrong.outcome != Outcome.GOOD or not base.holds(wrong.performed_at):
        return
    rows = queries.values_of(found.gauge_id, wrong.series, base.since, good=True, first=int(base.parameters["values"]))
    words = as_text(say("checks.refrozen"))
    _keep_baseline(found.gauge_id, wrong.series, base.since, _frozen(rows), words, by)


def _frozen(rows: Sequence[CheckRow]) -> dict[str, object] | None:
    """Return the limits of these values, with when the first and the last of them were read."""
    made = baselines.frozen([row.value for row in rows if row.value is not None])
    if made is None:
        return None
    return {**made, "first": utc_text(rows[0].performed_at), "last": utc_text(rows[-1].performed_at)}


def _hold(found: InForce, kept: InUseCheck, by: By) -> None:
    """Hold a gauge that failed twice, and ask quality to look."""
    assert kept.value is not None
    check = found.check
    limits = rules.limit_words(kept.lower, kept.upper, check.unit)
    words = say("checks.failed", what=check.applied_words, value=check.shown(kept.value), limits=limits)
    if ledger.open_hold_of(found.gauge_id, IN_USE_CHECK) is not None:
        return
    ledger.place_hold(found.gauge_id, OUT_OF_TOLERANCE, as_text(words), actor=by.actor, at=by.at, work=IN_USE_CHECK)
    _ask_quality(found, say("checks.look", gauge=found.gauge_code), by)


def _ask_quality(found: InForce, words: Said, by: By) -> None:
    task = Task(kind=KIND, words=as_text(words), equipment_id=found.gauge_id)
    task.for_permission, task.raised_at = "checks:decide", by.at
    tasks.raise_task(task)


def _settle_due(found: InForce, by: By) -> None:
    """Put the due day to where the last good check, or the last day out of use, leaves it."""
    gauge_id, check = found.gauge_id, found.check
    if check.every is Every.BEFORE_USE:
        ledger.end_due(gauge_id, IN_USE_CHECK, actor=by.actor, at=by.at)
        return
    done = queries.last_done(gauge_id, check.series)
    zone, shifts = by.plant.zone, by.plant.in_area(found.area_key).shifts
    standing = ledger.due_of(gauge_id, IN_USE_CHECK)
    if queries.to_try_again(gauge_id, check.series) is not None:
        ledger.set_due(gauge_id, IN_USE_CHECK, min(by.today, standing.due) if standing else by.today)
    elif done is not None:
        due, day = rules.next_day(check.every, done, zone, shifts), plant_day(done, zone)
        ledger.set_due(gauge_id, IN_USE_CHECK, due, last_done=day)
    elif standing is None or standing.due > by.today:
        ledger.set_due(gauge_id, IN_USE_CHECK, by.today)


def not_used(code: str, by: By, why: str = "") -> None:
    """Keep that a gauge is out of use now: its check is due again the next time.

    Raises Refusal where it is not due, and where `why` is none of `rules.SKIPPED` though the check comes rarely.
    """
    found = queries.needed(code)
    if queries.to_try_again(found.gauge_id, found.check.series) is not None:
        raise Refusal("Its last value was outside its limits. Try once more.")
    if not queries.is_due(found, by.at, by.plant):
        raise Refusal("%(code)s is not due for a check now.", code=found.gauge_code)
    asks = rules.asks_why(found.check.every)
    if asks and why not in rules.SKIPPED:
        raise Refusal("Choose why it is skipped.", field="why")
    kept = InUseCheck(
        gauge_id=found.gauge_id,
        revision_id=found.revision_id,
        series=found.check.series,
        outcome=Outcome.NOT_USED,
        caution=[say(f"checks.skipped.{why}")] if asks else [],
        performed_at=by.at,
        recorded_at=by.at,
        by_id=by.actor,
        device_id=by.device,
    )
    db.session.add(kept)
    db.session.flush()
    _settle_due(found, by)


def correct(check_id: int, value: Decimal, reason: str, by: By, *, may_any: bool, confirmed: bool = False) -> CheckRow:
    """Replace a value by another row, judged by the limits of the first; who gave it corrects it, or who reviews."""
    wrong = _alone_with(check_id)
    if reason not in rules.CORRECTIONS:
        raise Refusal("Choose why.", field="reason")
    _refuse_settled(wrong)
    if wrong.value is None:
        raise Refusal("This row holds no value.")
    if not may_any and wrong.by_id != by.actor:
        raise Refusal("%(name)s gave this value and corrects it, or a supervisor or quality does.", name=wrong.by)
    if value == wrong.value:
        raise Refusal("This is the value that stands there.", field="value")
    found = _under(wrong)
    if not confirmed:
        rules.ask_about(value, found.check)
    return _take_over(found, wrong, value, reason, by)


def withdraw(check_id: int, reason: str, by: By, *, may_any: bool) -> CheckRow:
    """Say that a row was entered in error: it stays and counts no more, nor does anything take its place."""
    wrong = _alone_with(check_id)
    if reason not in rules.IN_ERROR:
        raise Refusal("Choose why.", field="why")
    _refuse_settled(wrong)
    if not may_any and wrong.by_id != by.actor:
        raise Refusal("%(name)s gave this value and corrects it, or a supervisor or quality does.", name=wrong.by)
    return _put_in_place(_under(wrong), wrong, _instead(wrong, Outcome.IN_ERROR, None, reason, by), by)


def _alone_with(check_id: int) -> CheckRow:
    """Return a row while nobody checks its gauge: a second try that comes meanwhile would hold it for a wrong first."""
    gauge_id = queries.row(check_id).gauge_id
    alone(f"equipment:{ledger.item_of(gauge_id).code}".casefold())
    return queries.row(check_id)


def _refuse_settled(wrong: CheckRow) -> None:
    if not wrong.counts:
        raise Refusal("This value was corrected already. Look at the newer one.")
    if wrong.outcome == Outcome.IN_ERROR:
        raise Refusal("This was entered in error: nothing of it is left to change.")


def _under(wrong: CheckRow) -> InForce:
    """Return the check that a row was judged by, in its own version."""
    code = ledger.item_of(wrong.gauge_id).code
    newest = queries.newest(code)
    assert newest is not None
    return InForce(
        newest.gauge_id,
        newest.gauge_code,
        newest.gauge_name,
        wrong.revision_id,
        newest.area_key,
        newest.since,
        queries.versions_of(code)[wrong.revision_id],
    )


def _take_over(found: InForce, wrong: CheckRow, value: Decimal, reason: str, by: By) -> CheckRow:
    kept = _instead(wrong, rules.outcome(value, wrong.lower, wrong.upper), value, reason, by)
    kept.caution = _cautions(found, value, wrong)
    return _put_in_place(found, wrong, kept, by)


def _instead(wrong: CheckRow, outcome: Outcome, value: Decimal | None, reason: str, by: By) -> InUseCheck:
    """Return the row that takes the place of another: of its moment, by its limits."""
    first = db.session.get_one(InUseCheck, wrong.id)
    return InUseCheck(
        gauge_id=first.gauge_id,
        revision_id=first.revision_id,
        series=first.series,
        outcome=outcome,
        value=value,
        lower=first.lower,
        upper=first.upper,
        try_of_id=first.try_of_id,
        certificate_id=first.certificate_id,
        corrects_id=first.id,
        correction=reason,
        performed_at=first.performed_at,
        recorded_at=by.at,
        by_id=by.actor,
        device_id=by.device,
    )


def _put_in_place(found: InForce, wrong: CheckRow, kept: InUseCheck, by: By) -> CheckRow:
    if wrong.outcome == Outcome.GOOD:
        ledger.take_back_check(wrong.gauge_id, wrong.performed_at, at=by.at)
    made = _keep(found, kept, by)
    _freeze_anew(found, wrong, by)
    if wrong.outcome == Outcome.FAIL and kept.outcome != Outcome.FAIL:
        _ask_to_lift(found, kept.value, by)
    return made


def _ask_to_lift(found: InForce, value: Decimal | None, by: By) -> None:
    """Tell quality that a value behind a hold was wrong, or should not be there; who corrects a value lifts no hold."""
    if ledger.open_hold_of(found.gauge_id, IN_USE_CHECK) is None:
        return
    said = say("checks.in-error") if value is None else say("checks.corrected", value=found.check.shown(value))
    ledger.log(found.gauge_id, "check corrected", as_text(said), actor=by.actor, at=by.at)
    tasks.finish_on(found.gauge_id, KIND, by=by.actor, at=by.at, outcome=as_text(said))
    _ask_quality(found, say("checks.accept", gauge=found.gauge_code, what=said), by)
