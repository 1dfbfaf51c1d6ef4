"""The labels as they are printed: exact sizes, a code that a printer of labels leaves readable, each made once."""

import io
import re
from collections.abc import Callable
from datetime import date

import pikepdf
import pypdfium2 as pdfium
import pytest
import zxingcpp
from flask import Flask
from plant_client import PlantClient, SignedInAs
from sqlalchemy import func, select

from techfloor import store
from techfloor.cli import doctor, verify
from techfloor.equipment import actions, queries
from techfloor.equipment.label_sizes import SIZES, Form, Size
from techfloor.equipment.models import Equipment
from techfloor.equipment.picking import picked
from techfloor.equipment.statuses import Deed, Kind, Status
from techfloor.equipment.views.labelling import AT_ONCE
from techfloor.equipment.wording import Dated, standing
from techfloor.refusals import Refusal
from techfloor.reports.job_runner import Runner
from techfloor.reports.models import JobLine
from techfloor.store import db
from techfloor.store.blobs import MissingBlob

from .conftest import Doing, id_of

DPI = 203
MM = 25.4 / 72
URL = "http://localhost/e/G-014"


def document(data: bytes) -> pdfium.PdfDocument:
    """Open a PDF."""
    return pdfium.PdfDocument(io.BytesIO(data))


def texts(data: bytes) -> list[str]:
    """Return the text of each page, its words apart by one space."""
    return [" ".join(page.get_textpage().get_text_range().split()) for page in document(data)]


def codes(page: pdfium.PdfPage) -> list[str]:
    """Read the QR codes of a page as a printer of labels puts its dots."""
    picture = page.render(scale=DPI / 72).to_pil().convert("1").convert("L")
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def printed(client: PlantClient, code: str, labels: str, size: str = "50x25", **more: str) -> bytes:
    """Return the PDF of a label."""
    answer = client.get(f"/equipment/{code}/label.pdf", query_string={"labels": labels, "size": size, **more})
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/pdf"
    return bytes(answer.data)


@pytest.mark.parametrize("size", SIZES, ids=[size.key for size in SIZES])
def test_every_size_is_exact_and_its_code_is_read_at_203_dpi(as_: SignedInAs, size: Size) -> None:
    (page,) = document(printed(as_("T"), "G-014", "identity", size.key, start="2" if size.grid else ""))
    wide, high = (side * MM for side in page.get_size())
    if size.grid:
        assert (wide, high) == pytest.approx((size.grid.sheet_width, size.grid.sheet_height), abs=0.1)
    else:
        assert high == pytest.approx(size.height, abs=0.05)
        assert wide == pytest.approx(size.width, abs=0.05) if size.width else 20 < wide < 130
    assert codes(page) == ([] if size.key == "tape-9" else [URL])


def test_a_sheet_begins_at_its_first_free_label(as_: SignedInAs) -> None:
    (page,) = document(printed(as_("T"), "G-014", "identity", "a4-21", start="5"))
    words = page.get_textpage()
    found = words.search("G-014").get_next()
    assert found
    x, bottom, _right, _top = words.get_charbox(found[0])
    assert 7.25 + 66 < x * MM < 7.25 + 2 * 66, "the fifth label stands in the middle of the second row"
    assert 15.15 + 38.1 < 297 - bottom * MM < 15.15 + 2 * 38.1


def test_a_printer_is_asked_not_to_fit_the_label_to_its_paper(as_: SignedInAs) -> None:
    with pikepdf.open(io.BytesIO(printed(as_("T"), "G-014", "identity"))) as label:
        assert label.Root.ViewerPreferences.PrintScaling == pikepdf.Name("/None")


def test_the_identity_label_names_the_gauge(as_: SignedInAs) -> None:
    (words,) = texts(printed(as_("T"), "G-014", "identity"))
    for part in ("G-014", "caliper", "DEMO"):
        assert part in words


# --- how it stands today ---


def test_a_gauge_that_is_calibrated_says_until_when(as_: SignedInAs) -> None:
    (words,) = texts(printed(as_("T"), "G-001", "status"))
    assert re.search(r"Due \d{1,2} \w{3} \d{4}|Due \w{3} \d{4}", words), words


def test_where_gauges_are_good_to_the_end_of_the_month_the_label_says_the_month(
    app: Flask, as_: SignedInAs, profile: Callable[[str], None]
) -> None:
    with app.app_context(), store.act("equipment:test:due"):
        db.session.execute(
            db.text("UPDATE equipment_due SET due = '2027-05-31' WHERE equipment_id = :id"), {"id": id_of("G-014")}
        )
    assert "Due 31 May 2027" in texts(printed(as_("T"), "G-014", "status"))[0]
    profile("small")
    assert "Due May 2027" in texts(printed(as_("T"), "G-014", "status"))[0]


def test_a_held_gauge_says_so_and_nothing_of_a_due_day(doing: Doing, as_: SignedInAs) -> None:
    with doing() as now:
        actions.place_hold(id_of("G-014"), "damaged", "jaw bent", **now)
    (words,) = texts(printed(as_("T"), "G-014", "status"))
    assert "HELD" in words
    assert "damaged: jaw bent" in words
    assert "since 20 Nov 2026" in words
    assert "Due" not in words


TODAY = date(2026, 11, 20)
STATES = {
    Deed.LIMIT: ("saw cuts only", ("LIMITED USE", "saw cuts only", "Due")),
    Deed.INDICATION_ONLY: ("shows only", ("INDICATION ONLY", "No reading decides.")),
    Deed.RETIRE: ("worn", ("OUT OF SERVICE", "Retired")),
    Deed.REPORT_LOST: ("last seen at M-101", ("OUT OF SERVICE", "Lost")),
}


@pytest.mark.parametrize("deed", STATES, ids=[deed.value for deed in STATES])
def test_each_state_has_its_own_label(doing: Doing, as_: SignedInAs, deed: Deed) -> None:
    remark, said = STATES[deed]
    with doing() as now:
        actions.change_status(id_of("G-001"), deed, remark, **now)
    (words,) = texts(printed(as_("T"), "G-001", "status"))
    for part in said:
        assert part in words
    assert ("Due" in words) == ("Due" in said)


def test_a_gauge_that_never_was_calibrated_is_calibrated_before_use(app: Flask) -> None:
    with app.test_request_context("/"):
        found = standing(Kind.GAUGE, Status.IN_USE, None, None, "", TODAY)
        spare = standing(Kind.GAUGE, Status.SPARE, None, Dated(date(2027, 1, 1), known=True), "", TODAY)
    assert (found.title, found.words, found.dated) == ("Calibrate before use", "Not calibrated yet", False)
    assert (spare.title, spare.dated) == ("Spare", True), "a spare keeps its day"


@pytest.mark.parametrize("status", [Status.IN_USE, Status.LIMITED_USE])
def test_what_is_overdue_says_so_and_has_no_check_mark(app: Flask, status: Status) -> None:
    with app.test_request_context("/"):
        late = standing(Kind.GAUGE, status, None, Dated(date(2026, 11, 19), known=True), "saw cuts only", TODAY)
        on_time = standing(Kind.GAUGE, status, None, Dated(TODAY, known=True), "saw cuts only", TODAY)
    assert (late.look, late.title, late.dated, late.words) == ("fail", "Overdue", True, "saw cuts only")
    assert on_time.title != "Overdue"


def test_a_gauge_with_a_day_of_which_no_calibration_is_known_has_no_check_mark(app: Flask) -> None:
    with app.test_request_context("/"):
        found = standing(Kind.GAUGE, Status.IN_USE, None, Dated(date(2027, 1, 1), known=False), "", TODAY)
    assert (found.look, found.words, found.dated) == ("caution", "No calibration is known", True)


def test_a_standard_whose_certificates_are_all_withdrawn_is_not_due_but_to_be_calibrated(
    doing: Doing, as_: SignedInAs
) -> None:
    with doing() as now:
        for paper in queries.certificates_of(id_of("S-003")):
            actions.withdraw_certificate(paper.certificate.id, "taken back", **now)
    (words,) = texts(printed(as_("T"), "S-003", "status"))
    assert "CALIBRATE BEFORE USE" in words
    assert "Due" not in words


def test_an_overdue_gauge_prints_overdue_with_its_day(app: Flask, as_: SignedInAs) -> None:
    with app.app_context(), store.act("equipment:test:due"):
        db.session.execute(
            db.text("UPDATE equipment_due SET due = '2026-11-12' WHERE equipment_id = :id"), {"id": id_of("G-014")}
        )
    (words,) = texts(printed(as_("T"), "G-014", "status"))
    assert "OVERDUE" in words
    assert "Due 12 Nov 2026" in words


def test_a_machine_and_a_standard_have_their_labels_too(as_: SignedInAs) -> None:
    assert "IN SERVICE" in texts(printed(as_("T"), "M-101", "status"))[0]
    assert "Due" in texts(printed(as_("T"), "S-003", "status"))[0]


# --- the page ---


@pytest.mark.pages
def test_the_page_shows_the_label_and_leads_to_its_pdf(as_: SignedInAs) -> None:
    page = as_("T").get("/equipment/G-014/label?labels=identity&size=tape-12").text
    assert "label-drawn" in page
    assert 'formaction="/equipment/G-014/label.pdf"' in page, "it sends what stands in the boxes"
    assert "no QR code on so narrow a label" in as_("T").get("/equipment/G-014/label?size=tape-9").text
    assert "First free label" in as_("T").get("/equipment/G-014/label?size=a4-21").text


@pytest.mark.pages
@pytest.mark.parametrize("wrong", ["labels=poster", "size=a0", "size=a4-21&start=22"])
def test_a_choice_that_is_none_is_said_beside_its_box(as_: SignedInAs, wrong: str) -> None:
    answer = as_("T").get(f"/equipment/G-014/label?{wrong}")
    assert answer.status_code == 422
    assert "field-error" in answer.text or "aria-invalid" in answer.text


# --- many ---


def gauges(app: Flask) -> int:
    """Return how many gauges the plant has."""
    with app.app_context():
        return db.session.scalar(select(func.count()).where(Equipment.kind == "gauge")) or 0


def test_a_short_list_is_one_file_at_once(as_: SignedInAs) -> None:
    selma = as_("S")
    query = "kind=standard&labels=identity&size=50x25"
    page = selma.get(f"/equipment/labels?{query}").text
    assert 'formaction="/equipment/labels.pdf"' in page
    answer = selma.get(f"/equipment/labels.pdf?{query}")
    labels = texts(answer.data)
    assert 1 < len(labels) <= AT_ONCE
    assert f"{len(labels)} labels" in page
    assert "S-001" in labels[0]


def ask(client: PlantClient, query: str) -> int:
    """Ask for the labels of a long list; returns the job."""
    page, typed = "/equipment/labels?kind=gauge", dict(part.split("=") for part in query.split("&"))
    assert 'formaction="/equipment/labels?kind=gauge" formmethod="post"' in client.get(page).text
    answer = client.post(page, data={**client.hidden(page, "/equipment/labels"), **typed})
    assert answer.status_code == 303, answer.text
    return int(answer.location.rsplit("/", 1)[1])


def made(app: Flask, job_id: int) -> list[str | None]:
    """Return what each line of a job made so far, by its hash."""
    with app.app_context():
        return list(db.session.scalars(select(JobLine.sha256).where(JobLine.job_id == job_id).order_by(JobLine.n)))


def taken(client: PlantClient, job_id: int) -> bytes:
    """Take what a job made to be printed."""
    return bytes(client.get(client.submit(f"/jobs/{job_id}/print", page=f"/jobs/{job_id}").location).data)


def test_many_are_made_in_the_background_each_once_and_printed_on_sheets(app: Flask, as_: SignedInAs) -> None:
    tara, many = as_("T"), gauges(app)
    job_id = ask(tara, "labels=identity&size=a4-21&start=20")
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(JobLine.job_id == job_id)) == many
    runner = Runner(app)
    for _ in range(5):
        runner._one()  # the server stops after five, and another one goes on
    first = made(app, job_id)
    assert sum(sha is not None for sha in first) == 5
    assert Runner(app).run_waiting() == many - 5
    assert made(app, job_id)[:5] == first[:5]
    page = tara.get(f"/jobs/{job_id}").text
    assert f"{many} of {many} done" in page
    assert "Identity, A4 sheet of 21, 63.5 × 38.1 mm (like L7160), first free label 20" in page
    sheets = texts(taken(tara, job_id))
    assert len(sheets) == 1 + -(-(many - 2) // 21)
    found = [code for sheet in sheets for code in re.findall(r"G-\d{3}", sheet)]
    assert len(re.findall(r"G-\d{3}", sheets[0])) == 2
    assert len(found) == len(set(found)) == many


@pytest.mark.parametrize("path", ["/equipment/G-014/label.pdf", "/equipment/labels.pdf"])
def test_a_sheet_has_no_thirtieth_place(as_: SignedInAs, path: str) -> None:
    answer = as_("T").get(f"{path}?kind=standard&labels=identity&size=a4-24&start=30")
    assert answer.status_code == 422
    assert "The first free label is a number from 1 to 24" in answer.text


def test_what_is_asked_for_beyond_a_sheet_is_said_and_nothing_is_made(as_: SignedInAs, app: Flask) -> None:
    tara, page = as_("T"), "/equipment/labels?kind=gauge"
    typed = {**tara.hidden(page, "/equipment/labels"), "labels": "identity", "size": "a4-24", "start": "30"}
    answer = tara.post(page, data=typed)
    assert answer.status_code == 422
    assert "The first free label is a number from 1 to 24" in answer.text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(JobLine)) == 0


def test_single_codes_and_ranges_are_picked(as_: SignedInAs) -> None:
    tara = as_("T")
    asked = {"kind": "gauge", "labels": "identity", "size": "50x25", "codes": "g-001, G-004 to G-006; G-014"}
    assert "5 labels" in tara.get("/equipment/labels", query_string=asked).text
    labels = texts(tara.get("/equipment/labels.pdf", query_string=asked).data)
    assert [re.search(r"G-\d{3}", each)[0] for each in labels] == [  # type: ignore[index]
        "G-001", "G-004", "G-005", "G-006", "G-014",
    ]  # fmt: skip
    answer = tara.get("/equipment/labels", query_string={**asked, "codes": "G-001, G-777"})
    assert answer.status_code == 422
    assert "There is no “G-777” in this list." in answer.text


LISTED = [(n, f"G-{n:03d}") for n in range(1, 13)] + [(90, "S-005")]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", [*range(1, 13), 90]),
        ("G-002–G-004", [2, 3, 4]),
        ("G-002 … G-003, S-005", [2, 3, 90]),
        ("g-011 bis g-099", [11, 12]),
    ],
)
def test_what_is_picked_stands_in_the_order_of_the_list(typed: str, found: list[int]) -> None:
    assert [key for key, _code in picked(LISTED, typed)] == found


@pytest.mark.parametrize("typed", ["G-004 to S-009", "G-009 to G-004", "to", "5"])
def test_a_range_of_nothing_is_refused(typed: str) -> None:
    with pytest.raises(Refusal):
        picked(LISTED, typed)


def test_every_code_on_a_full_sheet_is_read(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T")
    job_id = ask(tara, "labels=identity&size=a4-48")
    Runner(app).run_waiting()
    found = [code for page in document(taken(tara, job_id)) for code in codes(page)]
    assert len(set(found)) == len(found) == gauges(app)


def test_who_may_not_label_a_list_may_still_look_at_one(as_: SignedInAs) -> None:
    amal = as_("A")
    assert amal.get("/equipment/labels?kind=gauge").status_code == 403
    assert "Labels of these" not in amal.get("/equipment/?kind=gauge").text
    assert amal.get("/equipment/G-014/label").status_code == 200


@pytest.mark.pages
def test_an_empty_list_has_no_labels(as_: SignedInAs) -> None:
    assert "there is no label to print" in as_("S").get("/equipment/labels?kind=gauge&q=nothing-like-it").text


def test_forms_of_labels_are_the_three() -> None:
    assert {size.form for size in SIZES} == set(Form)


def test_verify_and_doctor_look_at_the_labels_that_a_job_made(app: Flask, as_: SignedInAs) -> None:
    ask(as_("T"), "labels=identity&size=50x25")
    Runner(app)._one()

    class Nothing:
        def get(self, sha256: str) -> bytes:
            raise MissingBlob(sha256)

    settings = app.extensions["techfloor"].settings
    with app.app_context():
        found = verify._files(db.session.connection(), Nothing())  # type: ignore[arg-type]
        whole = list(doctor._files(db.session.connection(), settings))
    assert sum("“G-001” of a job" in sentence for sentence in found) == 1
    assert all(finding.mark != doctor.WRONG for finding in whole), whole
