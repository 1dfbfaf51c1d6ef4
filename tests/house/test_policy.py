"""The e-signature policy: drafted, approved under a signature, asked of everybody anew, and who accepted it when."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from bench_work import give_all, problems, sign, start
from flask import Flask
from plant_client import ClockAt, PlantClient, SignedInAs
from policies import new_policy
from sqlalchemy import ColumnElement, select, update
from werkzeug.test import TestResponse

from techfloor import clock, store
from techfloor.migrations.upgrade import engine_for
from techfloor.people.models import Person
from techfloor.people.proof import Proof, by_password
from techfloor.places.queries import read_plant
from techfloor.records import definitions, integrity, policy
from techfloor.records.models import Record, RecordContent, Revision, Signature
from techfloor.records.policy import PolicyEntry
from techfloor.records.signing import must_accept_policy
from techfloor.refusals import Refusal
from techfloor.reports import pdf
from techfloor.reports.models import IssuedPdf
from techfloor.settings import Settings
from techfloor.store import db

POLICY = "/settings/policy"
WORDS = {"title": "Signing here", "text": "I sign what I saw.\n\nI lend nobody my badge.", "change": "Badges."}
CALIPER = ["0.00", "25.00", "50.05", "100.00", "150.10", "25.00"]


def drafted(quinn: PlantClient, **more: str) -> None:
    """Keep a draft."""
    answer = quinn.submit(f"{POLICY}/draft", {**WORDS, **more})
    assert answer.status_code == 303, answer.text


def approve(quinn: PlantClient, **more: str) -> TestResponse:
    """Approve the draft under a signature."""
    who = {"user_name": quinn.who.user_name, "secret": quinn.secret}
    return quinn.submit(f"{POLICY}/approve", {**who, **more})


def test_the_plant_begins_with_version_1_in_force_signed_and_accepted(app: Flask, as_: SignedInAs) -> None:
    page = as_("A").get(f"{POLICY}/1").text
    assert "In force" in page
    assert "Quinn Bauer" in page, "who approved it"
    assert re.search(r"Tara Kowalski.*?\d{4}", page, re.DOTALL)
    with app.app_context():
        record = db.session.scalars(select(Record).where(Record.kind == "policy")).one()
        assert (record.version, record.state) == (1, "closed")


@pytest.mark.clause("21 CFR 11.10(j)")
@pytest.mark.clause("21 CFR 11.10(j)", "ISO 9001 7.5.2")
def test_a_new_version_is_approved_under_a_signature_and_replaces_the_one_before(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    drafted(quinn)
    assert approve(as_("D")).status_code == 303
    with app.app_context():
        first, second = db.session.scalars(select(Record).where(Record.kind == "policy").order_by(Record.version))
        assert (second.number, second.version, second.supersedes_id) == (first.number, 2, first.id)
        signature = db.session.scalars(select(Signature).where(Signature.record_id == second.id)).one()
        assert (signature.meaning, signature.printed_name) == ("approved", "Dana Weiss")
        content = json.loads(db.session.get_one(RecordContent, second.id).body)
        assert content["text"] == WORDS["text"]
        assert content["change"] == "Badges."
        states = {each.version: each.state for each in db.session.scalars(select(Revision).where(policy_kind()))}
        assert states == {1: "superseded", 2: "effective"}
    assert "Replaced" in quinn.get(f"{POLICY}/1").text
    pdf = quinn.get(f"{POLICY}/2.pdf")
    assert pdf.data.startswith(b"%PDF")


def policy_kind() -> ColumnElement[bool]:
    """The condition of a revision of the policy."""
    return Revision.definition_id == db.session.scalar(
        select(Revision.definition_id)
        .join(Record, Record.revision_id == Revision.id)
        .where(Record.kind == "policy")
        .limit(1)
    )


def test_nobody_approves_with_a_wrong_secret_or_what_changed_since(app: Flask, as_: SignedInAs) -> None:
    quinn, dana = as_("Q"), as_("D")
    drafted(quinn)
    assert approve(dana, secret="wrong").status_code == 422
    seen = dana.hidden(f"{POLICY}/approve", f"{POLICY}/approve")
    drafted(quinn, text="Something else.")
    late = approve(dana, **seen)
    assert late.status_code == 422
    assert "changed after this page was opened" in problems(late)[0]
    with app.app_context():
        assert len(db.session.scalars(select(Record).where(Record.kind == "policy")).all()) == 1


@pytest.mark.parametrize("changed", [{"body": {"text": "I sign for anybody."}}, {"state": "effective"}])
def test_what_is_approved_is_the_draft_as_it_stands_once_nobody_else_works_on_it(
    app: Flask, as_: SignedInAs, monkeypatch: pytest.MonkeyPatch, changed: dict[str, object]
) -> None:
    drafted(as_("Q"))
    with app.app_context(), store.act("records:policy:approve") as unit:
        plant, revision = read_plant(db.session()), policy.draft_now()
        quinn = db.session.scalars(select(Person).where(Person.user_name == "quinn")).one()
        assert plant is not None
        assert revision is not None
        proof = Proof(quinn.id, quinn.name, by_password(named=True), clock.now(), plant.zone)
        shown = policy.preview(revision, plant, proof.at).sha256

        def saved_while_this_one_waits(_what: str) -> None:
            first = update(Revision).where(Revision.definition_id == revision.definition_id, Revision.version == 1)
            mine = update(Revision).where(Revision.id == revision.id)
            for statement in (first.values(state="superseded"), mine.values(changed)):
                db.session.execute(statement, execution_options={"synchronize_session": False})

        monkeypatch.setattr(policy, "alone", saved_while_this_one_waits)
        with pytest.raises(Refusal, match=r"changed after this page|approved already"):
            policy.approve(revision, proof, plant, shown_sha256=shown)
        unit.refuse()


def test_verify_finds_a_version_whose_text_is_not_what_was_signed(
    as_: SignedInAs, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    quinn = as_("Q")
    drafted(quinn)
    monkeypatch.setattr(policy, "entry_of", lambda _revision: PolicyEntry("Signing here", "I sign for anybody."))
    assert approve(as_("D")).status_code == 303
    with engine_for(settings.database).connect() as connection:
        assert integrity.problems(connection) == ["Version 2 of e-signature is not what was approved."]


def test_nobody_waits_to_save_while_its_pdf_is_rendered(as_: SignedInAs, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[bool] = []
    render = pdf.render

    def looked_at(*given: Any, **named: Any) -> bytes:
        begun.append(db.session().in_transaction())
        return render(*given, **named)

    monkeypatch.setattr(pdf, "render", looked_at)
    quinn = as_("Q")
    form = quinn.hidden(f"{POLICY}/1", f"{POLICY}/1/pdf")
    assert quinn.post(f"{POLICY}/2/pdf", data=form).status_code == 404
    assert quinn.post(f"{POLICY}/1/pdf", data=form).status_code == 303
    assert begun == [False]


def test_of_two_who_write_the_draft_the_second_sees_both(as_: SignedInAs) -> None:
    quinn = as_("Q")
    drafted(quinn)
    seen = quinn.hidden(f"{POLICY}/draft", f"{POLICY}/draft")
    drafted(quinn, text="I sign what I saw, and what I checked.")
    late = quinn.submit(f"{POLICY}/draft", {**WORDS, **seen, "text": "I sign nothing else."})
    assert late.status_code == 409
    assert "and what I checked" in late.text
    assert "I sign nothing else." in late.text
    assert "and what I checked" in quinn.get(f"{POLICY}/draft").text


@pytest.mark.parametrize("who", ["T", "S", "I", "A", "D"])
def test_only_quality_writes_it(as_: SignedInAs, who: str) -> None:
    client = as_(who)
    assert client.get(f"{POLICY}/draft").status_code == 403
    assert client.get(POLICY).status_code == 200, "everybody may read it"


def test_the_list_of_who_accepted_is_for_who_sees_the_settings(as_: SignedInAs) -> None:
    assert "Who accepted it" in as_("A").get(f"{POLICY}/1").text
    assert "Who accepted it" not in as_("T").get(f"{POLICY}/1").text


def test_a_version_of_a_day_to_come_is_asked_for_from_that_day(app: Flask, as_: SignedInAs, clock_at: ClockAt) -> None:
    quinn = as_("Q")
    drafted(quinn, effective_from="2026-11-24")
    assert approve(as_("D")).status_code == 303
    assert "From 24 Nov 2026" in re.sub(r"<[^>]*>", "", quinn.get(POLICY).text)
    assert not asked_of_its_approver(app)
    clock_at("2026-11-23 23:59")
    assert not asked_of_its_approver(app)
    clock_at("2026-11-24 00:01")
    assert asked_of_its_approver(app)
    assert "Replaced" in as_("Q").get(f"{POLICY}/1").text


def paper_of_version_1(app: Flask, quinn: PlantClient) -> str:
    """Issue the paper of version 1 and return the page that its code leads to."""
    assert quinn.submit(f"{POLICY}/1/pdf", page=f"{POLICY}/1").status_code == 303
    with app.app_context():
        return f"/verify/{db.session.scalars(select(IssuedPdf.code)).one()}"


def test_paper_is_replaced_on_the_day_of_the_next_version(app: Flask, as_: SignedInAs, clock_at: ClockAt) -> None:
    quinn = as_("Q")
    page = paper_of_version_1(app, quinn)
    for version, first_day in ((2, "2026-12-01"), (3, "2026-12-15")):
        drafted(quinn, effective_from=first_day)
        assert approve(as_("D")).status_code == 303, version
    assert "version current" in quinn.get(page).text
    clock_at("2026-11-30 23:30")
    assert "version current" in as_("A").get(page).text
    clock_at("2026-12-01 00:30")
    assert "Replaced by version 2 since 1 Dec 2026." in re.sub(r"<[^>]*>", "", as_("A").get(page).text)
    assert in_force(app) == 2, "version 3, approved for a later day, took nothing from it"
    clock_at("2026-12-15 00:30")
    assert in_force(app) == 3


def test_a_version_for_an_earlier_day_takes_the_place_of_one_that_waits(
    app: Flask, as_: SignedInAs, clock_at: ClockAt
) -> None:
    quinn = as_("Q")
    page = paper_of_version_1(app, quinn)
    for first_day in ("2026-12-15", "2026-12-01"):
        drafted(quinn, effective_from=first_day)
        assert approve(as_("D")).status_code == 303
    assert "Replaced" in quinn.get(f"{POLICY}/2").text
    for moment in ("2026-12-02 10:00", "2026-12-16 10:00"):
        clock_at(moment)
        assert in_force(app) == 3
        told = re.sub(r"<[^>]*>", "", as_("A").get(page).text)
        assert "Replaced by version 3 since 1 Dec 2026." in told, "version 2 never came in force"


def test_who_approves_reads_which_waiting_version_never_comes(as_: SignedInAs) -> None:
    quinn = as_("Q")
    for first_day in ("2026-12-01", "2026-12-15"):
        drafted(quinn, effective_from=first_day)
        assert "takes the place of" not in quinn.get(f"{POLICY}/approve").text, first_day
        assert approve(as_("D")).status_code == 303
    drafted(quinn, effective_from="2026-12-10")
    page = re.sub(r"<[^>]*>", "", quinn.get(f"{POLICY}/approve").text)
    assert "This takes the place of version 3. It was approved to be in force from 15 Dec 2026." in page
    assert "place of version 2" not in page


@pytest.mark.clause("21 CFR 11.10(g)")
@pytest.mark.parametrize("name", ["iso9001", "regulated"])
def test_where_the_plant_asks_for_two_persons_no_author_approves(
    as_: SignedInAs, profile: Callable[[str], None], name: str
) -> None:
    profile(name)
    quinn, dana = as_("Q"), as_("D")
    drafted(quinn)
    assert "This draft waits for another person" in quinn.get(f"{POLICY}/approve").text
    shown = dana.hidden(f"{POLICY}/approve", f"{POLICY}/approve")["shown"]
    who = {"user_name": "quinn", "secret": quinn.secret, "shown": shown}
    refused = quinn.post(f"{POLICY}/approve", data={**quinn.hidden("/me", "/sign-out"), **who})
    assert refused.status_code == 422
    assert "You wrote at this draft. Another person approves it." in refused.text
    assert f'href="{POLICY}/approve"' in dana.get(POLICY).text
    assert approve(dana).status_code == 303


def test_who_moved_the_day_of_a_draft_wrote_at_it_and_who_approved_it_did_not(app: Flask, as_: SignedInAs) -> None:
    words, day = PolicyEntry("Signing here", "I sign what I saw.", "Badges."), clock.now().date()
    with app.app_context():
        ids = {row.user_name: row.id for row in db.session.execute(select(Person.user_name, Person.id))}
        moved = replace(words, effective_from=day)
        for who, entry in (("quinn", words), ("selma", moved), ("ivo", moved)):
            with store.act("records:policy:draft", actor=ids[who]):
                revision = policy.write_draft(entry)
        assert definitions.authors(revision) == {ids["quinn"], ids["selma"]}, "ivo kept what stood there"
    drafted(as_("Q"), effective_from="")
    assert approve(as_("D")).status_code == 303
    with app.app_context():
        assert ids["dana"] not in definitions.authors(policy.version(2))


def test_in_a_small_plant_its_author_approves_it(as_: SignedInAs, profile: Callable[[str], None]) -> None:
    profile("small")
    drafted(as_("Q"))
    assert approve(as_("Q")).status_code == 303


def test_who_approves_second_lands_with_a_sentence(as_: SignedInAs) -> None:
    first, second = as_("Q"), as_("D")
    drafted(first)
    seen = second.hidden(f"{POLICY}/approve", f"{POLICY}/approve")
    assert approve(as_("D")).status_code == 303
    who = {"user_name": second.who.user_name, "secret": second.secret, "accepts": "y", "policy_version": "2"}
    late = second.post(f"{POLICY}/approve", data={**seen, **who}, follow_redirects=True)
    assert "Nothing was signed: somebody else approved this draft meanwhile." in late.text


def in_force(app: Flask) -> int:
    """Return the version in force."""
    with app.app_context():
        found = policy.in_force()
        assert found is not None
        return found.version


def asked_of_its_approver(app: Flask) -> bool:
    """Whether Quinn has to accept the policy before the next signature: nobody is left out."""
    with app.app_context():
        return must_accept_policy(db.session.scalar(select(Signature.signer_id).limit(1)) or 0)


@pytest.mark.clause("21 CFR 11.10(j)")
def test_everybody_is_asked_anew_before_the_next_signature(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", CALIPER)
    new_policy(app)
    refused = sign(tara, number)
    assert refused.status_code == 422
    assert sign(tara, number, accepts="y").status_code == 303
    page = as_("A").get(f"{POLICY}/2").text
    assert re.search(r"Tara Kowalski.*?18 Nov 2026", page, re.DOTALL)
    assert "Not yet" in page


def test_what_was_accepted_is_the_version_that_was_read(app: Flask, as_: SignedInAs) -> None:
    new_policy(app)
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", CALIPER)
    seen = tara.hidden(f"/calibration/{number}/check", f"/calibration/{number}/sign")
    assert seen["policy_version"] == "2"
    own = tara.hidden("/me/policy", "/me/policy")
    new_policy(app, "I sign what I did, and nothing else.")
    late = tara.post(f"/calibration/{number}/sign", data={**seen, "secret": tara.secret, "accepts": "y"})
    assert late.status_code == 422, "version 3 was not read"
    assert "nothing else" in late.text
    assert tara.post("/me/policy", data=own).status_code == 422


@pytest.mark.clause("21 CFR 11.10(a)")
def test_verify_misses_the_signature_of_a_version_in_force(app: Flask, settings: Settings) -> None:
    with engine_for(settings.database).connect() as connection:
        assert integrity.problems(connection) == []
    with app.app_context(), store.act("test:revision"):
        first = db.session.scalars(select(Revision).where(policy_kind())).one()
        first.state = "superseded"
        db.session.flush()
        db.session.add(
            Revision(
                definition_id=first.definition_id,
                version=2,
                state="effective",
                body=first.body,
                body_sha256=first.body_sha256,
                effective_from=first.effective_from,
            )
        )
    with engine_for(settings.database).connect() as connection:
        assert integrity.problems(connection) == [
            "Version 2 of e-signature is in force, but nobody signed it as approved."
        ]


@pytest.mark.clause("21 CFR 11.10(e)")
def test_who_wrote_at_a_version_stands_on_its_page_and_who_approves_sees_what_differs(as_: SignedInAs) -> None:
    quinn, dana = as_("Q"), as_("D")
    typed = quinn.get(f"{POLICY}/draft").text
    stands = re.search(r"<textarea[^>]*>(.*?)</textarea>", typed, re.DOTALL)
    assert stands is not None
    drafted(quinn, text=f"{stands[1].strip()}\nI read before I sign.")
    page = dana.get(f"{POLICY}/approve").text
    words = " ".join(re.sub(r"<[^>]*>", " ", page).split())
    assert "Written by Quinn Bauer" in words
    assert "What differs from version 1, in force now" in words
    rows = re.search(r"<tbody[^>]*>(.*?)</tbody>", page, re.DOTALL)
    assert rows is not None
    assert "I read before I sign." in rows[1]
    assert "I sign only what I did" not in rows[1], "what stayed is no difference"
    assert approve(dana).status_code == 303
    for reader in ("A", "T"):
        words = " ".join(re.sub(r"<[^>]*>", " ", as_(reader).get(f"{POLICY}/2").text).split())
        assert "Written by Quinn Bauer" in words
        assert "Written by Quinn Bauer, Dana" not in words


def test_what_differs_between_two_versions_is_told_by_paragraph() -> None:
    one = policy.PolicyText("Signing", 1, "First.\n\nSecond.\nThird.")
    other = policy.PolicyText("Signing here", 2, "First.\nSecond, anew.\nThird.\nFourth.")
    told = [("Signing", "Signing here"), ("Second.", "Second, anew."), ("", "Fourth.")]
    assert policy.differences(one, other) == told
    assert policy.differences(one, one) == []
