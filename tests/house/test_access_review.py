"""The review of access: who may come in, how and with which roles, looked through, signed, and asked for again."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from bench_work import problems
from flask import Flask
from plant_client import ClockAt, PlantClient, SignedInAs, read_forms
from policies import new_policy
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from techfloor import clock, store
from techfloor.people.models import Device, Person
from techfloor.places.queries import read_plant
from techfloor.records import access_review
from techfloor.records.models import Record, RecordContent, Signature
from techfloor.records.signing import accept_policy
from techfloor.store import db

ACCESS = "/people/access"


def review(client: PlantClient, **more: str) -> TestResponse:
    """Sign the report."""
    who = {"user_name": client.who.user_name, "secret": client.secret}
    return client.submit(f"{ACCESS}/review", {**who, **more}, page=ACCESS)


@pytest.mark.clause("21 CFR 11.300(b)")
@pytest.mark.parametrize("who", ["Q", "A", "D"])
def test_the_report_is_read_by_who_watches_over_access(as_: SignedInAs, who: str) -> None:
    page = as_(who).get(ACCESS).text
    assert "Tara Kowalski" in page
    assert "T-01" in page
    assert ("Sign the review" in page) == (who in "QD")


@pytest.mark.parametrize("who", ["T", "S", "I"])
def test_and_by_nobody_else(as_: SignedInAs, who: str) -> None:
    assert as_(who).get(ACCESS).status_code == as_(who).get(f"{ACCESS}/report.csv").status_code == 403


@pytest.mark.clause("21 CFR 11.10(d)")
def test_what_was_shown_is_signed_with_name_and_day_and_printed(app: Flask, as_: SignedInAs) -> None:
    dana = as_("D")
    answer = review(dana)
    assert answer.status_code == 303, problems(answer)
    number = answer.location.rsplit("/", 1)[1]
    with app.app_context():
        record = db.session.scalars(select(Record).where(Record.number == number)).one()
        signature = db.session.scalars(select(Signature).where(Signature.record_id == record.id)).one()
        assert (signature.meaning, signature.printed_name, record.state) == ("reviewed", "Dana Weiss", "closed")
        content = json.loads(db.session.get_one(RecordContent, record.id).body)
    tara = next(person for person in content["persons"] if person["name"] == "Tara Kowalski")
    assert tara["roles"] == ["technician"]
    assert tara["ways"] == ["badge", "password", "pin"]
    assert (tara["policy"], tara["active"], tara["locked"]) == (1, True, False)
    assert dana.get(f"{ACCESS}/{number}.pdf").data.startswith(b"%PDF")
    top = dana.get(ACCESS).text
    assert "Reviewed last on 18 Nov 2026 14:38 by Dana Weiss" in top, top[top.find("Reviewed last") :][:80]
    assert "Tara Kowalski" in as_("A").get(f"{ACCESS}/{number}").text


def test_what_changed_since_it_was_shown_is_looked_at_again(as_: SignedInAs) -> None:
    dana = as_("D")
    seen = dana.hidden(ACCESS, f"{ACCESS}/review")
    given = {"name": "Nora Lund", "user_name": "nora", "initials": "", "area_id": "", "roles": "technician"}
    assert dana.submit("/people/new", given).status_code == 303
    late = review(dana, **seen)
    assert late.status_code == 422
    assert "Nora Lund" in late.text


def test_who_signs_in_meanwhile_does_not_change_what_is_read(as_: SignedInAs, nobody: PlantClient) -> None:
    dana = as_("D")
    seen = dana.hidden(ACCESS, f"{ACCESS}/review")
    nobody.submit("/sign-in", {"user_name": "tara", "password": as_("T").secret})
    assert review(dana, **seen).status_code == 303


def test_a_review_after_a_refusal_or_with_a_new_policy_is_signed_at_the_next_try(app: Flask, as_: SignedInAs) -> None:
    new_policy(app)
    dana = as_("D")
    refused = review(dana)
    assert "accept it" in problems(refused)[0]
    again = {name: value for name, value in hidden_of(refused.text).items() if name != "entry_key"}
    answer = dana.post(
        f"{ACCESS}/review",
        data={**again, "user_name": dana.who.user_name, "secret": dana.secret, "accepts": "y"},
    )
    assert answer.status_code == 303, problems(answer)


def hidden_of(page: str) -> dict[str, str]:
    """Return the hidden fields of the form that signs."""
    return next(form.hidden for form in read_forms(page) if form.action == f"{ACCESS}/review")


def test_what_changed_is_shown_and_signed_from_the_same_page(as_: SignedInAs) -> None:
    dana = as_("D")
    seen = dana.hidden(ACCESS, f"{ACCESS}/review")
    given = {"name": "Nora Lund", "user_name": "nora", "initials": "", "area_id": "", "roles": "technician"}
    assert dana.submit("/people/new", given).status_code == 303
    late = review(dana, **seen)
    shown = {name: value for name, value in hidden_of(late.text).items() if name != "entry_key"}
    answer = dana.post(f"{ACCESS}/review", data={**shown, "user_name": dana.who.user_name, "secret": dana.secret})
    assert answer.status_code == 303, "the number was not used up by the refusal"


def test_a_lock_and_a_one_time_code_stand_in_the_report(as_: SignedInAs, nobody: PlantClient) -> None:
    for _ in range(5):
        nobody.submit("/sign-in", {"user_name": "otto", "password": "not this one at all"})
    rows = table(as_("A"))
    assert next(row for row in rows if row["User name"] == "otto")["State"] == "locked"


def table(client: PlantClient) -> list[dict[str, str]]:
    """Return the report as a spreadsheet reads it."""
    return list(csv.DictReader(io.StringIO(client.get(f"{ACCESS}/report.csv").text)))


def test_a_name_is_no_formula_in_the_table(as_: SignedInAs) -> None:
    given = {"name": "=Nora Lund", "user_name": "nora", "initials": "", "area_id": "", "roles": "technician"}
    dana = as_("D")
    assert dana.submit("/people/new", given).status_code == 303
    assert "'=Nora Lund" in {row["Name"] for row in table(dana)}


def test_a_review_that_is_due_is_told_to_who_does_it(
    as_: SignedInAs, clock_at: ClockAt, profile: Callable[[str], None]
) -> None:
    assert "Review who may come in" not in as_("D").get("/").text
    clock_at("2027-11-20 10:00")
    for key in ("D", "Q"):
        assert "Review who may come in" in as_(key).get("/").text
    assert "A review is due since" in as_("D").get(ACCESS).text
    assert "Review who may come in" not in as_("S").get("/").text
    profile("small")
    assert "Review who may come in" not in as_("D").get("/").text, "a small plant is left in peace"
    profile("regulated")
    clock_at("2027-11-20 10:00")
    assert review(as_("Q")).status_code == 303
    assert "Review who may come in" not in as_("D").get("/").text


def line_of(client: PlantClient, user_name: str) -> str:
    """Return what the page says of a person."""
    (row,) = [row for row in client.get(ACCESS).text.split("<tr")[1:] if f">{user_name}<" in row]
    return " ".join(re.sub(r"<[^>]*>", " ", row).split())


def test_who_is_signed_in_is_told_beside_what_is_signed(as_: SignedInAs, clock_at: ClockAt) -> None:
    dana, otto = as_("D"), as_("O")
    seen = dana.hidden(ACCESS, f"{ACCESS}/review")
    assert "none before 18 Nov 2026 signed in now" in line_of(dana, "otto")
    assert "signed in now" not in line_of(dana, "selma")
    assert otto.submit("/sign-out", {}, page="/me").status_code == 303
    assert "signed in now" not in line_of(dana, "otto")
    assert review(dana, **seen).status_code == 303, "it is no part of what was read and signed"


@pytest.mark.parametrize(
    ("name", "own", "after", "there"),
    [("iso9001", None, 9, True), ("regulated", None, 6, False), ("regulated", 20, 18, True), ("iso9001", 3, 4, False)],
)
def test_whose_tablet_has_locked_is_not_signed_in_now(
    app: Flask, as_: SignedInAs, profile: Callable[[str], None], name: str, own: int | None, after: int, there: bool
) -> None:
    profile(name)
    as_("T", tablet=True)
    with app.app_context():
        with store.act("people:device:change"):
            db.session.execute(update(Device).values(idle_minutes=own))
        plant = read_plant(db.session())
        assert plant is not None
        seen = access_review.today_of(plant, clock.now() + timedelta(minutes=after)).signed_in
        assert ("tara" in seen) is there


@pytest.mark.parametrize("person", [{"active": False}, {"last_day": date(2026, 11, 17)}])
def test_whom_others_signed_out_is_not_signed_in_now(app: Flask, as_: SignedInAs, person: dict[str, object]) -> None:
    as_("T")
    with app.app_context():
        plant = read_plant(db.session())
        assert plant is not None
        assert "tara" in access_review.today_of(plant, clock.now()).signed_in
        with store.act("people:person:change"):
            db.session.execute(update(Person).where(Person.user_name == "tara").values(person))
        assert "tara" not in access_review.today_of(plant, clock.now()).signed_in


def test_whoever_accepted_another_version_than_the_one_in_force_is_marked(app: Flask, as_: SignedInAs) -> None:
    assert "outdated" not in as_("D").get(ACCESS).text
    new_policy(app)
    with app.app_context(), store.act("people:policy:accept"):
        accept_policy(db.session.scalars(select(Person.id).where(Person.user_name == "quinn")).one(), clock.now())
    dana = as_("D")
    assert "version 1, outdated" in line_of(dana, "tara")
    assert "version 1, outdated version 2 today" in line_of(dana, "quinn")
    number = review(dana, accepts="y").location.rsplit("/", 1)[1]
    page = as_("A").get(f"{ACCESS}/{number}").text
    assert "version 2 of the policy was in force" in page
    assert "version 1, outdated" in page
    assert "version 2 today" not in page


def test_a_report_of_before_says_nothing_of_the_policy_in_force() -> None:
    person = {"policy": 1, "active": True, "last_day": None}
    assert not access_review.is_outdated(person, {"day": "2026-11-18"})
    assert access_review.is_outdated(person, {"day": "2026-11-18", "policy": 2})
    assert not access_review.is_outdated({**person, "active": False}, {"day": "2026-11-18", "policy": 2})
