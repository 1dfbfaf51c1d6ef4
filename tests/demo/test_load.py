"""The demo plant as it stands after loading: what the data says, sealed in the trail, and nothing of tomorrow."""

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.engine import Connection
from tellings import seen

from techfloor import clock, store
from techfloor.app import create_app
from techfloor.cli.demo import load as loading
from techfloor.cli.demo import work
from techfloor.cli.demo.cast import CAST, people
from techfloor.cli.demo.days import ANCHOR
from techfloor.cli.demo.history import Calibration as MadeCalibration
from techfloor.cli.demo.history import Run
from techfloor.cli.demo.load import NotADemo, load, load_once
from techfloor.cli.demo.load_history import load_papers
from techfloor.cli.demo.reading import Plant, load_plant
from techfloor.duties.calibration.models import PROPOSAL, Calibration, Reading
from techfloor.duties.calibration.queries.bench import Bench, bench_of
from techfloor.duties.calibration.rules.printed import error_shown
from techfloor.duties.calibration.rules.results import AS_FOUND, AS_LEFT, PointResult
from techfloor.duties.gauge_studies import queries as studies
from techfloor.duties.gauge_studies.models import GaugeStudy, StudyValue
from techfloor.duties.in_use_checks import queries as checks
from techfloor.equipment import queries as equipment
from techfloor.equipment.ledger import IN_USE_CHECK
from techfloor.equipment.models import Equipment, EquipmentDue, Gauge, StandardCertificate
from techfloor.migrations.upgrade import upgrade
from techfloor.people.models import Device, Person
from techfloor.places import actions as places
from techfloor.places.models import Plant as PlantRow
from techfloor.places.rules import AreaEntry, PlantEntry
from techfloor.records.models import Attachment, Record, Signature, Task
from techfloor.settings import Settings
from techfloor.store import db
from techfloor.store.trail import ActRow
from techfloor.store.verify import verify


def running(instance: Path) -> Iterator[Flask]:
    app = create_app(Settings(instance=instance, demo=True))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    for handler in app.logger.handlers[:]:
        app.logger.removeHandler(handler)
        handler.close()


@pytest.fixture(scope="module")
def loaded(history_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The whole demo plant on its anchor day, only to be read."""
    yield from running(Path(shutil.copytree(history_template, tmp_path_factory.mktemp("history") / "instance")))


@pytest.fixture(scope="module")
def benches(loaded: Flask, plant: Plant) -> list[tuple[MadeCalibration, Bench]]:
    """Every calibration of the data beside the record it became."""
    rows = db.session.execute(
        select(Equipment.code, Record.opened_at, Record.number).join(Equipment, Equipment.id == Record.equipment_id)
    )
    numbers = {(code, opened): number for code, opened, number in rows}
    return [(made, bench_of(numbers[made.gauge, made.started_at])) for made in plant.history]


def runs(made: MadeCalibration) -> list[tuple[str, Run]]:
    return [(AS_FOUND, made.as_found), *([(AS_LEFT, made.as_left)] if made.as_left else [])]


def count(table: type[object]) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def shown(bench: Bench, point: PointResult) -> Decimal:
    assert point.error is not None
    return error_shown(bench.procedure, point.error, point.reference)


def test_everything_of_the_data_is_there(loaded: Flask, plant: Plant) -> None:
    results = sum(len(certificate.results) for certificate in plant.outside)
    readings = sum(len(run.readings) + len(run.extra) for made in plant.history for _, run in runs(made))
    documents = 2 + len(plant.procedures)  # the policy, a review of access, and each procedure
    months = sum(check.review for check in plant.checks)
    assert count(Calibration) == len(plant.history) + len(plant.outside)
    assert count(Record) - documents - months - len(plant.studies) == count(Calibration)
    assert count(GaugeStudy) == len(plant.studies)
    assert count(StudyValue) == sum(study_values(each) for each in plant.studies)
    assert count(Reading) == readings + results
    assert count(Equipment) == len(plant.gauges) + len(plant.machines) + len(plant.standards)
    assert count(StandardCertificate) == sum(len(standard.certificates) for standard in plant.standards)
    assert count(Person) == len(people())
    assert count(Device) == len(plant.tablets)
    assert count(Attachment) == len(plant.outside)


def test_every_point_has_the_verdict_and_the_error_of_the_data(
    benches: list[tuple[MadeCalibration, Bench]],
) -> None:
    for made, bench in seen(benches):
        for name, run in runs(made):
            found = {point.point.label: point for point in bench.run(name).points if point.point.role == "point"}
            for each in run.points:
                assert found[each.point].verdict == each.verdict, (bench.number, each)
                if each.error:
                    # The data means percentages; the product divides the means, which may round the other way.
                    allowed = Decimal("0.01") if bench.procedure.in_percent else 0
                    assert abs(shown(bench, found[each.point]) - Decimal(each.error)) <= allowed, (bench.number, each)


def test_every_reading_has_the_verdict_and_the_moment_of_the_data(
    benches: list[tuple[MadeCalibration, Bench]],
) -> None:
    for made, bench in seen(benches):
        for name, run in runs(made):
            kept = {
                (bench.point(g.facts.point).label, g.facts.repeat): g
                for g in bench.counting
                if g.facts.run == name and bench.point(g.facts.point).role == "point"
            }
            assert len(kept) == len(run.readings)
            for each in run.readings:
                given = kept[each.point, each.repeat]
                assert given.performed_at == given.recorded_at == each.at
                assert given.facts.verdict in {each.verdict, ""}, (bench.number, each)


def test_every_derived_result_and_run_has_the_verdict_of_the_data(
    benches: list[tuple[MadeCalibration, Bench]],
) -> None:
    for made, bench in seen(benches):
        for name, run in runs(made):
            found = bench.run(name)
            derived = {each.rule.name: each for each in found.derived}
            assert found.verdict == run.verdict, bench.number
            for each in run.derived:
                assert derived[each.name].verdict == each.verdict, (bench.number, each)
                assert derived[each.name].value == Decimal(each.value), (bench.number, each)


def study_values(study: work.Study) -> int:
    """Return how many values were given in a study."""
    return sum(study.only) or len(study.parts) * study.repeats * len(study.appraisers)


def test_every_check_in_use_of_the_data_was_made_and_shows_what_it_is_to_show(loaded: Flask, plant: Plant) -> None:
    for check in plant.checks:
        found = checks.needed(check.gauge)
        rows = checks.values_of(found.gauge_id, found.check.series)
        given = [word for *_when, word in check.given() if word[0].isdigit()]
        assert [str(row.value) for row in rows] == [v for word in given for v in word.split(">")[-1].split("/")]
    balance = checks.needed("G-015")
    rows = checks.values_of(balance.gauge_id, balance.check.series)
    assert Counter(row.outcome for row in rows)["fail"] == 1, "once it was cleaned and tried again"
    assert sum(bool(row.caution) for row in rows) == 2, "and twice it was unusual"


def test_the_studies_of_the_data_say_what_a_plant_would_do_next(loaded: Flask) -> None:
    attribute, numbers, under_way = (studies.study(f"MSA-2026-0000{n}") for n in (1, 2, 3))
    assert [attribute.body.look, numbers.body.look, under_way.body.look] == ["fail", "caution", ""]
    assert [(each.name, under_way.done(each)) for each in under_way.appraisers][1] == ("Tomas Reyes", 17)


def test_what_the_laboratories_found_passes_as_their_certificates_say(loaded: Flask, plant: Plant) -> None:
    rows = db.session.execute(
        select(Calibration.as_found, Calibration.next_due).where(Calibration.source == "outside")
    ).all()
    assert [row.as_found for row in rows] == ["pass"] * len(plant.outside)
    assert all(row.next_due for row in rows)


def test_every_gauge_is_due_and_stands_as_its_data_says(loaded: Flask, plant: Plant) -> None:
    rows = db.session.execute(
        select(Equipment.code, Gauge.status, Gauge.limited_use, Gauge.sent_on, Gauge.expected_back, EquipmentDue.due)
        .join(Gauge, Gauge.equipment_id == Equipment.id)
        .join(EquipmentDue, EquipmentDue.equipment_id == Equipment.id)
        .where(EquipmentDue.work != IN_USE_CHECK)
    )
    found = {row[0]: tuple(row[1:]) for row in rows}
    for gauge in seen(plant.gauges):
        if gauge.status == "held":
            continue
        assert found[gauge.code] == (gauge.status, gauge.limited_use, gauge.sent, gauge.expected, gauge.due)


def test_the_wrench_is_held_and_waits_for_its_review_and_its_look_back(loaded: Flask, plant: Plant) -> None:
    view = equipment.gauge_view("G-011")
    record = db.session.scalars(select(Record).order_by(Record.id.desc()).limit(1)).one()
    body = db.session.get_one(Calibration, record.id)
    waiting = set(db.session.scalars(select(Task.kind).where(Task.done_at.is_(None), Task.record_id == record.id)))
    assert [(hold.reason, hold.record) for hold in view.holds] == [("out of tolerance", record.number)]
    assert (record.equipment_id, record.state) == (view.item.id, "performed")
    assert (body.as_found, body.as_left, body.next_due) == ("fail", "pass", plant.gauge("G-011").due)
    assert waiting == {"look-back", "review calibration"}
    assert view.dues[0].due < plant.gauge("G-011").due


def test_nothing_else_waits(loaded: Flask) -> None:
    waiting = select(Record.kind).where(Record.state != "closed").order_by(Record.kind)
    assert list(db.session.scalars(waiting)) == ["calibration", "gauge study"]
    assert count(Task) > 2
    kinds = Counter(db.session.scalars(select(Task.kind).where(Task.done_at.is_(None))))
    assert kinds.pop(PROPOSAL) == 7, "gauges whose results ask for another interval"
    assert kinds.total() == 2


def test_nobody_reviewed_what_they_signed_as_performed(loaded: Flask) -> None:
    signed: dict[int, list[int]] = {}
    for record_id, signer_id in db.session.execute(select(Signature.record_id, Signature.signer_id)):
        signed.setdefault(record_id, []).append(signer_id)
    assert len(signed) == count(Record) - 1, "all but the study under way"
    assert all(len(signers) == len(set(signers)) for signers in signed.values())


def test_the_papers_of_the_laboratories_are_kept_whole(loaded: Flask) -> None:
    blobs = loaded.extensions["techfloor"].blobs
    for file in seen(db.session.scalars(select(Attachment))):
        assert blobs.get(file.sha256).startswith(b"%PDF"), file.name


def test_the_loaded_database_is_sound(loaded: Flask) -> None:
    settings = loaded.extensions["techfloor"].settings
    with db.engine.connect() as connection:
        verdict = verify(connection, settings.instance / "anchors.log")
    assert verdict.problems == []
    assert verdict.anchored == verdict.acts > 1500


def acts(connection: Connection) -> list[str]:
    rows = connection.execute(select(func.json_extract(ActRow.body, "$.at")).order_by(ActRow.seq))
    return [str(at) for (at,) in rows]


def test_acts_stand_in_the_order_of_their_moments_and_none_in_the_future(loaded: Flask) -> None:
    with db.engine.connect() as connection:
        moments = acts(connection)[:-1]  # the last is of the tests: it hands out the tablets' keys
    assert moments == sorted(moments)
    assert datetime.fromisoformat(moments[-1]) < clock.now()


def test_the_plant_says_that_it_is_a_demo(loaded: Flask) -> None:
    assert db.session.scalars(select(PlantRow.demo)).one() is True


# --- loading itself, with the cast alone and no history: it takes seconds ---


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """An empty instance, and a demo plant that loads quickly."""
    monkeypatch.setattr(loading, "people", lambda: CAST)
    monkeypatch.setattr(loading, "load_history", load_papers)
    settings = Settings(instance=tmp_path / "demo", demo=True)
    upgrade(settings)
    return settings


def names(settings: Settings) -> set[str]:
    return {file.name for file in settings.instance.iterdir()}


def test_loading_twice_loads_once(small: Settings) -> None:
    assert load_once(small, today=ANCHOR)
    before = (small.instance / "techfloor.sqlite").read_bytes()
    assert not load_once(small, today=ANCHOR)
    assert (small.instance / "techfloor.sqlite").read_bytes() == before
    assert "loading" not in names(small)


def test_what_was_put_in_place_is_sound_with_its_anchors(small: Settings) -> None:
    load_once(small, today=ANCHOR)
    for _ in running(small.instance):
        with db.engine.connect() as connection:
            verdict = verify(connection, small.instance / "anchors.log")
        assert verdict.sound
        assert verdict.anchored == verdict.acts > 0


def test_a_load_that_was_broken_off_leaves_nothing_and_is_made_good_by_the_next(
    small: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(loading, "load_standards", break_off)
        with pytest.raises(KeyboardInterrupt):
            load_once(small, today=ANCHOR)
    for _ in running(small.instance):
        assert db.session.scalar(select(PlantRow.id)) is None
    assert load_once(small, today=ANCHOR)


def test_a_real_plant_never_becomes_a_demo(small: Settings) -> None:
    for _ in running(small.instance):
        with store.act("house:plant:set-up"):
            places.set_up_plant(PlantEntry("Real plant", "Europe/Berlin"), AreaEntry("Workshop"))
    with pytest.raises(NotADemo, match="no demo"):
        load_once(small, today=ANCHOR)


@pytest.mark.parametrize("today", [date(2026, 11, 22), date(2027, 3, 10), date(2028, 2, 29)])
def test_on_another_day_weekdays_are_kept_and_nothing_lies_in_the_future(small: Settings, today: date) -> None:
    with clock.set_to(datetime(today.year, today.month, today.day, 3, tzinfo=UTC)):
        load(small, today=today, history=False, who=CAST)
        for _ in running(small.instance):
            issued = sorted(db.session.scalars(select(StandardCertificate.issued)))
            with db.engine.connect() as connection:
                moments = acts(connection)
            assert datetime.fromisoformat(moments[-1]) <= clock.now()
    wanted = sorted(c.issued for standard in load_plant(ANCHOR).standards for c in standard.certificates)
    assert [day.weekday() for day in issued] == [day.weekday() for day in wanted]
    assert {(new - old).days % 7 for new, old in zip(issued, wanted, strict=True)} == {0}


@pytest.mark.long
def test_the_whole_history_moves_to_another_day(tmp_path: Path) -> None:
    settings = Settings(instance=tmp_path, demo=True)
    today = date(2027, 3, 10)
    upgrade(settings)
    with clock.set_to(datetime(2027, 3, 10, 9, tzinfo=UTC)):
        load(settings)
    moved = load_plant(today)
    for _ in running(tmp_path):
        opened = list(db.session.scalars(select(Record.opened_at).order_by(Record.id)))
        assert len(opened) == len(moved.history) + len(moved.outside)
        assert {made.started_at for made in moved.history} <= set(opened)
