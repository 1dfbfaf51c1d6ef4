"""Loads the checks in use and the gauge studies, through the acts that people's hands go through."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from techfloor.cli.demo import work
from techfloor.cli.demo.loading import Event, Loading, desk_proof
from techfloor.duties.gauge_studies import actions as studies
from techfloor.duties.gauge_studies import content as study_content
from techfloor.duties.gauge_studies import queries, rules
from techfloor.duties.gauge_studies import signing_acts as signing
from techfloor.duties.gauge_studies.rules import Basis, Call, Part, Sort
from techfloor.duties.in_use_checks import actions, content, months, signing_acts
from techfloor.duties.in_use_checks import queries as checks
from techfloor.duties.in_use_checks.months import Month
from techfloor.duties.in_use_checks.rules import SetUp
from techfloor.equipment.queries import gauge_view
from techfloor.places.queries import PlantFacts

QUALITY, FRIDAY = "Q", 4
_MONTH_REVIEWED = time(13, 10)
_AGAIN, _PUT_RIGHT, _READ = timedelta(minutes=4), timedelta(minutes=1), timedelta(seconds=50)


def work_events(loading: Loading, plant: PlantFacts) -> Iterator[Event]:
    """Give the acts of all checks and studies."""
    for check in loading.plant.checks:
        yield from _Checked(loading, plant, check).events()
    for study in loading.plant.studies:
        yield from _Studied(loading, plant, study).events()


@dataclass(frozen=True)
class _Checked:
    """The checks of one gauge."""

    loading: Loading
    plant: PlantFacts
    check: work.Check

    def events(self) -> Iterator[Event]:
        quality = self.loading.people[QUALITY]
        yield Event(self.check.set_up, "checks:definition:set-up", quality, self._set_up)
        for day, hour, who, word in self.check.given():
            yield from self._given(self.loading.at(day, hour), who, word)
        if self.check.review:
            yield from self._reviewed()

    def _by(self, who: str, at: datetime) -> actions.By:
        return actions.By(self.loading.people[who], at, self.plant, self.loading.devices[self.check.tablet])

    def _set_up(self, at: datetime) -> None:
        check = self.check
        entry = SetUp(
            check.function,
            check.applied,
            check.code,
            check.what,
            Decimal(check.nominal),
            check.limits,
            None,
            None,
            check.every,
            check.words,
        )
        by = actions.By(self.loading.people[QUALITY], at, self.plant)
        actions.set_up(gauge_view(check.gauge), entry, 0, by)

    def _given(self, at: datetime, who: str, word: str) -> Iterator[Event]:
        """Give what a word stands for: nothing, a day out of use, a value, a second try, a correction."""
        if word == "not-used":
            yield self._event("checks:check:not-used", at, who, lambda at: self._not_used(who, at))
        elif ">" in word:
            wrong, right = word.split(">")
            yield self._logged(at, who, wrong)
            yield self._event("checks:check:correct", at + _PUT_RIGHT, who, lambda at: self._put_right(right, who, at))
        elif word != "-":
            for n, value in enumerate(word.split("/")):
                yield self._logged(at + n * _AGAIN, who, value)

    def _event(self, action: str, at: datetime, who: str, do: Callable[[datetime], object]) -> Event:
        return Event(at, action, self.loading.people[who], do, self.loading.devices[self.check.tablet])

    def _logged(self, at: datetime, who: str, value: str) -> Event:
        def log(at: datetime) -> None:
            actions.log_check(self.check.gauge, Decimal(value), self._by(who, at), confirmed=True)

        return self._event("checks:check:log", at, who, log)

    def _not_used(self, who: str, at: datetime) -> None:
        actions.not_used(self.check.gauge, self._by(who, at))

    def _put_right(self, value: str, who: str, at: datetime) -> None:
        found = checks.needed(self.check.gauge)
        last = checks.last_row(found.gauge_id, found.check.series)
        assert last is not None
        actions.correct(last.id, Decimal(value), "mistyped", self._by(who, at), may_any=False)

    def _reviewed(self) -> Iterator[Event]:
        """Give the review of the month before the anchor's, on the first day of work after it."""
        day = self.loading.plant.anchor.replace(day=1)
        while day.weekday() > FRIDAY:
            day += timedelta(days=1)
        if day < self.loading.plant.anchor:
            at = self.loading.at(day, _MONTH_REVIEWED)
            yield Event(at, "checks:month:review", self.loading.people[QUALITY], lambda at: self._review(day, at))

    def _review(self, day: date, at: datetime) -> None:
        gauge, month = gauge_view(self.check.gauge), Month.of(day).before
        if at < months.ends_at(gauge, month, self.plant):
            return
        shown = content.preview(gauge, month, self.plant, at)
        proof = desk_proof(self.loading, QUALITY, at)
        signing_acts.review(gauge, month, proof, self.plant, shown_sha256=shown.sha256)


@dataclass
class _Studied:
    """One study; its number is known once it is set up."""

    loading: Loading
    plant: PlantFacts
    study: work.Study
    number: str = ""

    def events(self) -> Iterator[Event]:
        study, quality = self.study, self.loading.people[QUALITY]
        yield Event(study.set_up, "studies:study:set-up", quality, self._set_up)
        turns = len(study.parts) * study.repeats
        counts = study.only or (turns,) * len(study.appraisers)
        for who, begins, count in zip(study.appraisers, study.begins, counts, strict=True):
            for n in range(count):
                yield self._given(who, begins + n * _READ)
        if study.signed is not None:
            yield Event(study.signed, "studies:study:sign", quality, self._sign)

    def _set_up(self, at: datetime) -> None:
        study, people = self.study, self.loading.people
        sort = Sort(study.sort)
        entry = rules.SetUp(
            sort=sort,
            subject=study.subject,
            parts=tuple(Part(label, self._true(label)) for label in study.parts),
            appraisers=tuple(people[who] for who in study.appraisers),
            repeats=study.repeats,
            function=study.function,
            basis=Basis(study.basis),
            lower=Decimal(study.lower) if study.lower else None,
            upper=Decimal(study.upper) if study.upper else None,
        )
        by = studies.By(people[QUALITY], at, self.plant)
        # The demo plant is the same each time it is loaded.
        shuffle = random.Random(study.subject).shuffle  # noqa: S311 - an order of parts, no secret
        self.number = studies.set_up(study.gauge, entry, by, shuffle)

    def _true(self, label: str) -> str:
        if Sort(self.study.sort) is Sort.VARIABLE:
            return ""
        return (Call.FAIL if label in self.study.bad else Call.PASS).value

    def _given(self, who: str, at: datetime) -> Event:
        person, device = self.loading.people[who], self.loading.devices[self.study.tablet]

        def give(at: datetime) -> None:
            found = queries.study(self.number)
            appraiser = studies.appraiser_in(found, person)
            turn = found.next_turn(appraiser)
            assert turn is not None
            part, repeat = found.part_at(appraiser, turn), queries.repeat_of(appraiser, turn)
            read = self.study.read[who][part.n - 1][repeat - 1]
            value = Call(read) if found.sort is Sort.ATTRIBUTE else Decimal(read)
            studies.give(found, turn, value, studies.By(person, at, self.plant, device), confirmed=True)

        return Event(at, "studies:value:give", person, give, device)

    def _sign(self, at: datetime) -> None:
        shown = study_content.preview(queries.study(self.number), self.plant)
        signing.sign_performed(
            self.number, desk_proof(self.loading, QUALITY, at), self.plant, shown_sha256=shown.sha256
        )
