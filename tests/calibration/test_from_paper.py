"""Out on paper and back in: a blank form for an outage, and the calibration that is typed in from it."""

import io
import json
import re
from datetime import datetime

import pypdfium2
import pytest
from amending_work import CALIPER, amend
from bench_work import give_all, problems, review, sign
from flask import Flask
from PIL import Image
from plant_client import ClockAt, PlantClient, SignedInAs
from sqlalchemy import select
from werkzeug.test import TestResponse

from techfloor import clock, store
from techfloor.duties.calibration.models import Calibration, Reading
from techfloor.duties.calibration.queries.bench import bench_of
from techfloor.people.models import Person
from techfloor.records import definitions
from techfloor.records.definitions import Approval
from techfloor.records.integrity import problems as disagreements
from techfloor.records.models import Attachment, Definition, Measurement, Record, RecordContent, Signature
from techfloor.records.signing import stored_content
from techfloor.said import key_of
from techfloor.store import db

PAGE = "/calibration/gauges/G-014/paper"
FORM = "/calibration/gauges/G-014/paper-form.pdf"


def picture() -> tuple[io.BytesIO, str]:
    data = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(data, "JPEG")
    data.seek(0)
    return data, "paper.jpg"


def person(app: Flask, user_name: str) -> int:
    with app.app_context():
        return db.session.scalars(select(Person.id).where(Person.user_name == user_name)).one()


def begin(client: PlantClient, more: dict[str, str] | None = None, *, photo: bool = True) -> TestResponse:
    """Type in what stands at the head of a paper that Otto filled in two days ago."""
    given: dict[str, object] = {
        "version": "4",
        "performed_by": str(person(client.application, "otto")),
        "day": "2026-11-18",
        "hour": "14:05",
        "standard": "S-003",
        "temperature": "20.3",
        "humidity": "45",
        "condition": "complete and readable",
        "soaked": "y",
        **(more or {}),
    }
    if photo:
        given["file"] = picture()
    return client.submit(PAGE, given, content_type="multipart/form-data")


def transcribed(client: PlantClient, **more: str) -> str:
    """Type a whole paper in and sign; return its number."""
    answer = begin(client, more)
    assert answer.status_code == 303, problems(answer)
    number = re.search(r"CAL-\d{4}-\d{5}", answer.location)[0]  # type: ignore[index]
    give_all(client, number, "indication", CALIPER)
    answer = sign(client, number)
    assert answer.status_code == 303, problems(answer)
    return number


def begun() -> list[str]:
    return list(db.session.scalars(select(Record.number).where(Record.kind == "calibration")))


def of_calibration(column: object) -> list[object]:
    """Read what belongs to calibrations: a policy was signed before them."""
    found = select(column).join(Record, Record.id == column.class_.record_id)  # type: ignore[attr-defined, call-overload]
    return list(db.session.scalars(found.where(Record.kind == "calibration")))


def header(app: Flask, number: str) -> Record:
    with app.app_context():
        return db.session.scalars(select(Record).where(Record.number == number)).one()


# --- out ---


def test_the_blank_form_has_what_is_needed_and_no_verdict(as_: SignedInAs) -> None:
    answer = as_("T").get(FORM)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(answer.data))
    for words in ("G-014", "CAL-P-02", "version 4", "150.00 mm", "As found", "As left", "Signature", "Performed by"):
        assert words in text, words
    assert "Pass" not in text
    assert "Fail" not in text


def test_the_code_on_the_form_leads_to_its_way_back_in(as_: SignedInAs) -> None:
    zxingcpp = pytest.importorskip("zxingcpp")
    page = pypdfium2.PdfDocument(as_("T").get(FORM).data)[0]
    (code,) = zxingcpp.read_barcodes(page.render(scale=3).to_pil())
    assert code.text.endswith(f"{PAGE}?version=4")


def test_forms_of_a_whole_list_leave_out_what_is_not_calibrated_here(as_: SignedInAs) -> None:
    pages = pypdfium2.PdfDocument(as_("T").get("/calibration/paper-forms.pdf?q=G-014").data)
    assert len(pages) == 1
    assert as_("T").get("/calibration/paper-forms.pdf?q=G-020").status_code == 422


# --- back in ---


def test_it_says_who_typed_it_who_performed_it_and_when(app: Flask, as_: SignedInAs) -> None:
    number = transcribed(as_("T"))
    record = header(app, number)
    assert record.performed_at == datetime.fromisoformat("2026-11-18T14:05:00+01:00")
    with app.app_context():
        content = json.loads(str(*of_calibration(RecordContent.body)))
        body = db.session.scalars(select(Calibration)).one()
        signature = (*of_calibration(Signature.meaning), *of_calibration(Signature.printed_name))
        readers = set(db.session.scalars(select(Reading.by_id)))
        (rested,) = db.session.scalars(select(Measurement.at))
        assert db.session.scalars(select(Attachment.name)).one().endswith(".jpg")
    assert (content["schema"], content["performed_by"]) == (7, "Otto Lindqvist")
    assert content["transcription"]["by"] == "Tara Kowalski"
    assert content["late"] is not None
    assert signature == ("transcribed", "Tara Kowalski")
    assert readers == {person(app, "otto")}
    assert rested == record.performed_at
    assert {"calibration.transcribed", "calibration.late"} <= {key_of(each) for each in body.exceptions}
    page = as_("Q").get(f"/calibration/{number}").text
    assert "Transcribed from paper" in page


def test_the_pages_of_the_values_say_that_they_come_from_paper(as_: SignedInAs) -> None:
    tara = as_("T")
    answer = begin(tara, {"hour": "1405"})
    page = tara.get(answer.location, follow_redirects=True).text
    words = " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split())
    assert "From paper performed by Otto Lindqvist, 18 Nov 2026 14:05" in words
    assert re.search(r'href="/calibration/CAL-[\d-]+/files/\d+"', page), "the photo is beside what is typed"


@pytest.mark.parametrize("typed", ["2575", "14:5", "noon", "24:00"])
def test_what_is_no_time_of_the_day_is_refused(as_: SignedInAs, typed: str) -> None:
    assert problems(begin(as_("T"), {"hour": typed})) == ["Enter the time that stands on the paper, like 14:05."]


def test_who_types_in_what_another_performed_signs_for_the_typing(as_: SignedInAs) -> None:
    tara = as_("T")
    number = re.search(r"CAL-\d{4}-\d{5}", begin(tara).location)[0]  # type: ignore[index]
    give_all(tara, number, "indication", CALIPER)
    shown = tara.get(f"/calibration/{number}/check").text
    assert "I typed this in from the paper." in shown
    assert "Transcribed from paper</" in shown
    assert "I performed this" not in shown


def test_who_performed_it_types_it_in_and_signs_as_performed(app: Flask, as_: SignedInAs) -> None:
    transcribed(as_("T"), performed_by=str(person(app, "tara")))
    with app.app_context():
        assert of_calibration(Signature.meaning) == ["performed"]


def test_neither_the_typist_nor_the_performer_reviews_it(app: Flask, as_: SignedInAs, profile: object) -> None:
    profile("regulated")  # type: ignore[operator]
    number = transcribed(as_("T"), performed_by=str(person(app, "selma")))
    for key in ("S", "T"):
        page = as_(key).get(f"/calibration/{number}/review")
        assert page.status_code == 403 or "You had a hand in this" in page.text, key
    assert review(as_("Q"), number).status_code == 303
    with app.app_context():
        assert disagreements(db.session.connection()) == []


def test_what_its_typist_corrects_is_the_typist_s(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    number = re.search(r"CAL-\d{4}-\d{5}", begin(quinn).location)[0]  # type: ignore[index]
    give_all(quinn, number, "indication", ["0.05", *CALIPER[1:]])
    with app.app_context():
        first = bench_of(number).given[0].id
    changed = {"indication": "0.00", "reason": "mistyped"}
    assert quinn.submit(f"/calibration/{number}/correct/{first}", changed).status_code == 303
    assert sign(quinn, number).status_code == 303
    with app.app_context():
        (correction,) = json.loads(stored_content(header(app, number).id))["corrections"]
    assert correction["by"] == "Quinn Bauer", "Otto wrote the paper, and corrected nothing"


def test_an_amendment_of_it_keeps_who_transcribed_it(app: Flask, as_: SignedInAs) -> None:
    number = transcribed(as_("T"))
    assert amend(as_("T"), number).status_code == 303
    with app.app_context():
        assert disagreements(db.session.connection()) == []
    certificate = as_("T").get(f"/calibration/{number}/check")
    assert certificate.status_code == 200


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"day": "2026-11-21"}, "lies in the future"),
        ({"hour": "25:00"}, "like 14:05"),
        ({"hour": ""}, "like 14:05"),
        ({"performed_by": "999"}, "Choose who performed it"),
        ({"version": "7"}, "was not in force on"),
        ({"version": ""}, "Enter the version"),
    ],
)
def test_what_the_paper_cannot_say_is_refused(app: Flask, as_: SignedInAs, given: dict[str, str], says: str) -> None:
    answer = begin(as_("T"), given)
    assert answer.status_code == 422
    assert any(says in each for each in problems(answer)), problems(answer)
    with app.app_context():
        assert begun() == []


def test_without_its_photo_nothing_is_begun(app: Flask, as_: SignedInAs) -> None:
    answer = begin(as_("T"), photo=False)
    assert answer.status_code == 422
    assert any("Attach a photo" in each for each in problems(answer))
    with app.app_context():
        assert begun() == []


def supersede(app: Flask) -> None:
    with app.app_context(), store.act("records:procedure:approve"):
        definition = db.session.scalars(select(Definition).where(Definition.code == "CAL-P-02")).one()
        body = dict(definitions.effective(definition.id).body)  # type: ignore[call-overload]
        definitions.put_in_force(definitions.draft(definition, body), Approval(5, clock.now(), clock.now().date()))


def test_a_form_is_judged_by_its_version_where_that_was_in_force_on_its_day(
    app: Flask, as_: SignedInAs, clock_at: ClockAt
) -> None:
    supersede(app)
    clock_at("2026-11-23 10:00")
    number = transcribed(as_("T"))
    with app.app_context():
        assert db.session.scalars(select(Calibration.record_id)).one()
        content = json.loads(str(*of_calibration(RecordContent.body)))
    assert content["procedure"]["version"] == 4
    assert review(as_("Q"), number).status_code == 303
    later = begin(as_("T"), {"day": "2026-11-22"})
    assert later.status_code == 422
    assert any("was not in force" in each for each in problems(later))
