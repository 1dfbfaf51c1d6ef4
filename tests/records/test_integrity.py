"""Content, header and signatures of a record agree, or `verify` and every page that shows it say so."""

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from plant_client import SignedInAs
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from stages import Reach

from techfloor import clock, store
from techfloor.migrations.upgrade import engine_for
from techfloor.people.proof import Proof
from techfloor.records import definitions, documents, integrity, versions
from techfloor.records.models import Record
from techfloor.records.signing import canonical, fix_content, sign
from techfloor.settings import Settings
from techfloor.store import db


@pytest.fixture
def signed(reach: Reach, as_: SignedInAs) -> str:
    """A signed calibration, by its number."""

    def made() -> str:
        selma = as_("S")
        page = "/calibration/start/G-014"
        answer = selma.submit(page, {"standard": "S-003", "temperature": "20.0", "soaked": "y", "confirmed": "y"})
        number = answer.location.split("/")[2]
        for value in ("0.00", "25.00", "50.00", "100.00", "150.00", "25.00"):
            place = selma.get(f"/calibration/{number}/next").location.split("?")[0]
            assert selma.submit(place, {"indication": value}).status_code == 303
        check = f"/calibration/{number}/check"
        typed = {"user_name": "selma", "secret": selma.secret}
        assert selma.submit(f"/calibration/{number}/sign", typed, page=check).status_code == 303
        return str(number)

    return reach(made)


def problems(app: Flask) -> list[str]:
    settings: Settings = app.extensions["techfloor"].settings
    with engine_for(settings.database).connect() as connection:
        return integrity.problems(connection)


def test_an_honest_record_agrees(app: Flask, signed: str) -> None:
    assert problems(app) == []


def test_forged_content_is_found_and_not_shown(
    app: Flask, signed: str, as_: SignedInAs, behind_the_back: Callable[..., None]
) -> None:
    behind_the_back(
        "DROP TRIGGER tf_record_content_fixed",
        "UPDATE record_content SET body = replace(body, 'Selma Brandt', 'FORGED NAME') "
        f"WHERE record_id = (SELECT id FROM record WHERE number = '{signed}')",
    )
    assert problems(app) == [f"The stored content of {signed} is not what was signed."]
    shown = as_("Q").get(f"/calibration/{signed}")
    assert shown.status_code == 422
    assert "FORGED" not in shown.text


def amend(app: Flask, number: str, meaning: str = "corrected") -> None:
    """Sign the next version of a record, which says no more than what it replaces."""
    with app.app_context(), store.act("test:record:amend"):
        former = db.session.scalars(select(Record).where(Record.number == number)).one()
        proof = Proof(1, "Somebody", "password", clock.now(), "Europe/Berlin")
        kind = versions.Amendment.CORRECTION
        record = versions.open_next(former, kind, "a slip", actor=proof.person_id, at=proof.at)
        content = canonical({"number": number, **versions.facts(versions.amends(record))}, 1)
        fix_content(record, content, content.sha256)
        sign(record, meaning, proof, shown_sha256=content.sha256)
        record.state = "performed"


@pytest.mark.clause("21 CFR 11.10(a)")
@pytest.mark.parametrize(
    "body", ["{", "null", '{"supersedes": [1]}', "[" * 100_000], ids=["torn", "none", "list", "deep"]
)
def test_a_damaged_content_of_an_amendment_is_told_with_all_else(
    app: Flask, signed: str, behind_the_back: Callable[..., None], body: str
) -> None:
    amend(app, signed)
    assert problems(app) == []
    behind_the_back(
        "DROP TRIGGER tf_record_content_fixed",
        f"UPDATE record_content SET body = '{body}' WHERE record_id = "
        f"(SELECT id FROM record WHERE number = '{signed}' AND version = 2)",
    )
    assert problems(app) == [
        f"The stored content of {signed} is not what was signed.",
        f"Version 2 of {signed} says that it replaces another one than it does.",
    ]


@pytest.mark.clause("21 CFR 11.70")
def test_a_signature_under_another_content_is_found(app: Flask, signed: str) -> None:
    with app.app_context(), store.act("attack:signature:plant"):
        db.session.execute(
            text(
                "INSERT INTO signature (record_id, version, content_sha256, meaning, signer_id, printed_name, "
                "signed_at, zone, method, remark) SELECT id, 1, 'deadbeef', 'approved', 1, 'Nobody', "
                "'2026-11-20T00:00:00.000000Z', 'UTC', 'none', '' FROM record"
            )
        )
    assert any("stands under another content" in p for p in problems(app))


@pytest.mark.clause("21 CFR 11.50(a)")
@pytest.mark.parametrize("meaning", ["corrected", "declared in error", "approved"])
def test_a_first_version_is_signed_with_no_meaning_of_an_amendment_or_a_document(
    app: Flask, signed: str, meaning: str
) -> None:
    sign_besides(app, signed, 1, meaning)
    assert problems(app) == [f"Version 1 of {signed} is signed as {meaning}, which does not belong there."]


@pytest.mark.parametrize("meaning", ["performed", "declared in error", "checked"])
def test_an_amendment_is_signed_with_no_other_meaning_than_its_own(app: Flask, signed: str, meaning: str) -> None:
    amend(app, signed)
    sign_besides(app, signed, 2, meaning)
    assert problems(app) == [f"Version 2 of {signed} is signed as {meaning}, which does not belong there."]


def test_an_amendment_signed_as_performed_is_not_signed(app: Flask, signed: str) -> None:
    amend(app, signed, "performed")
    assert problems(app) == [
        f"{signed} is performed, but nobody signed it as corrected.",
        f"Version 2 of {signed} is signed as performed, which does not belong there.",
    ]


@pytest.mark.parametrize("meaning", ["reviewed", "rejected"])
def test_a_review_stands_under_what_it_led_to(app: Flask, signed: str, meaning: str) -> None:
    sign_besides(app, signed, 1, meaning)
    assert problems(app) == [f"{signed} is signed as {meaning}, but stands as performed."]


def sign_besides(app: Flask, number: str, version: int, meaning: str) -> None:
    """Put one more signature under a version, as no page does."""
    with app.app_context(), store.act("test:record:sign"):
        one = (Record.number == number, Record.version == version)
        record = db.session.scalars(select(Record).where(*one)).one()
        proof = Proof(1, "Somebody", "password", clock.now(), "Europe/Berlin")
        sign(record, meaning, proof, shown_sha256=record.content_sha256 or "")


def test_a_state_without_its_signature_is_found(app: Flask, signed: str) -> None:
    with app.app_context(), store.act("attack:record:state"):
        db.session.execute(text("UPDATE record SET state = 'in progress' WHERE kind = 'calibration'"))
    assert problems(app) == [f"{signed} is signed, but stands as in progress."]


@pytest.mark.clause("ISO 9001 7.5.2")
def test_what_was_approved_is_changed_by_nobody(app: Flask) -> None:
    with (
        app.app_context(),
        pytest.raises(DatabaseError, match="revision is settled"),
        store.act("attack:revision:edit"),
    ):
        db.session.execute(text("UPDATE revision SET body = '{}' WHERE state = 'effective'"))


def test_an_approved_revision_changed_behind_the_back_is_found(
    app: Flask, behind_the_back: Callable[..., None]
) -> None:
    behind_the_back(
        "DROP TRIGGER tf_revision_settled",
        "DROP TRIGGER tf_revision_update",
        "UPDATE revision SET body = '{}' WHERE id = (SELECT min(id) FROM revision)",
    )
    assert any("is not what was approved" in problem for problem in problems(app))


@pytest.fixture
def instruction() -> Iterator[documents.Kind]:
    """A kind of document that this test alone declares."""
    yield documents.declare("instruction", "released")
    documents._DECLARED.pop("instruction")


@pytest.fixture
def released(app: Flask, instruction: documents.Kind) -> str:
    """A signed document of the declared kind, by its number."""
    content = canonical({"kind": "instruction", "number": "INS-2026-00001"}, 1)
    signing = documents.Signing(kind=instruction, number="INS-2026-00001", content=content)
    with app.app_context(), store.act("test:instruction:release"):
        proof = Proof(1, "Somebody", "password", clock.now(), "Europe/Berlin")
        documents.sign_document(signing, proof, shown_sha256=content.sha256)
    return signing.number


def test_a_kind_of_document_is_verified_because_it_is_declared(
    app: Flask, released: str, behind_the_back: Callable[..., None]
) -> None:
    assert problems(app) == []
    behind_the_back(
        "DROP TRIGGER tf_signature_fixed",
        "UPDATE signature SET meaning = 'reviewed' "
        f"WHERE record_id = (SELECT id FROM record WHERE number = '{released}')",
    )
    assert problems(app) == [
        f"{released} is closed, but nobody signed it as released.",
        f"Version 1 of {released} is signed as reviewed, which does not belong there.",
    ]


@pytest.mark.parametrize("state", ["performed", "closed", "rejected"])
def test_a_document_that_nobody_signed_is_found_wherever_it_stands(
    app: Flask, instruction: documents.Kind, state: str
) -> None:
    with app.app_context(), store.act("test:instruction:slip"):
        day = dict.fromkeys(("opened_at", "performed_at", "recorded_at"), clock.now())
        number = "INS-2026-00002"
        db.session.add(Record(kind=instruction.name, number=number, version=1, state=state, opened_by=1, **day))
    assert problems(app) == [f"{number} is {state}, but nobody signed it as released."]


def test_a_document_carries_its_one_meaning_alone(app: Flask, released: str) -> None:
    sign_besides(app, released, 1, "reviewed")
    assert problems(app) == [f"Version 1 of {released} is signed as reviewed, which does not belong there."]


def test_a_version_of_a_declared_document_that_nobody_signed_is_found(app: Flask, instruction: documents.Kind) -> None:
    with app.app_context(), store.act("test:instruction:slip"):
        definition = definitions.define(instruction.name, "INS-1", "How to clamp")
        revision = definitions.draft(definition, {"title": "How to clamp", "text": "Firmly."})
        revision.state = "effective"
    assert problems(app) == ["Version 1 of INS-1 is in force, but nobody signed it as approved."]


def test_a_kind_of_document_is_declared_once(instruction: documents.Kind) -> None:
    with pytest.raises(ValueError, match="declared already"):
        documents.declare(instruction.name, "approved")


def test_verify_loads_whatever_declares_a_kind_of_document() -> None:
    program = (
        "from techfloor.cli import verify\n"
        "verify.refuse_other_version = lambda _: (_ for _ in ()).throw(SystemExit)\n"
        "try:\n    verify.whole(None, None)\n"
        "except SystemExit:\n"
        "    from techfloor.records.documents import declared\n"
        "    print(*(kind.name for kind in declared()), sep='|')\n"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert set(told.stdout.strip().split("|")) == {kind.name for kind in documents.declared()}
