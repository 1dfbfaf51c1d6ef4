"""A gauge goes to a laboratory and comes back with a certificate."""

import hashlib
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from bench_work import review
from flask import Flask
from outside_work import GO, PDF, PLUG, ROOM, answers, check, entered, number_of, pdf, problems, receive, send_out, sign
from PIL import Image
from plant_client import ClockAt, PlantClient, SignedInAs, read_forms
from sqlalchemy import select

from techfloor.duties.calibration.actions import signing as signing_acts
from techfloor.duties.calibration.models import Calibration, Reading
from techfloor.duties.calibration.queries.bench import bench_of
from techfloor.duties.calibration.report import certificate as report
from techfloor.duties.calibration.views.pages import pages
from techfloor.equipment.models import Equipment, EquipmentDue, EquipmentHold, Gauge
from techfloor.places.queries import read_plant
from techfloor.records import attachments
from techfloor.records.models import Attachment, Record, Task
from techfloor.records.signing import signatures_of, stored_content
from techfloor.reports.issue import IssueFacts
from techfloor.reports.sheets import environment, render_html
from techfloor.said import as_text, say
from techfloor.store import db


def gauge_row(code: str = "G-008") -> Gauge:
    return db.session.scalars(select(Gauge).join(Equipment).where(Equipment.code == code)).one()


def due_of(code: str = "G-008") -> date:
    return db.session.scalars(select(EquipmentDue.due).join(Equipment).where(Equipment.code == code)).one()


def record_of(number: str) -> Record:
    return db.session.scalars(select(Record).where(Record.number == number)).one()


def body_of(number: str) -> Calibration:
    return db.session.get_one(Calibration, record_of(number).id)


def records() -> int:
    return len(db.session.scalars(select(Record.id).where(Record.kind == "calibration")).all())


def open_holds() -> list[EquipmentHold]:
    return list(db.session.scalars(select(EquipmentHold).where(EquipmentHold.lifted_at.is_(None))))


def test_a_logger_goes_out_comes_back_is_typed_in_reviewed_and_its_due_day_moves(
    app: Flask, as_: SignedInAs, clock_at: ClockAt
) -> None:
    # On the 2nd of November quality sends the room logger to the laboratory.
    clock_at("2026-11-02 09:00")
    quinn = as_("Q")
    assert send_out(quinn).location == "/calibration/gauges/G-020"
    assert "Sent out, back in 21 days" in quinn.get("/calibration/gauges/G-020").text

    # On the 25th it is two days late.
    clock_at("2026-11-25 09:00")
    assert "Sent out, 2 days late" in as_("Q").get("/calibration/outside").text

    # On the 26th it is back, with a certificate. Quality types what it says and attaches it.
    clock_at("2026-11-26 10:00")
    quinn = as_("Q")
    number = number_of(receive(quinn, "G-020", **ROOM))
    page = quinn.get(f"/calibration/outside/{number}/checks").text
    assert "RL-0093" in page
    assert "+0.2" in page

    # The checks are answered, and the reading of the certificate is signed.
    assert check(quinn, number).location == f"/calibration/outside/{number}/sign"
    assert sign(quinn, number).location == f"/calibration/{number}?signed=1"

    # It is the first certificate under this procedure, so the supervisor has a look at it.
    selma = as_("S")
    assert "first use of this version of the procedure" in selma.get(f"/calibration/{number}/review").text.lower()
    assert review(selma, number).status_code == 303

    # The gauge is in use, due a year after the laboratory measured it, and its history shows the result.
    with app.app_context():
        assert gauge_row("G-020").status == "in use"
        assert due_of("G-020") == date(2027, 11, 12)
        assert record_of(number).state == "closed"
        assert body_of(number).worst_found == "+0.2 °C"
        assert [s.meaning for s in signatures_of(record_of(number).id)] == ["performed", "reviewed"]
    page = as_("T").get("/calibration/gauges/G-020").text
    assert number in page
    assert "12 Nov 2026" in page


def test_the_signed_content_carries_the_certificate_its_checks_and_the_hash_of_its_file(
    app: Flask, as_: SignedInAs
) -> None:
    number = entered(as_("Q"), **GO)
    with app.app_context():
        content = stored_content(record_of(number).id)
        kept = db.session.scalars(select(Attachment)).one()
    assert '"source":"outside"' in content
    assert '"certificate":"2026-008-1533"' in content
    assert '"check":"right serial number"' in content
    assert hashlib.sha256(PDF).hexdigest() == kept.sha256
    assert kept.sha256 in content


@pytest.mark.clause("ISO/IEC 17025 7.11.6")
def test_what_is_made_from_the_rows_after_signing_is_what_was_signed(app: Flask, as_: SignedInAs) -> None:
    number = entered(as_("Q"), **GO)
    with app.app_context():
        plant = read_plant(db.session())
        assert plant is not None
        bench = bench_of(number)
        assert signing_acts.preview(bench, plant).text == stored_content(bench.record.id)


# --- verdicts ---


def test_a_fail_as_found_holds_the_gauge_at_once_and_asks_for_a_look_back(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    number = number_of(receive(quinn, as_found="fail", as_left="pass", adjustment="replaced"))
    with app.app_context():
        assert [(h.reason, h.words) for h in open_holds()] == [
            ("out of tolerance", as_text(say("calibration.hold-failed", number=number)))
        ]
    check(quinn, number)
    sign(quinn, number)
    with app.app_context():
        assert {task.kind for task in db.session.scalars(select(Task))} == {
            "look-back",
            "review calibration",
            "interval proposal",
        }
        assert body_of(number).exceptions[0] == say("calibration.failed-as-found")
        before = due_of()
        assert before < date(2027, 11, 12)
    assert review(as_("S"), number).status_code == 303
    with app.app_context():
        assert open_holds() == []
        assert due_of() == date(2027, 11, 12)
        left = [t.kind for t in db.session.scalars(select(Task).where(Task.done_at.is_(None)))]
        assert sorted(left) == ["interval proposal", "look-back"]


def test_a_result_outside_our_tolerance_fails_though_the_laboratory_says_pass(app: Flask, as_: SignedInAs) -> None:
    number = number_of(receive(as_("Q"), **{**GO, "results-0-indication": "9.3690"}))
    with app.app_context():
        assert open_holds()[0].words == as_text(say("calibration.hold-failed", number=number))


def test_correcting_the_entry_lifts_the_hold_that_a_slip_placed(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    number = number_of(receive(quinn, **{**GO, "results-0-indication": "9.3690"}))
    answer = quinn.submit(f"/calibration/outside/{number}/certificate", {**PLUG, **GO})
    assert answer.location == f"/calibration/outside/{number}/checks"
    with app.app_context():
        assert open_holds() == []


def test_a_gauge_that_fails_as_left_stays_held_after_its_review(app: Flask, as_: SignedInAs) -> None:
    number = entered(as_("Q"), as_found="fail", as_left="fail")
    before = due_after_review(app, as_, number)
    assert before is None
    with app.app_context():
        assert [hold.reason for hold in open_holds()] == ["out of tolerance"]


def due_after_review(app: Flask, as_: SignedInAs, number: str) -> date | None:
    assert review(as_("S"), number).status_code == 303
    with app.app_context():
        return body_of(number).next_due


def test_results_may_be_left_out_and_the_record_says_that_they_were_accepted_by_review(
    app: Flask, as_: SignedInAs
) -> None:
    quinn = as_("Q")
    number = entered(quinn)
    assert "accepted by review" in quinn.get(f"/calibration/{number}").text
    with app.app_context():
        assert body_of(number).as_found == "pass"
        assert db.session.scalars(select(Reading)).all() == []


def test_a_certificate_without_as_found_may_pass_as_left_and_is_an_exception(app: Flask, as_: SignedInAs) -> None:
    number = entered(as_("Q"), as_found="not given", as_left="pass", adjustment="adjusted at the laboratory")
    with app.app_context():
        assert (body_of(number).as_found, body_of(number).as_left) == ("", "pass")
        assert say("calibration.not-given") in body_of(number).exceptions
    assert "Not given → pass" in as_("T").get("/calibration/").text


# --- checks and signatures ---


def test_a_no_needs_a_note_and_becomes_an_exception(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    number = number_of(receive(quinn))
    refused = check(quinn, number, **answers(no=3))
    assert refused.status_code == 422
    assert problems(refused) == ["Say what it means for “U small enough (TUR at least 4, else a note)”."]
    assert check(quinn, number, **answers(no=3, note="TUR 3.5, the plug only sorts")).status_code == 303
    sign(quinn, number)
    with app.app_context():
        assert (
            say("calibration.answered-no", check="U small enough (TUR at least 4, else a note)")
            in body_of(number).exceptions
        )


def test_an_open_check_is_named_and_the_answers_given_stay(as_: SignedInAs) -> None:
    quinn = as_("Q")
    number = number_of(receive(quinn))
    answer = check(quinn, number, answer_0="yes", note_0="seen on the shank")
    assert answer.status_code == 422
    assert problems(answer) == ["Answer “accredited for this quantity and range”."]
    assert "seen on the shank" in answer.text


@pytest.mark.clause("21 CFR 11.10(f)")
def test_nobody_signs_before_the_checks_are_answered(as_: SignedInAs) -> None:
    quinn = as_("Q")
    number = number_of(receive(quinn))
    assert quinn.get(f"/calibration/outside/{number}/sign").location == f"/calibration/outside/{number}/checks"


def test_a_wrong_secret_signs_nothing_and_says_so(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    number = number_of(receive(quinn))
    check(quinn, number)
    assert sign(quinn, number, secret="not the password").status_code == 422
    with app.app_context():
        assert record_of(number).content_sha256 is None


def test_what_changed_behind_an_open_sign_page_is_not_signed(as_: SignedInAs) -> None:
    quinn = as_("Q")
    number = number_of(receive(quinn))
    check(quinn, number)
    shown = quinn.hidden(f"/calibration/outside/{number}/sign", f"/calibration/outside/{number}/sign")
    quinn.submit(f"/calibration/outside/{number}/certificate", {**PLUG, "certificate": "2026-008-9999"})
    answer = sign(quinn, number, **shown)
    assert answer.status_code == 422
    assert problems(answer) == ["The record changed after this page was opened. Look at it again, then sign."]


def test_another_person_signs_only_what_they_answered_themselves(as_: SignedInAs) -> None:
    quinn, selma = as_("Q"), as_("S")
    number = number_of(receive(quinn))
    check(quinn, number)
    page = selma.get(f"/calibration/outside/{number}/sign").text
    assert "Quinn Bauer read this certificate and signs it" in page
    assert check(selma, number).status_code == 303
    assert sign(selma, number).status_code == 303


def test_who_read_the_certificate_does_not_review_it_unless_the_plant_is_small(
    as_: SignedInAs, profile: Callable[[str], None]
) -> None:
    profile("iso9001")
    quinn = as_("Q")
    number = entered(quinn)
    page = quinn.get(f"/calibration/{number}/review").text
    assert "Somebody else reviews it" in page
    profile("small")
    assert review(as_("Q"), number).status_code == 303


def test_a_signed_certificate_is_changed_no_more(as_: SignedInAs) -> None:
    quinn = as_("Q")
    number = number_of(receive(quinn))
    hidden = quinn.hidden(f"/calibration/outside/{number}/certificate", f"/calibration/outside/{number}/certificate")
    check(quinn, number)
    sign(quinn, number)
    assert quinn.get(f"/calibration/outside/{number}/certificate").location == f"/calibration/{number}"
    answer = quinn.post(f"/calibration/outside/{number}/certificate", data={**hidden, **PLUG})
    assert answer.status_code == 422
    assert problems(answer) == [f"{number} is signed. A signed record does not change."]


def test_the_review_prints_as_a_sheet_of_its_own(app: Flask, as_: SignedInAs) -> None:
    number = entered(as_("Q"), **GO)
    with app.app_context():
        content = json.loads(stored_content(record_of(number).id))
    at = datetime(2026, 11, 20, 12, tzinfo=UTC)
    facts = IssueFacts(1, at, "ABCD", "https://plant/verify/ABCD", 7, "0" * 64, "en")
    made = report.sheet(content, [], facts)
    assert made.title == "Review of an outside certificate"
    assert made.tables[-1].title == "Checks of the certificate"
    html = render_html(made, report.TEMPLATE, environment(str))
    assert "2026-008-1533" in html
    assert "Calibration laboratory North" in html
    assert "38.00" not in html  # what it cost is nobody's business outside


# --- bad input ---


def test_a_form_with_nothing_in_it_says_everything_that_is_missing(app: Flask, as_: SignedInAs) -> None:
    answer = as_("Q").submit("/calibration/gauges/G-008/certificate", {"back": ""})
    assert answer.status_code == 422
    assert problems(answer) == [
        "Enter the laboratory.",
        "Enter the number of the certificate.",
        "Enter the day the laboratory calibrated it.",
        "Enter the day it came back.",
        "Choose what the certificate says of the gauge as found.",
        "Choose what the certificate says of the gauge as left.",
        "Choose the laboratory&#39;s certificate, as a PDF or a photo of it.",
    ]
    with app.app_context():
        assert records() == 0


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"performed": "2026-12-24"}, "This day lies in the future. Enter the day the laboratory calibrated it."),
        ({"back": "2026-11-01"}, "It came back before it was calibrated. Check both days."),
        ({"sent": "2026-11-15"}, "It was calibrated before it was sent. Check both days."),
        ({"performed": "yesterday"}, "Enter a day, like 2026-11-18."),
        ({"as_found": "not given"}, "The certificate says nothing of the gauge: type its results, or its verdict."),
        ({"as_found": "perhaps"}, "Choose what the certificate says of the gauge as found."),
        ({**GO, "results-0-indication": ""}, "Enter a number."),
        ({**GO, "results-0-indication": "9,364"}, "Is it 9.364 or 9364? Type it with a point."),
        ({**GO, "results-0-u": "0"}, "Enter a number above zero."),
        ({**GO, "results-0-function": "colour"}, "This gauge does not measure “colour”. Choose again."),
        ({**GO, "results-0-run": "as_left"}, "There are results as left. Say what the certificate says of it as left."),
        ({"laboratory": "x" * 201}, "Keep it below 200 letters."),
    ],
)
def test_what_no_certificate_can_say_is_refused_with_what_was_typed_still_there(
    app: Flask, as_: SignedInAs, given: dict[str, str], sentence: str
) -> None:
    with app.app_context():
        before = (gauge_row().status, gauge_row().sent_on)
    answer = receive(as_("Q"), **given)
    assert answer.status_code == 422
    assert problems(answer) == [sentence]
    assert PLUG["certificate"] in answer.text
    with app.app_context():
        assert records() == 0
        assert (gauge_row().status, gauge_row().sent_on) == before


def test_a_file_that_came_with_a_refused_form_need_not_be_chosen_again(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    refused = receive(quinn, performed="2026-12-24")
    assert "certificate.pdf is kept" in refused.text
    kept = next(form.hidden["kept"] for form in read_forms(refused.text) if "kept" in form.hidden)
    answer = quinn.submit("/calibration/gauges/G-008/certificate", {**PLUG, "kept": kept})
    assert number_of(answer)
    with app.app_context():
        assert db.session.scalars(select(Attachment.name)).one() == "certificate.pdf"


def test_a_kept_file_of_somebody_else_is_not_taken(as_: SignedInAs) -> None:
    refused = receive(as_("Q"), performed="2026-12-24")
    kept = next(form.hidden["kept"] for form in read_forms(refused.text) if "kept" in form.hidden)
    answer = as_("S").submit("/calibration/gauges/G-008/certificate", {**PLUG, "kept": kept})
    assert answer.status_code == 422
    assert problems(answer) == ["Choose the laboratory&#39;s certificate, as a PDF or a photo of it."]


def test_what_was_typed_and_not_given_stands_there_again_with_its_rows(as_: SignedInAs) -> None:
    quinn, here = as_("Q"), "/calibration/gauges/G-008/certificate"
    hidden = quinn.hidden(here, here)
    values = {**PLUG, **GO, "results-1-function": "GO pitch diameter", "results-1-reference": "9.3700"}
    kept = quinn.post("/draft", json={"page": here, "values": values}, headers={"X-CSRFToken": hidden["csrf_token"]})
    assert kept.status_code == 204
    page = quinn.get(here).text
    assert 'value="9.3641"' in page
    assert 'name="results-1-reference" value="9.3700"' in page
    assert 'value="2026-11-12"' in page
    assert 'value="pass" checked' in page


def test_more_rows_keep_what_was_typed_and_enter_nothing(app: Flask, as_: SignedInAs) -> None:
    answer = receive(as_("Q"), add="1", **GO)
    assert 'name="results-6-reference"' in answer.text
    assert 'value="9.3641"' in answer.text
    with app.app_context():
        assert records() == 0


def test_a_double_tap_enters_one_certificate(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    here = "/calibration/gauges/G-008/certificate"
    hidden = quinn.hidden(here, here)
    first = quinn.post(here, data={**hidden, **PLUG, **pdf()})
    second = quinn.post(here, data={**hidden, **PLUG, **pdf()})
    assert first.location == second.location
    with app.app_context():
        assert records() == 1


def test_a_gauge_that_is_out_is_not_sent_out_again(as_: SignedInAs) -> None:
    answer = send_out(as_("Q"), "G-008")
    assert answer.status_code == 422
    assert "so this step does not fit" in problems(answer)[0]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"sent_on": "2026-11-21"}, "This day lies in the future. Send it out when it leaves."),
        ({"expected_back": "2026-11-01"}, "It must be expected back after it is sent."),
        ({"expected_back": ""}, "Enter when it is expected back."),
        ({"sent_on": "soon"}, "Enter a day, like 2026-11-18."),
    ],
)
def test_sending_out_refuses_days_that_cannot_be(as_: SignedInAs, given: dict[str, str], sentence: str) -> None:
    answer = send_out(as_("Q"), **given)
    assert answer.status_code == 422
    assert problems(answer) == [sentence]
    assert "order 4411" in answer.text


def test_a_gauge_with_a_certificate_in_progress_goes_on_with_it(as_: SignedInAs) -> None:
    quinn = as_("Q")
    number = number_of(receive(quinn))
    assert quinn.get("/calibration/gauges/G-008/certificate").location == f"/calibration/{number}"
    refused = send_out(quinn, "G-008")
    assert problems(refused) == [f"{number} is in progress on G-008. Go on with it."]


# --- files ---


def attached(client: PlantClient, **more: Any) -> list[str]:
    return problems(receive(client, **more))


def picture(kind: str, size: tuple[int, int] = (40, 30)) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", size, "white").save(data, kind)
    return data.getvalue()


def test_bytes_that_are_no_pdf_or_picture_are_refused_whatever_the_name_says(as_: SignedInAs) -> None:
    sentence = "This is no PDF, JPEG or PNG. Choose the certificate as one of these."
    assert attached(as_("Q"), **pdf("certificate.pdf", b"MZ\x90 not a pdf")) == [sentence]
    assert attached(as_("Q"), **pdf("certificate.pdf", b"<html>%PDF-1.7")) == [sentence]


def test_a_file_that_is_too_large_is_refused(as_: SignedInAs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "LARGEST", len(PDF))
    assert number_of(receive(as_("Q")))
    assert attached(as_("Q"), code="G-019", **pdf(data=PDF + b"0"))[0].startswith("The file is larger than")


def test_a_picture_that_cannot_be_read_is_refused(as_: SignedInAs) -> None:
    broken = picture("PNG")[:40]
    assert attached(as_("Q"), **pdf("photo.png", broken)) == [
        "This picture cannot be read. Take it again, or choose a PDF."
    ]


@pytest.mark.parametrize("name", ["../../etc/passwd.pdf", "/passwd.pdf", "passwd.exe"])
def test_of_a_name_only_the_name_is_kept(app: Flask, as_: SignedInAs, name: str) -> None:
    number_of(receive(as_("Q"), **pdf(name)))
    with app.app_context():
        assert db.session.scalars(select(Attachment.name)).one() == "passwd.pdf"


def test_a_photo_is_written_anew_without_what_else_was_in_its_file(app: Flask, as_: SignedInAs) -> None:
    sent = picture("JPEG") + b"<script>alert(1)</script>"
    quinn = as_("Q")
    number = number_of(receive(quinn, **pdf("photo.jpeg", sent)))
    with app.app_context():
        kept = db.session.scalars(select(Attachment)).one()
    answer = quinn.get(f"/calibration/{number}/files/{kept.id}")
    assert kept.name == "photo.jpg"
    assert answer.data.startswith(b"\xff\xd8\xff")
    assert b"script" not in answer.data


def test_the_file_comes_as_a_download_of_its_own_kind(app: Flask, as_: SignedInAs) -> None:
    number = number_of(receive(as_("Q"), **pdf('prüfschein "1".pdf')))
    with app.app_context():
        kept = db.session.scalars(select(Attachment)).one()
    answer = as_("T").get(f"/calibration/{number}/files/{kept.id}")
    assert answer.data == PDF
    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_is_found_only_under_its_own_record(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    number_of(receive(quinn))
    other = number_of(receive(quinn, "G-019", as_found="pass"))
    with app.app_context():
        first = db.session.scalars(select(Attachment.id).order_by(Attachment.id)).first()
    assert quinn.get(f"/calibration/{other}/files/{first}").status_code == 404
    assert quinn.get(f"/calibration/{other}/files/999").status_code == 404


# --- who may ---

READS = (
    "/calibration/outside",
    "/calibration/gauges/G-008/send-out",
    "/calibration/gauges/G-008/certificate",
)


@pytest.mark.parametrize("key", ["T", "O", "I", "A", "D"])
@pytest.mark.parametrize("url", READS)
def test_only_supervisor_and_quality_deal_with_laboratories(as_: SignedInAs, key: str, url: str) -> None:
    assert as_(key).get(url).status_code == 403


@pytest.mark.parametrize("key", ["S", "Q"])
@pytest.mark.parametrize("url", READS)
def test_supervisor_and_quality_may(as_: SignedInAs, key: str, url: str) -> None:
    assert as_(key).get(url).status_code == 200


@pytest.mark.parametrize("url", READS)
def test_a_stranger_is_asked_to_sign_in(nobody: PlantClient, url: str) -> None:
    assert nobody.get(url).status_code in {302, 303}


@pytest.mark.parametrize(
    "url", ["/calibration/gauges/G-999/certificate", "/calibration/outside/CAL-2026-09999", "/calibration/outside/x"]
)
def test_a_code_or_number_nobody_gave_is_not_found(as_: SignedInAs, url: str) -> None:
    assert as_("Q").get(url).status_code == 404


def test_every_route_of_outside_calibration_names_the_permission(app: Flask) -> None:
    named = {rule.endpoint for rule in app.url_map.iter_rules() if "/outside" in rule.rule or "send-out" in rule.rule}
    assert {pages.access[endpoint] for endpoint in named if endpoint.startswith("calibration.")} == {
        "calibration:outside"
    }
