"""A person's own page, and the devices that people share."""

from datetime import timedelta

import pytest
import quick
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from techfloor import store
from techfloor.people import secrets, sessions
from techfloor.people.models import Device, LoginSession, Secret
from techfloor.people.secrets import Kind
from techfloor.places import actions as places

from .conftest import NOON, PASSWORD, PIN, SignedIn

NEW_PIN = {"secret": PASSWORD, "pin": "804517", "pin_again": "804517"}
T_09 = {"name": "T-09", "area_id": "2", "idle_minutes": "5"}


@pytest.mark.parametrize("path", ["/me", "/me/pin", "/me/password", "/me/secret", "/devices", "/devices/enrol"])
def test_a_stranger_is_asked_to_sign_in(people_app: Flask, path: str) -> None:
    assert people_app.test_client().get(path).headers["Location"].startswith("/sign-in?next=")


@pytest.mark.parametrize("path", ["/me", "/me/pin", "/me/password"])
def test_ones_own_pages_open_at_a_desk_and_on_a_tablet(at_desk: SignedIn, at_tablet: SignedIn, path: str) -> None:
    assert at_desk("T").get(path).status_code == 200
    assert at_tablet("T").get(path).status_code == 200


def test_the_page_behind_a_one_time_code_is_closed_without_one(at_desk: SignedIn) -> None:
    browser = at_desk("T")
    assert browser.get("/me/secret").headers["Location"] == "/me"
    own = {
        "password": "green vice at dawn",
        "password_again": "green vice at dawn",
        "pin": "804517",
        "pin_again": "804517",
    }
    assert browser.post("/me/secret", data=own).headers["Location"] == "/me"
    assert at_desk("T").get("/me").status_code == 200  # with the password of before


def test_a_changed_pin_works_and_ends_the_other_sessions(
    people_app: Flask, at_desk: SignedIn, at_tablet: SignedIn, ids: dict[str, int]
) -> None:
    desk, tablet = at_desk("T"), at_tablet("T")
    former = desk.get_cookie(sessions.SESSION_COOKIE)
    assert desk.post("/me/pin", data=NEW_PIN).headers["Location"] == "/me"
    now = desk.get_cookie(sessions.SESSION_COOKIE)
    assert former
    assert now
    assert former.value != now.value
    assert desk.get("/me").status_code == 200
    assert tablet.get("/me").status_code == 303
    assert tablet.post(f"/sign-in/pin/{ids['T']}", data={"pin": PIN}).status_code == 422
    assert tablet.post(f"/sign-in/pin/{ids['T']}", data={"pin": "804517"}).status_code == 303


def test_on_a_tablet_the_pin_is_changed_with_the_pin(at_tablet: SignedIn) -> None:
    browser = at_tablet("T")
    assert browser.post("/me/pin", data=NEW_PIN).status_code == 422
    assert browser.post("/me/pin", data={**NEW_PIN, "secret": PIN}).status_code == 303


def test_the_number_on_the_badge_is_no_pin(people_app: Flask, at_desk: SignedIn, ids: dict[str, int]) -> None:
    at_desk("D").post(f"/people/{ids['T']}/badge", data={"badge": "804517"})
    answer = at_desk("T").post("/me/pin", data=NEW_PIN)
    assert answer.status_code == 422
    assert "number on your badge" in answer.text


def test_a_wrong_secret_changes_nothing_and_counts_towards_the_lock(people_app: Flask, at_desk: SignedIn) -> None:
    browser = at_desk("T")
    for _ in range(5):
        answer = browser.post("/me/pin", data={**NEW_PIN, "secret": "wrong"})
    assert answer.status_code == 422
    assert "Locked until" in answer.text
    stranger = people_app.test_client()
    assert stranger.post("/sign-in", data={"user_name": "tara", "password": PASSWORD}).status_code == 422


def test_a_changed_password_opens_the_house(people_app: Flask, at_desk: SignedIn) -> None:
    new = {"secret": PASSWORD, "password": "green vice at dawn", "password_again": "green vice at dawn"}
    assert at_desk("T").post("/me/password", data=new).status_code == 303
    stranger = people_app.test_client()
    assert stranger.post("/sign-in", data={"user_name": "tara", "password": PASSWORD}).status_code == 422
    assert stranger.post("/sign-in", data={"user_name": "tara", "password": "green vice at dawn"}).status_code == 303


@pytest.mark.clause("21 CFR 11.200(a)(2)")
def test_no_secret_stands_in_clear_in_the_database(
    people_app: Flask, at_desk: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = at_desk("T")
    monkeypatch.setattr(secrets, "_HASHER", quick.REAL_HASHER)
    browser.post("/me/pin", data=NEW_PIN)
    with people_app.app_context(), store.looking_at() as session:
        kept = session.execute(select(Secret.kind, Secret.hash)).all()
    assert all(hashed.startswith("$argon2id$") for kind, hashed in kept if kind != Kind.BADGE)
    assert [hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$") for kind, hashed in kept].count(True) == 1


def test_one_ends_ones_own_sessions_and_nobody_elses(people_app: Flask, at_desk: SignedIn, ids: dict[str, int]) -> None:
    forgotten, here, selma = at_desk("T"), at_desk("T"), at_desk("S")
    with people_app.app_context(), store.looking_at() as session:
        first, _second = session.scalars(select(LoginSession.id).where(LoginSession.person_id == ids["T"]))
    assert selma.post(f"/me/sessions/{first}/end").status_code == 404
    assert here.post("/me/sessions/999/end").status_code == 404
    assert forgotten.get("/me").status_code == 200
    assert here.post(f"/me/sessions/{first}/end").status_code == 303
    assert forgotten.get("/me").status_code == 303
    assert here.get("/me").status_code == 200


@pytest.mark.clause("21 CFR 11.300(b)")
def test_an_old_pin_leads_to_a_new_one_where_the_plant_asks_for_it(
    people_app: Flask, tablet: FlaskClient, ids: dict[str, int]
) -> None:
    with people_app.app_context(), store.act("test:plant:setting"):
        store.db.session.execute(update(Secret).values(set_at=NOON - timedelta(days=366)))
        places.choose_profile("regulated")
    answer = tablet.post(f"/sign-in/pin/{ids['T']}", data={"pin": PIN})
    assert answer.headers["Location"].startswith("/me/secret")
    assert tablet.get("/me").headers["Location"] == "/me/secret"
    page = tablet.get("/me/secret").text
    assert "a PIN is good for 365 days, and yours is older" in page
    assert 'data-keypad-for="pin pin_again"' in page
    assert 'name="password"' not in page
    tablet.post("/me/secret", data={"pin": "804517", "pin_again": "804517"})
    assert tablet.get("/me").status_code == 200


def test_a_browser_that_is_enrolled_keeps_how_its_screen_looks(people_app: Flask, at_desk: SignedIn) -> None:
    browser = at_desk("S")
    browser.post("/display", data={"glove": "on"})
    browser.post("/display", data={"theme": "dark"})
    browser.post("/devices/enrol", data=T_09)
    with people_app.app_context(), store.looking_at() as session:
        device = session.scalars(select(Device).where(Device.name == "T-09")).one()
    assert (device.glove, device.theme) == (True, "dark")


def test_a_supervisor_makes_the_browser_in_front_of_them_a_shared_tablet(people_app: Flask, at_desk: SignedIn) -> None:
    browser = at_desk("S")
    answer = browser.post("/devices/enrol", data=T_09)
    assert answer.headers["Location"] == "/sign-in"
    page = browser.get("/sign-in").text
    assert "Who are you?" in page
    assert "Otto Lindqvist" in page
    cookie = browser.get_cookie(sessions.DEVICE_COOKIE)
    assert cookie
    with people_app.app_context(), store.looking_at() as session:
        device = session.scalars(select(Device).where(Device.name == "T-09")).one()
    assert device.key_hash == sessions.token_hash(cookie.value)
    assert device.idle_minutes == 5


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"name": "T-04"}, {"area_id": ""}, {"area_id": "99"}, {"idle_minutes": "45"}]
)
def test_a_device_half_filled_in_is_refused(at_desk: SignedIn, wrong: dict[str, str]) -> None:
    browser = at_desk("S")
    answer = browser.post("/devices/enrol", data={**T_09, **wrong})
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert browser.get("/me").status_code == 200


def test_a_tablet_is_not_enrolled_twice(at_tablet: SignedIn) -> None:
    answer = at_tablet("S").post("/devices/enrol", data=T_09)
    assert answer.status_code == 422
    assert "enrolled already" in answer.text


@pytest.mark.parametrize(("path", "who"), [("/devices", "SQAD"), ("/devices/enrol", "SD"), ("/devices/1", "SD")])
def test_pages_of_devices_open_for_the_roles_they_are_for(at_desk: SignedIn, path: str, who: str) -> None:
    assert {key: at_desk(key).get(path).status_code == 200 for key in "TSQAD"} == {key: key in who for key in "TSQAD"}


@pytest.mark.parametrize("path", ["/devices/enrol", "/devices/1", "/devices/1/revoke"])
def test_acts_on_devices_are_refused_to_everybody_else(at_desk: SignedIn, path: str) -> None:
    assert {key: at_desk(key).post(path).status_code for key in "TQA"} == dict.fromkeys("TQA", 403)


@pytest.mark.parametrize("path", ["/devices/999", "/devices/999/revoke"])
def test_no_device_has_that_number(at_desk: SignedIn, path: str) -> None:
    assert at_desk("S").post(path, data=T_09).status_code == 404


def test_a_device_is_renamed_and_moved(at_desk: SignedIn) -> None:
    browser = at_desk("S")
    assert browser.post("/devices/1", data={**T_09, "name": "T-05"}).status_code == 303
    page = browser.get("/devices").text
    assert "T-05" in page
    assert "5 min" in page


@pytest.mark.clause("21 CFR 11.300(c)")
def test_on_a_revoked_tablet_nobody_is_and_nobody_gets_in(
    at_desk: SignedIn, at_tablet: SignedIn, ids: dict[str, int]
) -> None:
    tablet = at_tablet("T")
    assert at_desk("S").post("/devices/1/revoke").status_code == 303
    assert tablet.get("/me").status_code == 303
    assert "Password" in tablet.get("/sign-in").text
    assert tablet.post(f"/sign-in/pin/{ids['T']}", data={"pin": PIN}).headers["Location"] == "/sign-in"


def test_glove_size_and_dark_are_remembered_for_the_tablet(tablet: FlaskClient) -> None:
    tablet.post("/display", data={"glove": "on"})
    tablet.post("/display", data={"theme": "dark"})
    page = tablet.get("/sign-in").text
    assert 'data-theme="dark" data-glove="on"' in page
    tablet.post("/display", data={"theme": "purple"})
    assert 'data-theme="dark" data-glove="on"' in tablet.get("/sign-in").text


def test_another_browser_remembers_them_by_itself(people_app: Flask) -> None:
    browser = people_app.test_client()
    answer = browser.post("/display", data={"theme": "dark"}, headers={"Referer": "http://localhost/sign-in?next=/me"})
    assert answer.headers["Location"] == "/sign-in"
    assert 'data-theme="dark"' in browser.get("/sign-in").text
    assert 'data-theme="light"' in people_app.test_client().get("/sign-in").text


def test_the_way_back_from_display_does_not_leave_the_house(people_app: Flask) -> None:
    answer = people_app.test_client().post(
        "/display", data={"theme": "dark"}, headers={"Referer": "https://elsewhere.example/me"}
    )
    assert answer.headers["Location"] == "/"
