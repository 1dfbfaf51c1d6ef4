"""What is asked of a signed record, shown on one calibration from its first value to its paper, clause by clause."""

import json
import re
from typing import Any

import pypdfium2
import pytest
from bench_work import give, give_all, problems, review, sign, start
from flask import Flask
from plant_client import PlantClient, SignedInAs
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from stages import Reach

from techfloor import store
from techfloor.people.models import Person
from techfloor.records.models import Record, Signature
from techfloor.store import db
from techfloor.store.trail import ActRow, ChangeRow

CALIPER = ["0.00", "25.00", "50.05", "100.00", "150.10", "25.00"]
SHOWN_WHEN = "20 Nov 2026"


@pytest.fixture
def performed(reach: Reach, as_: SignedInAs) -> str:
    """A calibration that Tara performed and signed, by its number."""

    def made() -> str:
        tara = as_("T", tablet=True)
        number = start(tara, "G-014")
        give_all(tara, number, "indication", CALIPER)
        assert sign(tara, number).status_code == 303
        return number

    return reach(made)


def told(app: Flask, table: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return what the trail says of the rows of a table: the body of the act and of the change, oldest first."""
    with app.app_context():
        rows = db.session.execute(
            select(ActRow.body, ChangeRow.body)
            .join(ChangeRow, ChangeRow.act == ActRow.id)
            .order_by(ActRow.seq, ChangeRow.id)
        ).all()
    found = [(json.loads(act), json.loads(change)) for act, change in rows]
    return [(act, change) for act, change in found if change["table"] == table]


def signatures_of(number: str) -> list[Signature]:
    """Return the signatures under a record, in their order."""
    wanted = select(Signature).join(Record, Record.id == Signature.record_id).where(Record.number == number)
    return list(db.session.scalars(wanted.order_by(Signature.id)))


def refused(app: Flask, *statements: str) -> list[str]:
    """Try each statement in an act of its own, as the application could; returns those that were let in."""
    let_in = []
    for statement in statements:
        try:
            with app.app_context(), store.act("attack:row:try"):
                db.session.execute(text(statement))
        except DatabaseError:
            continue
        let_in.append(statement)
    return let_in


def id_of(app: Flask, user_name: str) -> int:
    with app.app_context():
        return db.session.scalars(select(Person.id).where(Person.user_name == user_name)).one()


@pytest.mark.clause("21 CFR 11.10(e)")
def test_of_a_value_and_its_correction_the_trail_has_who_when_and_both_values(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    reading = re.search(r"after=(\d+)", give(tara, number, indication="0.20").location)[1]  # type: ignore[index]
    typed = {"indication": "0.00", "reason": "mistyped"}
    assert tara.submit(f"/calibration/{number}/correct/{reading}", typed).status_code == 303
    lines = told(app, "calibration_reading")
    created = [(act, change) for act, change in lines if change["op"] == "insert"]
    assert [change["new"]["indication"] for _, change in created] == ["0.20", "0.00"]
    assert {change["op"] for _, change in lines} == {"insert"}, "the first value was not written over"
    assert {act["actor"] for act, _ in lines} == {id_of(app, "tara")}
    assert {act["at"][:16] for act, _ in lines} == {"2026-11-20T09:00"}


@pytest.mark.clause("21 CFR 11.10(e)", "21 CFR 11.10(c)", "ISO 9001 7.5.3.2")
def test_what_belongs_to_a_record_is_deleted_by_nobody(app: Flask, performed: str) -> None:
    tables = ("record", "record_content", "calibration_reading", "signature", "person")
    assert refused(app, *(f"DELETE FROM {table}" for table in tables)) == []


@pytest.mark.pages
@pytest.mark.clause("21 CFR 11.10(f)")
def test_what_nobody_signed_is_not_reviewed(app: Flask, as_: SignedInAs) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = start(tara, "G-014")
    give_all(tara, number, "indication", CALIPER)
    hidden = quinn.hidden("/calibration/review", "/sign-out")
    typed = {**hidden, "shown": "0" * 64, "user_name": "quinn", "secret": quinn.secret, "outcome": "accept"}
    assert quinn.post(f"/calibration/{number}/review", data=typed).status_code in {404, 422}
    with app.app_context():
        assert signatures_of(number) == []


@pytest.mark.pages
@pytest.mark.clause("21 CFR 11.10(f)", "ISO/IEC 17025 7.8.1")
def test_no_certificate_is_issued_before_the_review(app: Flask, as_: SignedInAs, performed: str) -> None:
    quinn = as_("Q")
    hidden = quinn.hidden("/calibration/review", "/sign-out")
    early = quinn.post(f"/calibration/{performed}/certificate", data=hidden)
    assert early.status_code == 422
    assert "after the review" in early.text
    assert review(quinn, performed).status_code == 303
    answer = quinn.submit(f"/calibration/{performed}/certificate", page=f"/calibration/{performed}")
    assert answer.status_code == 303


@pytest.mark.pages
@pytest.mark.clause("21 CFR 11.10(g)")
def test_who_may_not_review_signs_no_review(app: Flask, as_: SignedInAs, performed: str) -> None:
    otto = as_("O")
    hidden = otto.hidden("/", "/sign-out")
    typed = {**hidden, "shown": "0" * 64, "user_name": "otto", "secret": otto.secret, "outcome": "accept"}
    assert otto.post(f"/calibration/{performed}/review", data=typed).status_code == 403


def words_of(data: bytes) -> str:
    """Return the text of a PDF."""
    document = pypdfium2.PdfDocument(data)
    try:
        return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in document)
    finally:
        document.close()


def words_on(client: PlantClient, url: str) -> str:
    """Return the text of a page."""
    return " ".join(re.sub(r"<[^>]*>", " ", client.get(url).text).split())


@pytest.mark.pages
@pytest.mark.clause("21 CFR 11.50(a)", "21 CFR 11.50(b)")
def test_page_and_paper_show_name_moment_and_meaning_of_each_signature(
    app: Flask, as_: SignedInAs, performed: str
) -> None:
    quinn = as_("Q")
    assert review(quinn, performed).status_code == 303
    quinn.submit(f"/calibration/{performed}/certificate", page=f"/calibration/{performed}")
    with app.app_context():
        kept = signatures_of(performed)
    assert [(each.meaning, each.printed_name) for each in kept] == [
        ("performed", "Tara Kowalski"),
        ("reviewed", "Quinn Bauer"),
    ]
    assert all(each.signed_at.tzinfo and each.zone == "Europe/Berlin" for each in kept)
    paper = quinn.get(f"/calibration/{performed}/certificate.pdf").data
    for words in (words_on(quinn, f"/calibration/{performed}"), words_of(paper)):
        for meaning, name in (("Performed", "Tara Kowalski"), ("Reviewed", "Quinn Bauer")):
            assert re.search(rf"{meaning}\W+(by )?{name}", words), (meaning, words)
        assert f"{SHOWN_WHEN}" in words


@pytest.mark.clause("21 CFR 11.70")
def test_a_signature_is_not_moved_changed_or_cut_out(app: Flask, as_: SignedInAs, performed: str) -> None:
    other = start(as_("T", tablet=True), "G-014")
    assert other != performed
    moved = "UPDATE signature SET record_id = (SELECT max(id) FROM record)"
    changed = (f"UPDATE signature SET {name} = 'x'" for name in ("printed_name", "content_sha256", "meaning"))
    assert refused(app, moved, *changed, "DELETE FROM signature") == []


@pytest.mark.clause("21 CFR 11.70")
def test_a_signature_names_the_record_and_the_content_it_stands_under(app: Flask, performed: str) -> None:
    with app.app_context():
        (signature,) = signatures_of(performed)
        record = db.session.get_one(Record, signature.record_id)
        assert record.number == performed
        assert signature.content_sha256 == record.content_sha256


@pytest.mark.pages
@pytest.mark.clause("21 CFR 11.100(a)")
def test_the_user_name_of_somebody_who_left_is_given_to_nobody(app: Flask, as_: SignedInAs) -> None:
    dana, otto = as_("D"), id_of(app, "otto")
    assert dana.submit(f"/people/{otto}/deactivate", page=f"/people/{otto}").status_code == 303
    typed = {"name": "Olga Lind", "user_name": "otto", "initials": "OX", "area_id": "", "roles": ["technician"]}
    answer = dana.submit("/people/new", typed)
    assert answer.status_code == 422
    assert any("taken" in problem for problem in problems(answer))
