"""The check of a PDF: who holds the paper learns what was issued, and whether it is still current; no more."""

import hashlib
import io
import json
from datetime import timedelta

import pytest
from flask import Flask, current_app
from flask_babel import Babel
from sqlalchemy import select

from techfloor import store
from techfloor.records.models import Record, RecordContent, Signature
from techfloor.records.signing import SignatureFacts
from techfloor.records.wording import signature_box
from techfloor.reports.models import IssuedPdf
from techfloor.store.trail import ActRow

from .conftest import NOON

CODE = "7K3M9QXDABCD"
PDF = b"%PDF-1.7 the certificate as it was issued"
BODY = json.dumps(
    {
        "title": "Calibration certificate",
        "plant": {"zone": "Europe/Berlin"},
        "gauge": {"code": "G-014", "name": "Vernier caliper", "serial": ""},
        "runs": [{"run": "as_found", "verdict": "pass"}],
        "performed_at": "2026-11-18T11:00:00.000000Z",
        "interval": None,
    }
)
CONTENT = hashlib.sha256(BODY.encode()).hexdigest()


def _record(version: int, supersedes: int | None = None) -> Record:
    return Record(
        kind="calibration",
        number="CAL-2026-00042",
        version=version,
        supersedes_id=supersedes,
        state="closed",
        opened_by=1,
        opened_at=NOON,
        performed_at=NOON,
        recorded_at=NOON,
    )


def _issued(record_id: int, code: str, number: int, head: ActRow) -> IssuedPdf:
    return IssuedPdf(
        record_id=record_id,
        issue_no=number,
        code=code,
        sha256=hashlib.sha256(PDF + bytes([number])).hexdigest(),
        content_sha256=CONTENT,
        file_name="CAL-2026-00042.pdf",
        language="en",
        trail_seq=head.seq,
        trail_head=head.hash,
        issued_by=1,
        issued_at=NOON + timedelta(minutes=5),
    )


@pytest.fixture
def issued(house_app: Flask) -> Flask:
    """A plant that has issued one certificate, signed by one person."""
    with house_app.app_context(), store.act("test:pdf:issue"):
        record = _record(1)
        store.db.session.add(record)
        store.db.session.flush()
        store.db.session.add(RecordContent(record_id=record.id, sha256=CONTENT, body=BODY))
        store.db.session.flush()
        record.content_sha256 = CONTENT
        store.db.session.add(
            Signature(
                record_id=record.id,
                version=1,
                content_sha256=CONTENT,
                meaning="performed",
                signer_id=1,
                printed_name="Tara Kowalski",
                signed_at=NOON,
                zone="Europe/Berlin",
                method="PIN on enrolled tablet T-04",
            )
        )
        head = store.db.session.scalars(select(ActRow).order_by(ActRow.seq.desc())).first()
        assert head is not None
        store.db.session.add(_issued(record.id, CODE, 1, head))
    return house_app


def _again(app: Flask) -> None:
    with app.app_context(), store.act("test:pdf:issue"):
        head = store.db.session.scalars(select(ActRow).order_by(ActRow.seq.desc())).first()
        assert head is not None
        store.db.session.add(_issued(1, "7K3M9QXDABCE", 2, head))


def _supersede(app: Flask) -> None:
    with app.app_context(), store.act("test:record:amend"):
        store.db.session.add(_record(2, supersedes=1))


@pytest.mark.clause("21 CFR 11.50(b)")
def test_a_code_says_what_was_issued_and_who_signed(issued: Flask) -> None:
    page = issued.test_client().get(f"/verify/{CODE}")

    assert page.status_code == 200
    for said in ("CAL-2026-00042", "Issued here, version current", "Performed", "Tara Kowalski", CONTENT):
        assert said in page.text
    assert "18 Nov 2026 14:38:00 (CET)" in page.text


def test_a_signature_is_shown_on_the_clock_that_the_signer_read() -> None:
    facts = SignatureFacts(
        meaning="reviewed",
        signer_id=1,
        printed_name="Quinn Bauer",
        signed_at=NOON,
        zone="Asia/Tokyo",
        method="password",
    )
    with Flask(__name__).app_context():
        Babel(current_app)
        assert signature_box(facts).signed_at == "18 Nov 2026 22:38:00 (JST)"


@pytest.mark.parametrize("typed", ["7k3m9qxdabcd", "7K3M-9QXD-ABCD", "7K3M 9QXD ABCD"])
def test_a_code_may_be_typed_as_it_comes(issued: Flask, typed: str) -> None:
    assert issued.test_client().post("/verify", data={"code": typed}).location == f"/verify/{CODE}"


@pytest.mark.clause("ISO/IEC 17025 7.8.8")
def test_a_superseded_version_says_so(issued: Flask) -> None:
    _supersede(issued)

    page = issued.test_client().get(f"/verify/{CODE}").text

    assert "Replaced by version 2 since" in page
    assert "version current" not in page


def test_an_earlier_issue_of_the_current_version_says_so(issued: Flask) -> None:
    _again(issued)

    page = issued.test_client().get(f"/verify/{CODE}").text

    assert "issued again later, as issue 2" in page


def test_an_unknown_code_is_kept_and_said_in_one_sentence(issued: Flask) -> None:
    page = issued.test_client().get("/verify/ABCDEFGHJKLM")

    assert page.status_code == 404
    assert "No PDF was ever issued here with this code" in page.text
    assert 'value="ABCDEFGHJKLM"' in page.text


def test_the_very_file_is_recognised(issued: Flask) -> None:
    page = issued.test_client().post("/verify", data={"file": (io.BytesIO(PDF + b"\x01"), "c.pdf")})

    assert page.status_code == 200
    assert "exactly the one that was issued" in page.text


def test_a_changed_file_is_not_recognised(issued: Flask) -> None:
    page = issued.test_client().post("/verify", data={"file": (io.BytesIO(PDF + b"\x01 "), "c.pdf")})

    assert page.status_code == 422
    assert "No PDF with exactly these bytes" in page.text


def test_nothing_given_is_said_beside_the_field(issued: Flask) -> None:
    page = issued.test_client().post("/verify", data={"code": " "})

    assert page.status_code == 422
    assert 'id="code-error"' in page.text


def test_the_page_leads_nowhere_inside(issued: Flask) -> None:
    page = issued.test_client().get(f"/verify/{CODE}").text

    assert 'href="/calibration' not in page
    assert 'class="rail"' not in page


def test_a_changed_file_is_told_what_it_claims_to_be(issued: Flask) -> None:
    changed = b"%PDF-1.7 edited (http://plant/verify/" + CODE.encode() + b")"
    page = issued.test_client().post("/verify", data={"file": (io.BytesIO(changed), "c.pdf")})

    assert page.status_code == 422
    assert "This file says it is CAL-2026-00042, issue 1, but it is not the file that was issued" in page.text
    assert f'value="{CODE}"' in page.text


def test_a_code_that_was_never_issued_is_no_claim(issued: Flask) -> None:
    changed = b"%PDF-1.7 (http://plant/verify/ABCDEFGHJKLM)"
    page = issued.test_client().post("/verify", data={"file": (io.BytesIO(changed), "c.pdf")})

    assert "No PDF with exactly these bytes" in page.text
