"""Quality writes a procedure, sees its limits, signs; technicians calibrate by it, also while a newer one comes."""

import hashlib
import json
import re
from collections.abc import Callable

import pytest
from bench_work import give, give_all, problems, sign, start
from flask import Flask
from plant_client import SignedInAs
from procedure_work import HOME, SIMPLE, approve, change, take_over, write
from sqlalchemy import select, text

from techfloor import store
from techfloor.duties.calibration.actions import drafting, procedures
from techfloor.duties.calibration.queries.bench import bench_of
from techfloor.records import integrity
from techfloor.records.models import Definition, Record, RecordContent, Revision
from techfloor.reports.models import IssuedPdf
from techfloor.store import db
from techfloor.store.types import canonical_json

BUDGET = {
    "budget-0-component": "resolution",
    "budget-0-basis": "half resolution",
    "budget-0-value": "",
    "budget-0-distribution": "rectangular",
    "budget-0-divisor": "",
    "budget-0-origin": "item",
    "budget-0-fallback": "",
}
CONSTANT = {
    "budget-0-basis": "constant",
    "budget-0-value": "0.027",
    "budget-0-distribution": "normal",
    "budget-0-divisor": "2",
}


@pytest.fixture(autouse=True)
def one_person(profile: Callable[[str], None]) -> None:
    profile("small")


def test_all_that_cannot_be_read_is_said_at_once(as_: SignedInAs) -> None:
    wrong = {
        **BUDGET,
        "code": "CAL-2026-00042",
        "tolerance": "4 of reading",
        "min_tur": "zero",
        "point_sets-0-points": "1\nabout 2\n3\nabout 4",
        "budget-0-divisor": "x",
        "budget-0-component": "",
    }
    said = problems(write(as_("Q"), **wrong))
    assert [words.split(".")[0].split(":")[0] for words in said] == [
        "This code looks like the number of a record",
        "This tolerance cannot be read",
        "Line 2",
        "Line 4",
        "Enter a number, like 4",
        "Say what this part of the uncertainty is",
        "Enter a number, like 4",
    ]


def test_a_number_may_be_typed_with_the_unit_that_it_has(app: Flask, as_: SignedInAs) -> None:
    typed = {**BUDGET, **CONSTANT, "budget-0-value": "0.002 mm", "point_sets-0-points": "50.00 mm; pieces: 50 mm"}
    room = {
        f"environment-0-{name}": value for name, value in zip(("quantity", "low", "high", "unit"), ROOM, strict=True)
    }
    assert write(as_("Q"), **typed, **room).status_code == 303
    with app.app_context():
        body = drafting.draft_of("CAL-P-20").body
    assert body["budget"][0]["value"] == "0.002"
    assert body["point_set"][0]["points"][0]["nominal"] == "50.00"
    assert (body["environment"][0]["low"], body["environment"][0]["high"]) == ("19", "21")


ROOM = ("temperature", "19 °C", "21°C", "C")


def test_quinn_writes_a_procedure_and_tara_goes_on_under_its_first_version(app: Flask, as_: SignedInAs) -> None:
    quinn, tara = as_("Q"), as_("T", tablet=True)
    kept = write(quinn, **BUDGET)
    assert kept.location == f"{HOME}/CAL-P-20/draft"
    draft = quinn.get(kept.location).text
    assert "± 0.03" in draft
    assert "0.0048" in draft, "0.005 / √3 with k = 1.65 of the convolution"
    assert approve(quinn, "CAL-P-20").location == f"{HOME}/CAL-P-20"
    chosen = quinn.submit("/calibration/gauges/G-001/procedure", {"chosen": "CAL-P-20|"})
    assert chosen.status_code == 303
    number = start(tara, "G-001")
    assert give(tara, number, indication="0.00").status_code == 303
    other = {**BUDGET, "budget-0-origin": "environment", "tolerance": "± 0.02 mm", "change": "Tighter."}
    assert change(quinn, "CAL-P-20", **other).status_code == 303
    shown = quinn.get(f"{HOME}/CAL-P-20/approve").text
    assert "What differs from version 1" in shown
    assert "the room and the method, half a digit of the gauge" in shown
    assert "environment, half resolution" not in shown
    assert "± 0.02 mm" in shown
    assert approve(quinn, "CAL-P-20").status_code == 303
    give_all(tara, number, "indication", ["50.03", "100.00", "150.00"])
    assert sign(tara, number).status_code == 303
    with app.app_context():
        content = json.loads(
            db.session.scalars(select(RecordContent.body).join(Record).where(Record.number == number)).one()
        )
        assert content["procedure"]["version"] == 1
        assert content["runs"][0]["points"][1]["verdict"] == "pass"
        assert procedures.one_in_force("CAL-P-20").procedure.version == 2
        assert integrity.problems(db.session.connection()) == []


def test_a_draft_is_listed_changed_by_another_and_given_up(app: Flask, as_: SignedInAs) -> None:
    quinn, dana = as_("Q"), as_("D")
    write(quinn)
    assert "CAL-P-20" in dana.get(HOME).text
    assert f"{HOME}/CAL-P-20/draft" in dana.get("/").text
    assert "CAL-P-20" not in as_("S").get("/").text
    assert change(dana, "CAL-P-20", title="Caliper of the plant").status_code == 303
    with app.app_context():
        assert drafting.writers(drafting.draft_of("CAL-P-20").revision) == ["Dana Weiss", "Quinn Bauer"]
    quinn.submit(f"{HOME}/CAL-P-20/give-up", page=f"{HOME}/CAL-P-20/draft")
    assert quinn.get(f"{HOME}/CAL-P-20").status_code == 404
    assert write(quinn).status_code == 303, "the code is free again"


def test_of_two_editors_the_second_sees_what_the_first_kept(as_: SignedInAs) -> None:
    quinn, dana = as_("Q"), as_("D")
    write(quinn)
    url = f"{HOME}/CAL-P-20/edit"
    opened = quinn.hidden(url, url)
    given = {name: value for name, value in SIMPLE.items() if name != "code"}
    assert change(dana, "CAL-P-20", tolerance="± 0.05 mm").status_code == 303
    met = quinn.post(url, data={**opened, **given, "title": "Another title"})
    assert met.status_code == 409
    assert "± 0.05 mm" in met.text
    assert "Dana Weiss" in met.text


def test_a_row_is_added_without_scripts_and_everything_typed_stays(as_: SignedInAs) -> None:
    page = write(as_("Q"), add="budget", **BUDGET)
    assert page.status_code == 422
    assert 'name="budget-1-component"' in page.text
    assert "150.00; pieces: 150" in page.text
    assert "There is a problem" not in page.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"tolerance": "about a hair"}, "This tolerance cannot be read. Write it like ± 0.03 mm"),
        ({"point_sets-0-points": "25 cm"}, "Line 1: “25 cm” is no number."),
        ({"code": "CAL-2026-00042"}, "looks like the number of a record"),
        ({"code": "CAL-P-02"}, "There is a procedure CAL-P-02 already."),
        ({**BUDGET, "budget-0-divisor": "3"}, "The divisor is not the one of this distribution"),
        ({"title": ""}, "Enter a title"),
        ({"point_sets-0-points": "25.00; att: x"}, "Line 1: “att: x” is none of function:, at:, pieces: and name:."),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_box(as_: SignedInAs, typed: dict[str, str], said: str) -> None:
    answer = write(as_("Q"), **typed)
    assert answer.status_code == 422
    assert [words for words in problems(answer) if said in words], problems(answer)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"standards": ""}, "Choose the standard it is done with."),
        ({"point_sets-0-points": ""}, "Enter the points, one in a line."),
        ({"point_sets-0-points": "25.00; pieces: 50"}, "At 25.00 the pieces come to 50: 50."),
        ({"rule": "guard-band"}, "needs an uncertainty"),
        ({**BUDGET, "budget-0-basis": "constant", "budget-0-value": "0.05"}, "reaches the tolerance"),
        ({**BUDGET, **CONSTANT, "tolerance": "≤ 0.02 mm"}, "reaches the limit of +0.02 mm"),
        ({**BUDGET, **CONSTANT, "tolerance": "+0.01/-0.1 mm"}, "reaches the limit of +0.01 mm"),
        ({**BUDGET, **CONSTANT, "rule": "pfa", "tolerance": "± 0.03 mm"}, "no result could pass"),
        ({**BUDGET, "tolerance": "± 4 % of reading"}, "At 0.00 the tolerance of this gauge is zero"),
        ({**BUDGET, "rule": "guard-band"}, "speak of another rule than the one chosen"),
        ({"rule_text": ""}, "Say in words how it is decided"),
    ],
)
def test_a_draft_that_gives_no_verdict_is_not_approved(as_: SignedInAs, typed: dict[str, str], said: str) -> None:
    quinn = as_("Q")
    assert write(quinn, **typed).status_code == 303
    page = quinn.get(f"{HOME}/CAL-P-20/draft").text
    assert said in page
    assert f"{HOME}/CAL-P-20/approve" not in page


def test_the_usual_words_of_a_rule_follow_the_rule_that_is_chosen(as_: SignedInAs) -> None:
    quinn = as_("Q")
    usual = "Simple acceptance: a result on the limit or inside it passes"
    assert write(quinn, **BUDGET, rule="guard-band", rule_text=usual).status_code == 303
    page = quinn.get(f"{HOME}/CAL-P-20/draft").text
    assert usual not in page
    assert "Guard band: U is taken off each limit" in page
    assert f"{HOME}/CAL-P-20/approve" in page


@pytest.mark.clause("21 CFR 11.70")
def test_what_speaks_against_it_is_asked_again_under_the_signature(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    write(quinn)
    hidden = quinn.hidden(f"{HOME}/CAL-P-20/approve", f"{HOME}/CAL-P-20/approve")
    with app.app_context(), store.act("test:standard:rename"):
        db.session.execute(text("UPDATE equipment SET code = 'S-999' WHERE code = 'S-003'"))
    typed = {"user_name": quinn.who.user_name, "secret": quinn.secret}
    refused = quinn.post(f"{HOME}/CAL-P-20/approve", data={**hidden, **typed})
    assert refused.status_code == 422
    assert "S-003 is no standard of this plant" in refused.text


def test_u_is_held_against_the_tolerance_of_every_gauge_that_uses_it(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    write(quinn, **BUDGET)
    approve(quinn, "CAL-P-20")
    quinn.submit("/calibration/gauges/G-001/procedure", {"chosen": "CAL-P-20|"})
    wide = {**BUDGET, "budget-0-basis": "constant", "budget-0-value": "0.05", "tolerance": "± 0.10 mm", "change": "x"}
    change(quinn, "CAL-P-20", **wide)
    page = quinn.get(f"{HOME}/CAL-P-20/draft").text
    assert re.search(r"G-001: At 0.00 its U of [\d.]+ mm reaches the tolerance of this gauge, ± 0.03 mm", page)


def test_where_two_persons_are_asked_for_its_author_does_not_approve(
    app: Flask, as_: SignedInAs, forget: Callable[[str], None], profile: Callable[[str], None]
) -> None:
    profile("iso9001")
    quinn, dana = as_("Q"), as_("D")
    write(quinn)
    kept = quinn.get(f"{HOME}/CAL-P-20/draft").text
    assert "then approve it" not in kept
    assert f'href="{HOME}/CAL-P-20/approve"' in as_("D").get(f"{HOME}/CAL-P-20/draft").text
    assert "handed in" in kept
    assert "Dana Weiss" in kept, "the author sees who may approve"
    assert ">Approve<" not in kept, "no button promises what will be refused"
    assert "waits for another person" in quinn.get(f"{HOME}/CAL-P-20/approve").text
    assert approve(dana, "CAL-P-20").status_code == 303
    forget("CAL-P-03")
    assert take_over(quinn, "CAL-P-03").status_code == 303, "nobody here wrote it"


def test_one_approved_for_a_day_to_come_counts_from_that_day(app: Flask, as_: SignedInAs, clock_at) -> None:  # type: ignore[no-untyped-def]
    quinn = as_("Q")
    write(quinn)
    approve(quinn, "CAL-P-20")
    change(quinn, "CAL-P-20", tolerance="± 0.02 mm", change="Tighter.", effective_from="2026-11-23")
    approve(quinn, "CAL-P-20")
    with app.app_context():
        assert procedures.one_in_force("CAL-P-20").procedure.version == 1
    clock_at("2026-11-23 08:00")
    with app.app_context():
        assert procedures.one_in_force("CAL-P-20").procedure.version == 2


def test_points_in_percent_of_the_range_follow_the_gauge(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    write(quinn, **{"point_sets-0-points": "0 %\n50 %\n100 %"})
    approve(quinn, "CAL-P-20")
    assert quinn.submit("/calibration/gauges/G-001/procedure", {"chosen": "CAL-P-20|"}).status_code == 303
    number = start(as_("T", tablet=True), "G-001")
    with app.app_context():
        assert [point.nominal for point in bench_of(number).plan] == ["0.00", "75.00", "150.00"]


def test_a_procedure_is_retired_when_no_gauge_uses_it_and_records_keep_theirs(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    assert "It is in use" in quinn.get(f"{HOME}/CAL-P-02/retire").text
    write(quinn)
    approve(quinn, "CAL-P-20")
    assert quinn.submit(f"{HOME}/CAL-P-20/retire", {"reason": "not used"}).status_code == 303
    assert "Retired" in quinn.get(HOME).text
    assert quinn.get(f"{HOME}/CAL-P-20/versions/1").status_code == 200
    assert 'value="CAL-P-20|"' not in quinn.get("/calibration/gauges/G-001/procedure").text


def test_the_approval_is_a_record_with_its_paper_that_verify_knows(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    write(quinn)
    approve(quinn, "CAL-P-20")
    page = quinn.get(f"{HOME}/CAL-P-20/versions/1")
    assert "Quinn Bauer" in page.text
    assert quinn.get(f"{HOME}/CAL-P-20/versions/1.pdf").data.startswith(b"%PDF")
    with app.app_context():
        row = db.session.scalars(select(Revision).join(Definition).where(Definition.code == "CAL-P-20")).one()
        record = db.session.scalars(select(Record).where(Record.number == "CAL-P-20")).one()
        assert (record.kind, record.version, record.revision_id) == (procedures.KIND, 1, row.id)
        issued = db.session.scalars(select(IssuedPdf).where(IssuedPdf.record_id == record.id)).one()
    assert "CAL-P-20" in quinn.get("/search?q=caliper").text
    verified = quinn.get(f"/verify/{issued.code}").text
    assert "Issued here, version current" in verified
    assert "Plant caliper, 0.01 mm" in verified
    assert quinn.get("/e/CAL-P-20").location == f"{HOME}/CAL-P-20"


def test_verify_tells_of_a_procedure_that_is_not_what_was_approved(
    app: Flask, as_: SignedInAs, behind_the_back: Callable[..., None]
) -> None:
    quinn = as_("Q")
    write(quinn)
    approve(quinn, "CAL-P-20")
    with app.app_context():
        revision = db.session.scalars(select(Revision).join(Definition).where(Definition.code == "CAL-P-20")).one()
        assert isinstance(revision.body, dict)
        forged = canonical_json({**revision.body, "tolerance": "± 0.3 mm"})
    behind_the_back(
        "DROP TRIGGER tf_revision_settled",
        "DROP TRIGGER tf_revision_update",
        f"UPDATE revision SET body = '{forged}', body_sha256 = '{hashlib.sha256(forged.encode()).hexdigest()}' "
        "WHERE definition_id = (SELECT id FROM definition WHERE code = 'CAL-P-20')",
    )
    with app.app_context():
        assert "Version 1 of CAL-P-20 is not what was approved." in integrity.problems(db.session.connection())


# --- taking over ---


def test_after_taking_over_one_is_back_at_the_gauge_with_it_chosen(
    app: Flask, as_: SignedInAs, forget: Callable[[str], None]
) -> None:
    forget("CAL-P-04")
    quinn = as_("Q")
    page = quinn.get("/calibration/gauges/G-007/procedure").text
    assert "/calibration/procedures/ready/CAL-P-04?gauge=G-007" in page
    taken = take_over(quinn, "CAL-P-04", gauge="G-007")
    assert taken.location == "/calibration/gauges/G-007/procedure?chosen=CAL-P-04"
    assert re.search(r'value="CAL-P-04\|0-10 mm" checked', quinn.get(taken.location).text)


def test_blocks_that_the_plant_has_not_are_stacked_from_those_it_has(
    app: Flask, as_: SignedInAs, forget: Callable[[str], None]
) -> None:
    forget("CAL-P-01")
    only_blocks(app, "25", "50", "100")
    quinn = as_("Q")
    page = quinn.get("/calibration/procedures/ready/CAL-P-01?gauge=G-001").text
    assert "100 + 50" in page
    assert take_over(quinn, "CAL-P-01").status_code == 303
    with app.app_context():
        body = procedures.one_in_force("CAL-P-01").procedure.body
        assert body is not None
        assert body["point_set"][0]["points"][4]["stack"] == ["100", "50"]


def test_a_ready_made_one_whose_blocks_are_missing_is_not_offered_as_one_that_fits(
    app: Flask, as_: SignedInAs, forget: Callable[[str], None]
) -> None:
    forget("CAL-P-03")
    only_blocks(app, "25", "50", "100")
    page = as_("Q").get("/calibration/gauges/G-004/procedure").text
    assert "ready/CAL-P-03" not in page
    assert "new?ready=CAL-P-03&amp;gauge=G-004" in page
    assert "has no piece of 2.5 on its certificate" in page


def only_blocks(app: Flask, *nominals: str) -> None:
    """Leave only these blocks on the certificate of the plant's gauge blocks."""
    rows = json.dumps([{"nominal": each, "value": each, "u": "0.0001"} for each in nominals])
    with app.app_context(), store.act("test:certificate:change"):
        db.session.execute(
            text(
                "UPDATE standard_certificate SET certified = :rows "
                "WHERE standard_id = (SELECT id FROM equipment WHERE code = 'S-003')"
            ),
            {"rows": rows},
        )


def test_a_ready_made_one_is_changed_first(app: Flask, as_: SignedInAs, forget: Callable[[str], None]) -> None:
    forget("CAL-P-02")
    page = as_("Q").get(f"{HOME}/new?ready=CAL-P-02").text
    assert "25.00; function: outside; at: inner jaw; pieces: 25" in page
    assert 'value="CAL-P-02"' in page
