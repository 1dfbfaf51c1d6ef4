"""Revocation bites at the next request: a page and a form are refused with the reason, and no draft is lost."""

import re
from collections.abc import Callable

import pytest
from bench_work import place, start
from flask import Flask
from plant_client import ClockAt, PlantClient, SignedInAs
from sqlalchemy import select

from techfloor.cli.demo import cast
from techfloor.people.models import Device, LoginSession, Person, SignInEvent
from techfloor.records.models import Draft
from techfloor.store import db

Revoke = Callable[[PlantClient, int], None]


def id_of(app: Flask, key: str) -> int:
    """Return the id of somebody of the cast."""
    with app.app_context():
        return int(db.session.scalar(select(Person.id).where(Person.user_name == cast.person(key).user_name)) or 0)


def deactivate(dana: PlantClient, who: int) -> None:
    """The person has left."""
    assert dana.submit(f"/people/{who}/deactivate", page=f"/people/{who}").status_code == 303


def take_role(dana: PlantClient, who: int) -> None:
    """The person is supervisor now, and technician no more."""
    page = f"/people/{who}/edit"
    given = {"name": "Tara Kowalski", "initials": "TK", "area_id": "", "roles": "supervisor"}
    assert dana.submit(page, given).status_code == 303


def reset(dana: PlantClient, who: int) -> None:
    """Somebody may know the person's secrets."""
    assert dana.submit(f"/people/{who}/code").status_code == 200


def withdraw_tablet(dana: PlantClient, _who: int) -> None:
    """The tablet was left in a taxi."""
    with dana.application.app_context():
        device = db.session.scalar(select(Device.id).where(Device.name == "T-01"))
    page = f"/devices/{device}"
    assert dana.submit(f"{page}/revoke", page=page).status_code == 303


def sign_out_everywhere(dana: PlantClient, who: int) -> None:
    """End all of the person's sessions."""
    assert dana.submit(f"/people/{who}/sessions/end", page=f"/people/{who}").status_code == 303


def end_one(dana: PlantClient, who: int) -> None:
    """End the one session that the person has."""
    with dana.application.app_context():
        open_one = (LoginSession.person_id == who, LoginSession.ended_at.is_(None))
        session = db.session.scalars(select(LoginSession.id).where(*open_one)).one()
    assert dana.submit(f"/people/{who}/sessions/{session}/end", page=f"/people/{who}").status_code == 303


@pytest.mark.clause("21 CFR 11.10(d)")
@pytest.mark.clause("21 CFR 11.300(c)")
@pytest.mark.parametrize(
    ("revoke", "why"),
    [
        (deactivate, "this person is deactivated"),
        (take_role, "your roles were changed"),
        (reset, "your password and PIN were reset"),
        (withdraw_tablet, "This tablet was withdrawn"),
        (sign_out_everywhere, "signed out from elsewhere"),
        (end_one, "signed out from elsewhere"),
    ],
)
def test_the_very_next_request_is_refused_with_the_reason_and_loses_nothing(
    app: Flask, as_: SignedInAs, revoke: Revoke, why: str
) -> None:
    tara, who = as_("T", tablet="T-01"), id_of(app, "T")
    number = start(tara, "G-014")
    point = place(tara, number)
    hidden = tara.hidden(point, point)
    draft = {"page": point, "values": {"indication": "0.0"}}
    token = re.search(r'name="csrf_token" value="([^"]+)"', tara.get(point).text)[1]  # type: ignore[index]
    assert tara.post("/draft", json=draft, headers={"X-CSRFToken": token}).status_code == 204
    revoke(as_("D"), who)

    answer = tara.post(point, data={**hidden, "indication": "0.05"}, headers={"Referer": f"http://localhost{point}"})
    assert answer.status_code == 401
    assert why in answer.text
    with app.app_context():
        assert db.session.scalars(select(Draft.values).where(Draft.page == point)).one() == {"indication": "0.0"}

    page = tara.get(point)
    assert page.status_code == 303
    assert page.location.startswith("/sign-in")
    assert why in tara.get(page.location).text
    assert tara.post("/draft", json=draft, headers={"X-CSRFToken": token}).status_code in {400, 401}
    assert "next=" in page.location


@pytest.mark.parametrize("revoke", [reset, sign_out_everywhere, end_one])
def test_what_was_sent_too_late_stands_in_the_sign_in_page_of_its_owner(
    app: Flask, as_: SignedInAs, revoke: Revoke
) -> None:
    tara, who = as_("T", tablet="T-01"), id_of(app, "T")
    number = start(tara, "G-014")
    point = place(tara, number)
    hidden = tara.hidden(point, point)
    revoke(as_("D"), who)
    answer = tara.post(point, data={**hidden, "indication": "0.05"}, headers={"Referer": f"http://localhost{point}"})
    assert 'name="kept.indication" value="0.05"' in answer.text


def test_the_sessions_of_others_stay(app: Flask, as_: SignedInAs) -> None:
    otto, quinn = as_("O", tablet=True), as_("Q")
    deactivate(as_("D"), id_of(app, "T"))
    assert otto.get("/").status_code == quinn.get("/").status_code == 200


def test_everybody_signs_out_everywhere_else(app: Flask, as_: SignedInAs) -> None:
    here, elsewhere = as_("T"), as_("T", tablet=True)
    assert here.submit("/me/sessions/end", page="/me").status_code == 303
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 303
    with app.app_context():
        ended = db.session.scalars(select(SignInEvent).where(SignInEvent.outcome == "ended")).one()
        assert ended.person_id == id_of(app, "T"), "the trail keeps it"


def test_ended_sessions_reset_no_lock(app: Flask, as_: SignedInAs, nobody: PlantClient) -> None:
    who = cast.person("T")
    for _ in range(5):
        nobody.submit("/sign-in", {"user_name": who.user_name, "password": "not this one at all"})
    sign_out_everywhere_again = as_("D")
    as_("T")
    sign_out_everywhere(sign_out_everywhere_again, id_of(app, "T"))
    locked = nobody.submit("/sign-in", {"user_name": who.user_name, "password": who.password})
    assert locked.status_code == 422
    assert "Locked until" in locked.text


@pytest.mark.parametrize("who", ["S", "Q", "A", "T"])
def test_only_who_may_reset_a_person_signs_them_out(app: Flask, as_: SignedInAs, who: str) -> None:
    dana = id_of(app, "D")
    as_("D")
    client = as_(who)
    answer = client.post(f"/people/{dana}/sessions/end", data=client.hidden("/me", "/sign-out"))
    assert answer.status_code in {403, 422}
    with app.app_context():
        assert db.session.scalar(select(LoginSession.ended_at).where(LoginSession.person_id == dana)) is None


# --- the last day ---


def with_last_day(dana: PlantClient, who: int, day: str) -> None:
    """Give Amal a last day."""
    given = {"name": "Amal Haddad", "initials": "AH", "area_id": "", "roles": "auditor", "last_day": day}
    answer = dana.submit(f"/people/{who}/edit", given)
    assert answer.status_code == 303, answer.text


@pytest.mark.clause("21 CFR 11.10(d)")
def test_from_the_day_after_the_last_the_session_ends_and_nobody_signs_in(
    app: Flask, as_: SignedInAs, nobody: PlantClient, clock_at: ClockAt
) -> None:
    clock_at("2026-11-20 23:50")
    with_last_day(as_("D"), id_of(app, "A"), "2026-11-20")
    amal, who = as_("A"), cast.person("A")
    clock_at("2026-11-20 23:59")
    assert amal.get("/").status_code == 200, "the last day ends at 24:00 at the plant, an hour after UTC's"
    clock_at("2026-11-21 00:01")
    page = amal.get("/")
    assert page.status_code == 303
    assert "your last day here is over" in amal.get(page.location).text
    answer = nobody.submit("/sign-in", {"user_name": who.user_name, "password": who.password})
    assert answer.status_code == 422
    assert "password is not right" in answer.text


def test_a_last_day_stands_in_the_list_and_is_told_to_the_administrator(
    app: Flask, as_: SignedInAs, clock_at: ClockAt
) -> None:
    dana, who = as_("D"), id_of(app, "A")
    with_last_day(dana, who, "2026-12-10")
    assert "Until" in dana.get("/people/").text
    assert "Amal Haddad signs in until" not in dana.get("/").text
    with_last_day(dana, who, "2026-11-30")
    assert "Amal Haddad signs in until 30 Nov 2026" in dana.get("/").text
    assert "signs in until" not in as_("S").get("/").text
    clock_at("2026-12-01 08:00")
    assert "Ended" in as_("D").get("/people/").text


def test_after_the_last_day_nobody_is_offered_on_a_tablet(app: Flask, as_: SignedInAs, clock_at: ClockAt) -> None:
    with_last_day(as_("D"), id_of(app, "A"), "2026-11-20")
    tablet = as_("T", tablet=True)
    tablet.delete_cookie("techfloor_session")
    assert "Amal Haddad" in tablet.get("/sign-in/others").text
    clock_at("2026-11-21 08:00")
    assert "Amal Haddad" not in tablet.get("/sign-in/others").text


def test_the_last_administrator_has_no_last_day(app: Flask, as_: SignedInAs) -> None:
    dana, who = as_("D"), id_of(app, "D")
    given = {"name": "Dana Weiss", "initials": "DW", "area_id": "", "roles": "administrator", "last_day": "2027-01-01"}
    answer = dana.submit(f"/people/{who}/edit", given)
    assert answer.status_code == 422
    assert "This is the last administrator" in answer.text


# --- an auditor changes nothing ---

OWN = frozenset(
    {
        "/sign-in", "/sign-in/badge", "/sign-in/pin/<int:person_id>", "/sign-in/switch", "/sign-in/lock", "/sign-out",
        "/me/secret", "/me/pin", "/me/password", "/me/policy", "/me/sessions/end",
        "/me/sessions/<int:session_id>/end", "/display", "/draft", "/scan", "/verify", "/setup", "/calibration/export",
        "/records/export", "/me/mail",
        "/jobs/<int:job_id>/stop", "/jobs/<int:job_id>/again", "/jobs/<int:job_id>/print",
    }
)  # fmt: skip
"""What everybody may send: about themselves and their screen, to look something up or to take a copy away."""


@pytest.mark.clause("21 CFR 11.10(g)")
def test_an_auditor_sends_nothing_that_changes_a_record(app: Flask, as_: SignedInAs) -> None:
    amal = as_("A")
    token = amal.hidden("/me", "/sign-out")
    refused = 0
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.rule in OWN or rule.rule.endswith("/list.pdf"):
            continue
        named = rule.rule.replace("<deed>", "retire")
        path = re.sub(r"<int:[^>]*>", "1", re.sub(r"<(?:path:|string:)?[a-z_]*>", "G-014", named))
        answer = amal.post(path, data=token)
        assert answer.status_code == 403, (rule.rule, answer.status_code)
        refused += 1
    assert refused > 50
