"""A certificate with a slip is corrected or withdrawn; what it was stays, and so does what rested on it."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape

import pytest
from flask import Flask
from plant_client import PlantClient, Post, SignedInAs

from techfloor.cli import verify
from techfloor.equipment import queries
from techfloor.equipment.models import CertificateFile, EquipmentDue, StandardCertificate
from techfloor.equipment.shapes import PaperView
from techfloor.store import db
from techfloor.store.blobs import MissingBlob

from .conftest import id_of

S3 = "/equipment/S-003"
AMBIENT = {"temperature": "20.3", "humidity": "45"}
MISTYPED = {"reason": "mistyped"}
PDF = b"%PDF-1.7 the laboratory's paper"


@contextmanager
def papers(app: Flask, code: str = "S-003") -> Iterator[list[PaperView]]:
    """Read the certificates of a standard."""
    with app.app_context():
        yield queries.certificates_of(id_of(code))


def newest(app: Flask, code: str = "S-003") -> str:
    """Return the address of the newest certificate."""
    with papers(app, code) as found:
        return f"/equipment/{code}/certificates/{found[0].certificate.id}"


def boxes(client: PlantClient, url: str) -> dict[str, str]:
    """Return what stands in the boxes of a form."""
    html = client.get(url).text
    tags = re.findall(r'<input [^>]*type="(?:text|date)"[^>]*>', html)
    found = [(re.search(r' name="(\w+)"', tag), re.search(r' value="([^"]*)"', tag)) for tag in tags]
    chosen = re.search(r'name="uncertainty_kind".*?<option value="([^"]*)" selected', html, re.DOTALL)
    lines = re.search(r'<textarea[^>]*name="certified"[^>]*>\s*(.*?)</textarea>', html, re.DOTALL)
    assert chosen
    assert lines
    texts = {name[1]: unescape(value[1]) for name, value in found if name and value}
    return {**texts, "uncertainty_kind": chosen[1], "certified": lines[1]}


def correct(client: PlantClient, url: str, **changes: object) -> str:
    """Correct a certificate and return where that led."""
    typed = boxes(client, f"{url}/correct")
    answer = client.submit(f"{url}/correct", {**typed, **MISTYPED, **changes})
    assert answer.status_code == 303, re.findall(r'error-text".*?</p>', answer.text, re.DOTALL)
    return answer.location


def start(client: PlantClient, code: str) -> str:
    """Start a calibration and return its number."""
    page = client.get(f"/calibration/start/{code}").text
    chosen = re.search(r'name="standard" value="([^"]+)" checked', page)
    assert chosen
    given = {name: value for name, value in AMBIENT.items() if f'name="{name}"' in page}
    answer = client.submit(
        f"/calibration/start/{code}", {"standard": chosen[1], "soaked": "y", "confirmed": "y", **given}
    )
    return re.search(r"CAL-\d{4}-\d{5}", answer.location)[0]  # type: ignore[index]


def test_a_slip_is_corrected_and_the_entry_before_stays_to_be_read(as_: SignedInAs, app: Flask) -> None:
    quinn, before = as_("Q"), newest(app)
    after = correct(quinn, before, number="2026-1188")
    assert after != before
    with papers(app) as found:
        standing = [paper.certificate.number for paper in found if paper.stands]
    assert "2026-1188" in standing
    assert "2026-1187" not in standing
    old = quinn.get(before).text
    assert "2026-1187" in old
    assert "mistyped" in old
    assert f'href="{after}"' in old
    assert f'href="{before}"' in quinn.get(after).text
    page = quinn.get(S3).text
    assert "Replaced" in page
    assert "Certificate corrected" in page


def test_a_corrected_certificate_keeps_its_number_its_values_and_its_words(as_: SignedInAs, app: Flask) -> None:
    before = newest(app)
    correct(as_("Q"), before, laboratory="Another laboratory")
    with papers(app) as found:
        new, old = found[0].certificate, found[1].certificate
    assert (new.number, new.certified, new.uncertainty, new.uncertainty_text) == (
        old.number,
        old.certified,
        old.uncertainty,
        old.uncertainty_text,
    )
    assert new.laboratory == "Another laboratory"


@pytest.mark.parametrize("code", ["S-001", "S-002", "S-003", "S-004", "S-005", "S-006", "S-007", "S-008"])
def test_every_certificate_is_shown_for_correction_as_it_was_entered(as_: SignedInAs, app: Flask, code: str) -> None:
    quinn, url = as_("Q"), newest(app, code)
    answer = quinn.submit(f"{url}/correct", {**boxes(quinn, f"{url}/correct"), **MISTYPED})
    assert "Nothing is different yet." in answer.text


def test_a_correction_moves_the_due_day_with_the_last_day_of_validity(as_: SignedInAs, app: Flask) -> None:
    correct(as_("Q"), newest(app), valid_until="2027-01-31")
    with app.app_context():
        due = db.session.query(EquipmentDue).filter_by(equipment_id=id_of("S-003")).one()
        assert due.due.isoformat() == "2027-01-31"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"reason": ""}, "Choose why."),
        ({"reason": "other"}, "Enter the reason, in a few words."),
        ({}, "Nothing is different yet."),
        ({"valid_until": "2026-01-01"}, "It must be valid until a day after it was issued."),
    ],
)
def test_a_correction_that_will_not_do_is_said_beside_the_field(
    as_: SignedInAs, app: Flask, change: dict[str, str], sentence: str
) -> None:
    quinn, url = as_("Q"), newest(app)
    typed = boxes(quinn, f"{url}/correct")
    if change:
        typed |= {"laboratory": "Another laboratory"}
    answer = quinn.submit(f"{url}/correct", {**typed, **MISTYPED, **change})
    assert answer.status_code == 422
    assert answer.text.count(sentence) == 2
    with papers(app) as found:
        assert all(paper.stands for paper in found)


@pytest.mark.clause("ISO 9001 7.1.5.2(a)")
def test_a_record_keeps_the_certificate_it_rested_on_and_stands_on_its_page(as_: SignedInAs, app: Flask) -> None:
    quinn, before = as_("Q"), newest(app)
    number = start(as_("T"), "G-014")
    after = correct(quinn, before, number="2026-1188")
    assert number in quinn.get(before).text
    assert number not in quinn.get(after).text
    later = start(as_("T"), "G-001")
    assert later in quinn.get(after).text


def test_a_withdrawn_certificate_stays_and_its_standard_cannot_be_chosen(
    as_: SignedInAs, app: Flask, post: Post
) -> None:
    quinn = as_("Q")
    with papers(app) as found:
        urls = [f"{S3}/certificates/{paper.certificate.id}" for paper in found]
    for url in urls:
        answer = post(quinn, f"{url}/withdraw", {"reason": "the laboratory took it back"})
        assert answer.status_code == 303
    assert "the laboratory took it back" in quinn.get(urls[0]).text
    assert "Withdrawn" in quinn.get(S3).text
    page = as_("T").get("/calibration/start/G-014").text
    assert "S-003 has no certificate for 20 Nov 2026." in page
    assert 'value="S-003" checked' not in page
    with app.app_context():
        due = db.session.query(EquipmentDue).filter_by(equipment_id=id_of("S-003")).one()
        assert (due.due.isoformat(), due.last_done) == ("2026-11-20", None)


def test_a_certificate_is_not_issued_on_a_day_to_come(as_: SignedInAs, app: Flask) -> None:
    quinn = as_("Q")
    given = {
        "number": "N-1",
        "laboratory": "North",
        "issued": "2026-11-21",
        "valid_until": "2027-11-21",
        "uncertainty_kind": "",
    }
    answer = quinn.submit(f"{S3}/certificates/new", given)
    assert answer.status_code == 422
    assert "It cannot have been issued on a day to come." in answer.text
    assert quinn.submit(f"{S3}/certificates/new", {**given, "issued": "2026-11-20"}).status_code == 303


def test_a_withdrawal_needs_a_reason(as_: SignedInAs, app: Flask, post: Post) -> None:
    answer = post(as_("Q"), f"{newest(app)}/withdraw", {"reason": "because"})
    assert answer.status_code == 422
    assert answer.text.count("Choose why.") == 2


@pytest.mark.parametrize("deed", ["correct", "withdraw"])
def test_what_does_not_stand_any_more_is_left_alone(as_: SignedInAs, app: Flask, post: Post, deed: str) -> None:
    quinn, url = as_("Q"), newest(app)
    hidden = quinn.hidden(f"{url}/{deed}", f"{url}/{deed}")
    typed = boxes(quinn, f"{url}/correct") | {"number": "2026-1190", "reason": "other", "why": "by hand"}
    post(quinn, f"{url}/withdraw", {"reason": "the laboratory took it back"})
    assert quinn.get(f"{url}/{deed}").location == url
    answer = quinn.post(f"{url}/{deed}", data={**typed, **hidden})
    assert answer.status_code == 422
    assert "2026-1187 was replaced or withdrawn already." in answer.text


@pytest.mark.parametrize("deed", ["correct", "withdraw"])
@pytest.mark.parametrize("who", ["T", "S", "A"])
def test_who_may_not_enter_standards_changes_no_certificate(as_: SignedInAs, app: Flask, who: str, deed: str) -> None:
    url = newest(app)
    assert as_(who).get(f"{url}/{deed}").status_code == 403
    assert f"{url}/{deed}" not in as_(who).get(url).text


@pytest.mark.parametrize("page", ["", "/correct", "/withdraw", "/file"])
def test_a_certificate_of_another_standard_is_not_found(as_: SignedInAs, app: Flask, page: str) -> None:
    other = newest(app, "S-001").rpartition("/")[2]
    assert as_("Q").get(f"{S3}/certificates/{other}{page}").status_code == 404


def test_the_laboratorys_paper_is_attached_and_opens_from_the_standards_page(as_: SignedInAs, app: Flask) -> None:
    quinn, url = as_("Q"), newest(app)
    after = correct(quinn, url, file=(io.BytesIO(PDF), "2026-1187.pdf"))
    assert f'href="{after}/file"' in quinn.get(S3).text
    got = quinn.get(f"{after}/file")
    assert (got.data, got.mimetype) == (PDF, "application/pdf")
    assert as_("A").get(f"{after}/file").status_code == 200
    assert quinn.get(f"{url}/file").status_code == 404


def test_a_paper_goes_with_the_entry_when_that_is_corrected(as_: SignedInAs, app: Flask) -> None:
    quinn = as_("Q")
    first = correct(quinn, newest(app), file=(io.BytesIO(PDF), "2026-1187.pdf"))
    second = correct(quinn, first, laboratory="Another laboratory")
    assert quinn.get(f"{second}/file").data == PDF


def test_what_is_no_paper_is_refused_beside_its_box_and_nothing_is_kept(as_: SignedInAs, app: Flask) -> None:
    quinn, url = as_("Q"), newest(app)
    typed = boxes(quinn, f"{url}/correct")
    answer = quinn.submit(f"{url}/correct", {**typed, **MISTYPED, "file": (io.BytesIO(b"MZ"), "c.pdf")})
    assert answer.status_code == 422
    assert answer.text.count("This is no PDF, JPEG or PNG.") == 2
    with app.app_context():
        assert db.session.query(CertificateFile).count() == 0


def test_verify_misses_a_paper_that_is_gone(as_: SignedInAs, app: Flask) -> None:
    correct(as_("Q"), newest(app), file=(io.BytesIO(PDF), "2026-1187.pdf"))

    class Nothing:
        def get(self, sha256: str) -> bytes:
            raise MissingBlob(sha256)

    with app.app_context():
        found = verify._files(db.session.connection(), Nothing())  # type: ignore[arg-type]
    assert any("“2026-1187.pdf” of a standard's certificate" in sentence for sentence in found)


def test_a_lot_that_was_replaced_is_not_opened(as_: SignedInAs, app: Flask) -> None:
    quinn, url = as_("Q"), newest(app, "S-006")
    correct(quinn, url, number="lot 26-182")
    assert quinn.get(f"{url}/open").status_code == 404
    with app.app_context():
        assert db.session.query(StandardCertificate).filter_by(number="lot 26-182").one().opened is not None
