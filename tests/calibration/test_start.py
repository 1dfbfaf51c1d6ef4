"""Starting a calibration: what the standard's certificate must give, and whose work it is."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from bench_work import AMBIENT, give_all, place, problems, review, sign, start
from flask import Flask
from outside_work import send_out
from plant_client import ClockAt, SignedInAs
from sqlalchemy import select

from techfloor import clock, store
from techfloor.duties.calibration.content import PlantWords, content
from techfloor.duties.calibration.models import Reading
from techfloor.duties.calibration.queries.bench import bench_of
from techfloor.equipment.ledger import place_hold
from techfloor.equipment.models import Equipment, Gauge, StandardCertificate
from techfloor.records import definitions
from techfloor.records.models import Definition, Revision
from techfloor.said import as_text, in_words, say
from techfloor.store import db

CALIPER = ["0.00", "25.00", "50.05", "100.00", "150.10", "25.00"]
PLANT_WORDS = PlantWords("Plant North", "", "Europe/Berlin", True, "Certificate", False)
GIVEN = {
    "standard": "S-003",
    "temperature": AMBIENT["temperature"],
    "soaked": "y",
    "condition": "complete and readable",
}


def change_certificates(app: Flask, code: str, change: Callable[[StandardCertificate], Any]) -> None:
    """Change every certificate of a standard, as another plant's would be."""
    with app.app_context(), store.act("equipment:certificate:add"):
        wanted = select(StandardCertificate).join(Equipment, Equipment.id == StandardCertificate.standard_id)
        for paper in db.session.scalars(wanted.where(Equipment.code == code)):
            change(paper)


def without_u(paper: StandardCertificate) -> None:
    paper.uncertainty = {}
    paper.certified = [{name: value for name, value in row.items() if name != "u"} for row in paper.certified]


def test_a_certificate_without_u_is_refused_before_the_first_reading(app: Flask, as_: SignedInAs) -> None:
    change_certificates(app, "S-003", without_u)
    answer = as_("T", tablet=True).submit("/calibration/start/G-003", GIVEN)
    assert answer.status_code == 422
    assert "The certificate of S-003 states no U at 50." in problems(answer)[0]


def test_the_hold_that_code_placed_on_a_standard_is_told_in_words(app: Flask, as_: SignedInAs) -> None:
    with app.app_context(), store.act("test:standard:hold"):
        held = db.session.scalars(select(Equipment.id).where(Equipment.code == "S-003")).one()
        words = as_text(say("calibration.hold-failed", number="CAL-2026-00001"))
        place_hold(held, "damaged", words, actor=1, at=clock.now())
    page = as_("T", tablet=True).get("/calibration/start/G-003").text
    assert "S-003 is held: damaged, as found, CAL-2026-00001. Have it repaired" in page
    assert 'value="S-003" disabled>' in page, "it cannot be chosen"


def test_a_plant_with_coarser_blocks_gets_its_own_uncertainty(app: Flask, as_: SignedInAs) -> None:
    def coarse(paper: StandardCertificate) -> None:
        paper.certified = [row | {"u": "0.01"} for row in paper.certified]

    change_certificates(app, "S-003", coarse)
    tara = as_("T", tablet=True)
    number = start(tara, "G-003")
    give_all(tara, number, "indication", ["0.00", "50.00", "100.00", "200.00"])
    with app.app_context():
        found = [reading.u for reading in db.session.scalars(select(Reading).order_by(Reading.id))]
    expected = ["0.014", "0.017", "0.017", "0.025"]
    assert [str(round(u, 3)) for u in found if u] == expected, "200 is two pieces, and their U add up"


# --- never calibrated ---


def test_a_gauge_that_was_never_calibrated_leads_the_home_page(app: Flask, as_: SignedInAs) -> None:
    with app.app_context(), store.act("equipment:item:create"):
        like = db.session.scalars(select(Equipment).where(Equipment.code == "G-001")).one()
        new = Equipment(code="G-NEW", kind="gauge", name="Caliper", area_id=like.area_id)
        db.session.add(new)
        db.session.flush()
        gauge = Gauge(equipment_id=new.id, kind="caliper", status="calibrate before use", interval_months=6)
        db.session.add(gauge)
    tara = as_("T", tablet=True)
    home = tara.get("/").text
    assert re.findall(r'href="(/calibration/start/[^"]+)"', home)[0] == "/calibration/start/G-NEW"
    assert "Calibrate: never calibrated" in home
    assert "G-NEW" in as_("Q").get("/calibration/gauges?status=overdue").text


# --- the room ---


def test_the_room_carried_forward_says_when_it_was_typed(as_: SignedInAs, clock_at: ClockAt) -> None:
    tara = as_("T", tablet=True)
    start(tara, "G-014", {"temperature": "20.7"})
    clock_at("2026-11-20T10:05")
    page = tara.get("/calibration/start/G-003").text
    assert 'value="20.7"' in page
    assert "As you typed at 10:00." in page
    assert "As you typed" not in as_("Q").get("/calibration/start/G-003").text


def test_a_room_outside_its_limits_is_told_beside_the_field_and_stops_nothing(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    page = tara.get("/calibration/start/G-014").text
    assert '<p class="outside-note is-caution" hidden>' in page
    assert 'data-low="18" data-high="22"' in page
    start(tara, "G-014", {"temperature": "25.1"}, confirmed="y")
    again = tara.get("/calibration/start/G-003").text
    assert '<p class="outside-note is-caution">' in again, "also when it was carried forward"


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({"temperature": "32"}, "32 °C is outside 20 ± 2 °C. Start all the same? The record says so."),
        ({"soaked": ""}, "It has not stood beside the standard for "),
        ({"condition": ""}, "It is not said in what condition it is. Start all the same? The record says so."),
    ],
)
def test_an_unusual_start_is_asked_about_once(as_: SignedInAs, given: dict[str, str], asked: str) -> None:
    tara = as_("T", tablet=True)
    answer = tara.submit("/calibration/start/G-014", {**GIVEN, **given})
    assert answer.status_code == 422
    assert problems(answer)[0].startswith(asked)
    assert 'name="confirmed"' in answer.text
    assert tara.submit("/calibration/start/G-014", {**GIVEN, **given, "confirmed": "y"}).status_code == 303


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"condition": "", "confirmed": "y"}, ""),
        ({"condition": "complete and readable"}, "complete and readable"),
        ({"condition": "damaged", "damage": "scale scratched"}, "damaged: scale scratched"),
    ],
)
def test_the_condition_is_what_somebody_said_and_nothing_else(
    app: Flask, as_: SignedInAs, given: dict[str, str], kept: str
) -> None:
    tara = as_("T", tablet=True)
    assert " checked" not in tara.get("/calibration/start/G-014").text.partition('name="condition"')[2][:400]
    number = tara.submit("/calibration/start/G-014", {**GIVEN, **given}).location.split("/")[2]
    with app.app_context():
        assert in_words(bench_of(number).body.condition) == kept


def test_damage_is_named(as_: SignedInAs) -> None:
    answer = as_("T", tablet=True).submit("/calibration/start/G-014", {**GIVEN, "condition": "damaged"})
    assert problems(answer) == ["Enter what is damaged."]


def test_a_gauge_is_not_complete_and_damaged_at_once(as_: SignedInAs) -> None:
    both = {"condition": "complete and readable", "damage": "scale scratched"}
    answer = as_("T", tablet=True).submit("/calibration/start/G-014", GIVEN | both)
    assert problems(answer) == ["Choose “Damaged”, or take these words out."]


def test_a_tablet_has_a_pad_for_the_room_and_no_sign_where_none_is_meant(as_: SignedInAs) -> None:
    page = as_("T", tablet=True).get("/calibration/start/G-014").text
    assert 'data-keypad-for="temperature' in page
    assert "data-sign-for" not in page
    assert "data-keypad-for" not in as_("Q").get("/calibration/start/G-014").text


def test_a_gauge_that_did_not_settle_is_an_exception_for_the_reviewer(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014", soaked="", confirmed="y")
    give_all(tara, number, "indication", CALIPER)
    assert sign(tara, number).status_code == 303
    with app.app_context():
        assert say("calibration.soak") in bench_of(number).body.exceptions


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("G-020", "G-020 is calibrated by a laboratory. Send it out from its page."),
        ("G-008", "G-008 is at a laboratory. When it is back, enter its certificate."),
    ],
)
def test_a_gauge_that_a_laboratory_calibrates_says_so_when_it_is_started(as_: SignedInAs, code: str, says: str) -> None:
    page = as_("T", tablet=True).get(f"/calibration/start/{code}", follow_redirects=True)
    assert page.request.path == f"/calibration/gauges/{code}"
    assert says in page.text


def test_what_is_missing_at_a_start_is_named_in_one_go(as_: SignedInAs) -> None:
    answer = as_("T", tablet=True).submit("/calibration/start/G-014", {"standard": "S-003"})
    assert sorted(problems(answer)) == ["Choose the condition of the gauge.", "Enter the temperature."]


def test_a_gauge_that_is_away_says_so_before_anything_is_typed(as_: SignedInAs) -> None:
    send_out(as_("Q"), "G-014")
    page = as_("T", tablet=True).get("/calibration/start/G-014", follow_redirects=True)
    assert page.request.path == "/calibration/gauges/G-014"
    assert "G-014 is sent out. Change that on its page first." in page.text


# --- whose it is ---


def test_somebody_else_s_calibration_is_asked_about_before_it_is_gone_on_with(as_: SignedInAs) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = start(tara, "G-014")
    give_all(tara, number, "indication", CALIPER[:3])
    for url in ("/calibration/start/G-014", "/e/G-014"):
        assert quinn.get(url, follow_redirects=True).request.path == f"/calibration/{number}/take-over"
    assert quinn.get(f"/calibration/{number}/as-found/4/1").location == f"/calibration/{number}/take-over"
    page = quinn.get(f"/calibration/{number}/take-over").text
    assert "Begun by Tara Kowalski, 20 Nov 2026 10:00. As found: 3 of 6 points." in page
    assert 'href="/calibration/gauges/G-014"' in page
    assert place(tara, number).endswith("/as-found/4/1"), "who has it under way goes straight on"


def test_who_takes_a_calibration_over_signs_it_and_every_hand_counts(app: Flask, as_: SignedInAs) -> None:
    tara, quinn, selma = as_("T", tablet=True), as_("Q"), as_("S")
    number = start(tara, "G-014")
    give_all(tara, number, "indication", CALIPER[:3])
    assert quinn.submit(f"/calibration/{number}/take-over").status_code == 303
    give_all(quinn, number, "indication", [CALIPER[3], "150.15", CALIPER[5]])
    quinn.submit(f"/calibration/{number}/adjust", {"adjusted": "no"})
    check = tara.get(f"/calibration/{number}/check").text
    assert "Quinn Bauer performed this and signs it." in check
    assert f'action="/calibration/{number}/sign"' not in check
    assert sign(quinn, number).status_code == 303
    with app.app_context():
        bench = bench_of(number)
        points = content(bench, PLANT_WORDS)["runs"][0]["points"]
        assert [point["readings"][0]["by"] for point in points] == ["Tara Kowalski"] * 3 + ["Quinn Bauer"] * 3
        assert bench.performer == "Quinn Bauer"
    assert "Taken over" in selma.get(f"/calibration/{number}").text, "it stands on the timeline"
    barred = tara.get(f"/calibration/{number}/review")
    assert barred.status_code in {403, 422}
    assert review(selma, number).status_code == 303


def test_what_was_taken_over_leaves_the_other_s_home_page(as_: SignedInAs) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = start(tara, "G-014")
    quinn.submit(f"/calibration/{number}/take-over")
    assert f"/calibration/{number}/next" in quinn.get("/").text
    assert f"Go on with {number}" not in tara.get("/").text


# --- several standards ---


def also_needs(app: Flask, code: str, *standards: str) -> None:
    """Put a version of the procedure in force that names more standards."""
    with app.app_context(), store.act("records:revision:test"):
        revision = db.session.scalars(
            select(Revision).join(Definition, Definition.id == Revision.definition_id).where(Definition.code == code)
        ).one()
        assert isinstance(revision.body, dict)
        body = {**revision.body, "standards": [*revision.body["standards"], *standards]}
        written = definitions.draft(db.session.get_one(Definition, revision.definition_id), body)
        assert revision.approved_by is not None
        definitions.put_in_force(written, definitions.Approval(revision.approved_by, clock.now(), clock.now().date()))


def test_standards_of_two_quantities_are_both_needed_and_one_of_each_is_chosen(app: Flask, as_: SignedInAs) -> None:
    also_needs(app, "CAL-P-07", "S-007", "S-005")
    selma, page = as_("S"), "/calibration/start/G-015"
    shown = selma.get(page).text
    assert "Standard for mass" in shown
    assert "Standard for temperature" in shown
    given = {"temperature": "20.3", "humidity": "45", "soaked": "y", "condition": "complete and readable"}
    alone = selma.submit(page, given | {"standard": "S-001", "standard_2": ""})
    assert problems(alone) == ["Choose one standard for temperature."]
    swapped = selma.submit(page, given | {"standard": "S-005", "standard_2": ""})
    assert problems(swapped) == ["Choose one standard for mass."], "a thermometer does not stand in for weights"
    both = selma.submit(page, given | {"standard": "S-001", "standard_2": "S-005"})
    assert both.status_code == 303
    with app.app_context():
        used = bench_of(both.location.split("/")[2]).standards
        assert [standard.code for standard in used] == ["S-001", "S-005"]
