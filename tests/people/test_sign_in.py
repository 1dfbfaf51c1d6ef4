"""Sign-in, lock-out, and the end of a session."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from plant_client import ClockAt
from sqlalchemy import event, func, select, update
from werkzeug.test import TestResponse

from techfloor import clock, store
from techfloor.app import create_app
from techfloor.people import actions, queries, secrets, sessions, tries
from techfloor.people.models import Device, LoginSession, Person, SignInEvent
from techfloor.people.rules import DeviceEntry
from techfloor.people.views.way import local_page
from techfloor.settings import Settings
from techfloor.store.trail import ActRow

from .conftest import NOON, PASSWORD, PIN, TABLET_KEY, SignedIn, user_name


def token_of(browser: FlaskClient) -> str:
    """Return the session token a browser holds, '' for none."""
    cookie = browser.get_cookie(sessions.SESSION_COOKIE)
    return cookie.value if cookie else ""


def guess(browser: FlaskClient, who: str, password: str = "wrong wrong wrong") -> TestResponse:
    """Try a password."""
    return browser.post("/sign-in", data={"user_name": who, "password": password})


def is_signed_in(browser: FlaskClient) -> bool:
    """Tell whether the browser's own page opens."""
    return browser.get("/me").status_code == 200


def test_a_person_signs_in_with_user_name_and_password(at_desk: SignedIn) -> None:
    page = at_desk("T").get("/me")
    assert page.status_code == 200
    assert "Tara Kowalski" in page.text


def test_the_user_name_may_be_typed_in_capitals(people_app: Flask) -> None:
    browser = people_app.test_client()
    assert guess(browser, " TARA ", PASSWORD).status_code == 303


def test_a_wrong_password_keeps_the_user_name_and_says_how_many_tries_are_left(people_app: Flask) -> None:
    answer = guess(people_app.test_client(), "tara")
    assert answer.status_code == 422
    assert "Tries left: 4." in answer.text
    assert 'value="tara"' in answer.text
    assert "wrong wrong wrong" not in answer.text
    assert "<title>Error:" in answer.text


def test_a_name_nobody_has_gets_the_same_answers_as_one_that_somebody_has(people_app: Flask) -> None:
    answers: dict[str, list[tuple[int, str]]] = {}
    for who in ("tara", "nobody"):
        browser = people_app.test_client()
        given = [guess(browser, who) for _ in range(7)]
        answers[who] = [
            (each.status_code, re.sub(r"\b(tara|nobody)\b|[\w.-]{60,}|\b[0-9a-f]{32}\b", "", each.text))
            for each in given
        ]
    assert answers["tara"] == answers["nobody"]


def test_what_was_typed_for_an_unknown_name_is_not_kept(people_app: Flask) -> None:
    guess(people_app.test_client(), "blue lathe at noon")
    with people_app.app_context(), store.looking_at() as session:
        [row] = session.scalars(select(SignInEvent))
    assert row.person_id is None
    assert "lathe" not in row.typed


def test_a_deactivated_person_gets_the_answer_of_a_wrong_password(people_app: Flask, ids: dict[str, int]) -> None:
    with people_app.app_context(), store.act("test:person:leave"):
        actions.deactivate(ids["D"], NOON, ids["O"])
    answer = guess(people_app.test_client(), "otto", PASSWORD)
    assert answer.status_code == 422
    assert "Tries left: 4." in answer.text


def test_five_wrong_passwords_lock_for_fifteen_minutes_also_for_the_right_one(people_app: Flask) -> None:
    browser = people_app.test_client()
    for _ in range(5):
        answer = guess(browser, "tara")
    assert "Locked until 13:15." in answer.text  # the plant's clock, an hour before UTC
    with clock.set_to(NOON + timedelta(minutes=14, seconds=59)):
        assert guess(browser, "tara", PASSWORD).status_code == 422
    with clock.set_to(NOON + timedelta(minutes=15)):
        assert guess(browser, "tara", PASSWORD).status_code == 303


def test_ten_wrong_passwords_lock_until_a_supervisor_resets_it(
    people_app: Flask, at_desk: SignedIn, ids: dict[str, int]
) -> None:
    browser = people_app.test_client()
    for minute in range(0, 40, 4):
        with clock.set_to(NOON + timedelta(minutes=minute)):
            guess(browser, "tara")
    for minute in range(40, 80, 4):
        with clock.set_to(NOON + timedelta(minutes=minute)):
            answer = guess(browser, "tara")
    assert "A supervisor has to reset the lock" in answer.text
    with clock.set_to(NOON + timedelta(days=30)):
        assert guess(browser, "tara", PASSWORD).status_code == 422
        supervisor = at_desk("S")
        assert supervisor.post(f"/people/{ids['T']}/unlock").status_code == 303
        assert guess(browser, "tara", PASSWORD).status_code == 303


@pytest.mark.clause("21 CFR 11.300(d)")
def test_the_lock_of_the_password_counts_guesses_of_all_clients(people_app: Flask) -> None:
    for _ in range(5):
        answer = guess(people_app.test_client(), "tara")
    assert "Locked until" in answer.text
    assert guess(people_app.test_client(), "tara", PASSWORD).status_code == 422


def tablet_named(people_app: Flask, name: str) -> FlaskClient:
    """Return the browser of one more tablet of machining."""
    with people_app.app_context():
        with store.act("test:device:enrol"):
            enrolled = actions.enrol_device(3, NOON, DeviceEntry(name, 1, 10))
        browser = people_app.test_client()
        browser.set_cookie(sessions.DEVICE_COOKIE, enrolled.key)
    return browser


def wrong_pins(browser: FlaskClient, person_id: int, count: int) -> str:
    """Type wrong PINs and return what the last one was answered, each after the lock of the ones before."""
    said = ""
    for number in range(count):
        with clock.set_to(NOON + timedelta(minutes=16 * number)):
            said = browser.post(f"/sign-in/pin/{person_id}", data={"pin": "000111"}).text
    return said


def test_wrong_pins_on_a_tablet_close_neither_the_desk_nor_another_tablet(
    people_app: Flask, tablet: FlaskClient, ids: dict[str, int]
) -> None:
    wrong_pins(tablet, ids["D"], 9)
    with clock.set_to(NOON + timedelta(minutes=61)):
        said = tablet.post(f"/sign-in/pin/{ids['D']}", data={"pin": PIN}).text
    assert "Too many wrong PINs on this tablet. Locked until" in said
    assert tablet.post(f"/sign-in/pin/{ids['D']}", data={"pin": PIN}).status_code == 422
    assert guess(people_app.test_client(), "dana", PASSWORD).status_code == 303
    other = tablet_named(people_app, "T-05")
    assert other.post(f"/sign-in/pin/{ids['D']}", data={"pin": PIN}).status_code == 303


def test_a_right_pin_elsewhere_does_not_open_the_tablet_that_was_guessed_at(
    people_app: Flask, tablet: FlaskClient, ids: dict[str, int]
) -> None:
    wrong_pins(tablet, ids["D"], 5)
    other = tablet_named(people_app, "T-05")
    with clock.set_to(NOON + timedelta(minutes=65)):
        assert other.post(f"/sign-in/pin/{ids['D']}", data={"pin": PIN}).status_code == 303
        assert guess(people_app.test_client(), "dana", PASSWORD).status_code == 303
        answer = tablet.post(f"/sign-in/pin/{ids['D']}", data={"pin": PIN})
    assert "Too many wrong PINs on this tablet. Locked until" in answer.text


def test_wrong_passwords_close_no_tablet(people_app: Flask, tablet: FlaskClient, ids: dict[str, int]) -> None:
    for _ in range(5):
        guess(people_app.test_client(), "dana")
    assert tablet.post(f"/sign-in/pin/{ids['D']}", data={"pin": PIN}).status_code == 303


def test_who_guesses_from_tablet_to_tablet_is_stopped_on_all_of_them(
    people_app: Flask, tablet: FlaskClient, ids: dict[str, int]
) -> None:
    tablets = [tablet, *(tablet_named(people_app, f"T-1{number}") for number in range(5))]
    answers = [wrong_pins(each, ids["D"], 4) for each in tablets]
    assert ["Tries left" in answer for answer in answers] == [True] * 2 + [False] * 4
    assert "Tries left: 1." in answers[0]
    fresh = tablet_named(people_app, "T-20")
    answer = fresh.post(f"/sign-in/pin/{ids['D']}", data={"pin": PIN})
    assert "A supervisor has to reset the lock" in answer.text
    assert guess(people_app.test_client(), "dana", PASSWORD).status_code == 303


@pytest.mark.clause("21 CFR 11.300(d)")
def test_who_may_reset_locks_sees_on_home_who_is_locked_out(
    people_app: Flask, tablet: FlaskClient, at_desk: SignedIn, ids: dict[str, int], clock_at: ClockAt
) -> None:
    selma, otto = at_desk("S"), at_desk("O")
    for _ in range(4):
        tablet.post(f"/sign-in/pin/{ids['T']}", data={"pin": "000112"})
    assert "is locked out" not in selma.get("/").text
    tablet.post(f"/sign-in/pin/{ids['T']}", data={"pin": "000112"})
    page = selma.get("/").text
    assert "Tara Kowalski is locked out" in page
    assert "Wrong PINs on T-04 · until 13:15" in page
    assert f'href="/people/{ids["T"]}"' in page
    assert "is locked out" not in otto.get("/").text
    clock_at(NOON + timedelta(minutes=16))
    assert "is locked out" not in at_desk("S").get("/").text


def test_a_right_pin_and_a_reset_take_the_lock_from_home(
    people_app: Flask, tablet: FlaskClient, at_desk: SignedIn, ids: dict[str, int]
) -> None:
    selma = at_desk("S")
    for _ in range(5):
        tablet.post(f"/sign-in/pin/{ids['T']}", data={"pin": "000112"})
    with people_app.app_context(), store.looking_at():
        assert [each.tablet for each in queries.locked_people(NOON)] == ["T-04"]
    selma.post(f"/people/{ids['T']}/unlock")
    tablet.post(f"/sign-in/pin/{ids['T']}", data={"pin": "000112"})
    assert "is locked out" not in selma.get("/").text
    tablet.post(f"/sign-in/pin/{ids['T']}", data={"pin": PIN})
    with people_app.app_context(), store.looking_at():
        assert queries.locked_people(NOON) == []


def test_a_reset_opens_every_way(
    people_app: Flask, tablet: FlaskClient, at_desk: SignedIn, ids: dict[str, int]
) -> None:
    wrong_pins(tablet, ids["T"], 10)
    for _ in range(5):
        guess(people_app.test_client(), "tara")
    supervisor = at_desk("S")
    page = supervisor.get(f"/people/{ids['T']}").text
    assert "PIN on T-04" in page
    assert "Password at a desk" in page
    assert supervisor.post(f"/people/{ids['T']}/unlock").status_code == 303
    assert guess(people_app.test_client(), "tara", PASSWORD).status_code == 303
    assert tablet.post(f"/sign-in/pin/{ids['T']}", data={"pin": PIN}).status_code == 303


@pytest.mark.clause("21 CFR 11.300(d)")
def test_the_lock_outlives_the_process(people_app: Flask) -> None:
    for _ in range(5):
        guess(people_app.test_client(), "tara")
    again = create_app(Settings(instance=Path(people_app.extensions["techfloor"].settings.instance)))
    again.config["WTF_CSRF_ENABLED"] = False
    assert guess(again.test_client(), "tara", PASSWORD).status_code == 422
    with again.app_context():
        store.db.engine.dispose()


def test_of_many_guesses_at_one_moment_no_more_are_answered_than_the_lock_allows(people_app: Flask) -> None:
    """Twelve wrong guesses are under way before the first one is written down."""

    def one(_number: int) -> str:
        return guess(people_app.test_client(), "tara").text

    with ThreadPoolExecutor(12) as threads:
        answers = [
            future.result() for future in [threads.submit(copy_context().run, one, number) for number in range(12)]
        ]
    assert sum("Tries left" in answer for answer in answers) == 4
    with people_app.app_context(), store.looking_at() as session:
        assert session.scalar(select(func.count(SignInEvent.id))) == 5


def test_a_right_password_clears_the_count(people_app: Flask) -> None:
    for _ in range(3):
        for _ in range(4):
            guess(people_app.test_client(), "tara")
        assert guess(people_app.test_client(), "tara", PASSWORD).status_code == 303


def test_an_enrolled_tablet_shows_the_people_of_its_area_and_the_others_behind_one_tap(tablet: FlaskClient) -> None:
    page = tablet.get("/sign-in").text
    assert "Tara Kowalski" in page
    assert "Selma Brandt" in page
    assert "Otto Lindqvist" not in page
    assert "Somebody else" in page
    assert "Otto Lindqvist" in tablet.get("/sign-in/others").text


def test_a_tile_and_a_pin_sign_in_on_the_tablet(at_tablet: SignedIn) -> None:
    assert is_signed_in(at_tablet("T"))


def test_a_badge_leads_to_the_pin_of_its_owner(tablet: FlaskClient, ids: dict[str, int]) -> None:
    answer = tablet.post("/sign-in/badge", data={"badge": "b-o\r"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/sign-in/pin/{ids['O']}"


def test_a_badge_scanned_outside_of_any_box_leads_there_too(tablet: FlaskClient, ids: dict[str, int]) -> None:
    answer = tablet.get("/sign-in?next=/e/B-O")
    assert answer.headers["Location"] == f"/sign-in/pin/{ids['O']}"


def test_an_unknown_badge_says_so(tablet: FlaskClient) -> None:
    answer = tablet.post("/sign-in/badge", data={"badge": "B-999"})
    assert answer.status_code == 422
    assert "not known here" in answer.text


def test_badge_and_pin_on_one_page_sign_in(tablet: FlaskClient) -> None:
    assert tablet.post("/sign-in", data={"who": "B-T", "pin": PIN}).status_code == 303
    assert is_signed_in(tablet)


@pytest.mark.clause("21 CFR 11.10(h)")
def test_a_password_opens_nothing_on_a_tablet_and_a_pin_nothing_off_it(
    people_app: Flask, tablet: FlaskClient, ids: dict[str, int]
) -> None:
    assert tablet.post(f"/sign-in/pin/{ids['T']}", data={"pin": PASSWORD}).status_code == 422
    assert guess(people_app.test_client(), "tara", PIN).status_code == 422
    stranger = people_app.test_client()
    assert stranger.post(f"/sign-in/pin/{ids['T']}", data={"pin": PIN}).headers["Location"] == "/sign-in"
    assert not is_signed_in(stranger)


@pytest.mark.parametrize("path", ["/sign-in/pin/999", "/sign-in/pin/x", "/sign-in/pin/-1"])
def test_the_pin_page_of_nobody_is_not_found(tablet: FlaskClient, path: str) -> None:
    assert tablet.get(path).status_code == 404
    assert tablet.post(path, data={"pin": PIN}).status_code in {404, 422}


@pytest.mark.parametrize("path", ["/sign-in/switch", "/sign-out", "/sign-in/lock", "/sign-in/badge", "/display"])
def test_what_changes_something_is_no_get(at_desk: SignedIn, path: str) -> None:
    assert at_desk("T").get(path).status_code == 405


def test_a_copied_cookie_is_dead_after_sign_out(people_app: Flask, at_desk: SignedIn) -> None:
    browser, thief = at_desk("T"), people_app.test_client()
    thief.set_cookie(sessions.SESSION_COOKIE, token_of(browser))
    assert is_signed_in(thief)
    browser.post("/sign-out")
    assert not is_signed_in(thief)


@pytest.mark.clause("21 CFR 11.10(h)")
def test_a_tablets_cookie_is_dead_without_the_tablet(people_app: Flask, at_tablet: SignedIn) -> None:
    thief = people_app.test_client()
    thief.set_cookie(sessions.SESSION_COOKIE, token_of(at_tablet("T")))
    assert not is_signed_in(thief)


def test_the_token_is_new_at_each_sign_in_and_the_old_one_dies(people_app: Flask, at_desk: SignedIn) -> None:
    browser = at_desk("T")
    former = token_of(browser)
    guess(browser, "tara", PASSWORD)
    assert token_of(browser) not in {"", former}
    thief = people_app.test_client()
    thief.set_cookie(sessions.SESSION_COOKIE, former)
    assert not is_signed_in(thief)


def test_a_token_planted_before_sign_in_is_not_taken_over(people_app: Flask) -> None:
    browser = people_app.test_client()
    browser.set_cookie(sessions.SESSION_COOKIE, "planted")
    guess(browser, "tara", PASSWORD)
    assert token_of(browser) != "planted"


def test_the_database_holds_no_token(people_app: Flask, at_desk: SignedIn) -> None:
    token = token_of(at_desk("T"))
    with people_app.app_context(), store.looking_at() as session:
        assert session.scalar(select(LoginSession.token_hash)) == sessions.token_hash(token) != token


def test_the_cookies_are_out_of_reach_of_scripts_and_other_sites(people_app: Flask) -> None:
    answer = guess(people_app.test_client(), "tara", PASSWORD)
    [cookie] = [value for value in answer.headers.getlist("Set-Cookie") if value.startswith("techfloor_session")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires" not in cookie


@pytest.mark.parametrize("end", ["person", "device", "session"])
def test_a_session_ends_with_its_person_its_device_or_by_itself_within_one_request(
    people_app: Flask, at_tablet: SignedIn, ids: dict[str, int], end: str
) -> None:
    browser = at_tablet("T")
    with people_app.app_context(), store.act("test:session:end"):
        statement = {
            "person": update(Person).where(Person.id == ids["T"]).values(active=False),
            "device": update(Device).values(revoked_at=NOON),
            "session": update(LoginSession).values(ended_at=NOON),
        }[end]
        store.db.session.execute(statement)
    assert not is_signed_in(browser)


def test_a_session_ends_when_it_is_idle_for_longer_than_its_device_says(at_tablet: SignedIn) -> None:
    browser = at_tablet("T")
    with clock.set_to(NOON + timedelta(minutes=10)):
        assert is_signed_in(browser)
    with clock.set_to(NOON + timedelta(minutes=20, seconds=1)):
        assert not is_signed_in(browser)


def test_away_from_tablets_the_profile_says_how_long(at_desk: SignedIn) -> None:
    browser = at_desk("T")
    with clock.set_to(NOON + timedelta(minutes=15)):
        assert is_signed_in(browser)
    with clock.set_to(NOON + timedelta(minutes=30, seconds=1)):
        assert not is_signed_in(browser)


def test_a_session_in_use_ends_after_a_long_shift_all_the_same(at_desk: SignedIn) -> None:
    browser = at_desk("T")
    for minute in range(10, 14 * 60, 10):
        with clock.set_to(NOON + timedelta(minutes=minute)):
            assert is_signed_in(browser)
    with clock.set_to(NOON + timedelta(hours=14, seconds=1)):
        assert not is_signed_in(browser)


def test_a_session_is_touched_once_a_minute_at_most(people_app: Flask, at_desk: SignedIn) -> None:
    browser = at_desk("T")

    def seen_after(seconds: int) -> float:
        with clock.set_to(NOON + timedelta(seconds=seconds)):
            browser.get("/me")
        with people_app.app_context(), store.looking_at() as session:
            return (session.scalars(select(LoginSession.seen_at)).one() - NOON).total_seconds()

    assert seen_after(59) == 0
    assert seen_after(60) == 60
    assert seen_after(119) == 60


@pytest.mark.parametrize("where", ["desk", "tablet", "tablet, nobody"])
def test_who_asks_is_found_with_two_statements_at_most(
    people_app: Flask, at_desk: SignedIn, at_tablet: SignedIn, tablet: FlaskClient, where: str
) -> None:
    cookies = {} if where == "desk" else {sessions.DEVICE_COOKIE: TABLET_KEY}
    if where != "tablet, nobody":
        browser = at_desk("T") if where == "desk" else at_tablet("T")
        cookies[sessions.SESSION_COOKIE] = token_of(browser)
    statements: list[str] = []
    house = people_app.extensions["techfloor"]
    with people_app.test_request_context(), store.looking_at() as session:
        plant = house.plant_notice.read(session)
        event.listen(store.db.engine, "before_cursor_execute", lambda *said: statements.append(said[2]))
        found = sessions.find_caller(session, cookies, plant, house.permission_roles, NOON)
    assert len(statements) <= 2
    assert (found.visitor is not None) == (where != "tablet, nobody")
    assert (found.device is not None) == (where != "desk")


def test_switching_user_ends_the_session_and_asks_who_is_here(at_tablet: SignedIn) -> None:
    browser = at_tablet("T")
    answer = browser.post("/sign-in/switch")
    assert answer.headers["Location"] == "/sign-in"
    assert not is_signed_in(browser)
    assert browser.get("/me").headers["Cache-Control"] == "no-store"


def lock_on(browser: FlaskClient, page: str) -> str:
    """Let the idle lock fall while `page` is open; return where it leads."""
    answer = browser.post("/sign-in/lock", headers={"Referer": f"http://localhost{page}"})
    return answer.headers["Location"]


def test_after_an_idle_lock_the_owner_comes_back_to_the_same_page(at_tablet: SignedIn, ids: dict[str, int]) -> None:
    browser = at_tablet("T")
    assert lock_on(browser, "/me/pin") == f"/sign-in/pin/{ids['T']}?next=%2Fme%2Fpin"
    assert not is_signed_in(browser)
    answer = browser.post(f"/sign-in/pin/{ids['T']}", data={"pin": PIN, "next": "/me/pin"})
    assert answer.headers["Location"] == "/me/pin"


def test_after_an_idle_lock_somebody_else_comes_to_the_home_page(at_tablet: SignedIn, ids: dict[str, int]) -> None:
    browser = at_tablet("T")
    lock_on(browser, "/me/pin")
    answer = browser.post(f"/sign-in/pin/{ids['S']}", data={"pin": PIN, "next": "/me/pin"})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize(
    "target",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "/\\elsewhere.example",
        "\\\\elsewhere.example",
        "/\t/elsewhere.example",
        "http:/elsewhere.example",
        "javascript:alert(1)",
        " //elsewhere.example",
        "/sign-in",
        "/sign-out",
        "/no/such/page",
        "me",
        "",
    ],
)
def test_no_way_leads_out_of_the_house(people_app: Flask, target: str) -> None:
    browser = people_app.test_client()
    data = {"user_name": "tara", "password": PASSWORD, "next": target}
    assert browser.post("/sign-in", data=data).headers["Location"] == "/"


def test_a_page_of_the_house_is_gone_on_to(people_app: Flask) -> None:
    browser = people_app.test_client()
    answer = browser.post("/sign-in", data={"user_name": "tara", "password": PASSWORD, "next": "/me?x=1"})
    assert answer.headers["Location"] == "/me?x=1"
    with people_app.test_request_context():
        assert local_page("/me/sessions/3/end") == "/"  # a way that only takes what is sent


def test_who_is_signed_in_already_is_led_on(at_desk: SignedIn) -> None:
    assert at_desk("T").get("/sign-in?next=/me").headers["Location"] == "/me"


def test_a_form_whose_session_is_over_keeps_what_was_typed_through_signing_in(
    people_app: Flask, at_desk: SignedIn, ids: dict[str, int]
) -> None:
    browser = at_desk("D")
    kept: list[tuple[int, str, dict[str, str]]] = []
    people_app.extensions["techfloor"].keep_draft = lambda *said: kept.append(said)
    typed = {"name": "Nora Lund", "user_name": "nora", "roles": "technician"}
    with clock.set_to(NOON + timedelta(hours=2)):
        answer = browser.post("/people/new", data=typed, headers={"Referer": "http://localhost/people/new"})
        assert answer.status_code == 401
        assert 'name="kept.name" value="Nora Lund"' in answer.text
        hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', answer.text))
        on = browser.post("/sign-in", data={**hidden, "user_name": "dana", "password": PASSWORD})
    assert on.headers["Location"] == "/people/new"
    assert kept == [(ids["D"], "/people/new", typed)]


def test_another_persons_entry_is_not_kept_for_who_signs_in_on_the_form(people_app: Flask, at_desk: SignedIn) -> None:
    browser = at_desk("D")
    kept: list[object] = []
    people_app.extensions["techfloor"].keep_draft = lambda *said: kept.append(said)
    with clock.set_to(NOON + timedelta(hours=2)):
        data = {"user_name": "selma", "password": PASSWORD, "next": "/people/", "kept.name": "Nora"}
        assert browser.post("/sign-in", data=data).headers["Location"] == "/"
    assert kept == []


def test_a_secret_is_never_put_into_the_page(at_desk: SignedIn) -> None:
    browser = at_desk("T")
    with clock.set_to(NOON + timedelta(hours=2)):
        data = {"secret": PASSWORD, "pin": "918273", "pin_again": "918273", "spindle_speed": "1200"}
        answer = browser.post("/me/pin", data=data, headers={"Referer": "http://localhost/me/pin"})
    assert answer.status_code == 401
    assert "918273" not in answer.text
    assert PASSWORD not in answer.text
    assert "kept.spindle_speed" in answer.text


def test_a_form_of_the_person_before_opens_nothing_after_a_switch(people_app: Flask, tablet: FlaskClient) -> None:
    people_app.config["WTF_CSRF_ENABLED"] = True

    def token() -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', tablet.get("/sign-in/others").text)
        assert found
        return found[1]

    tablet.post("/sign-in", data={"who": "tara", "pin": PIN, "csrf_token": token()})
    page = tablet.get("/me")
    found = re.search(r'name="csrf-token" content="([^"]+)"', page.text)
    assert found
    taras = found[1]
    tablet.post("/sign-in/switch", data={"csrf_token": taras})
    tablet.post("/sign-in", data={"who": "selma", "pin": PIN, "csrf_token": token()})
    assert "Selma Brandt" in tablet.get("/me").text
    tablet.post("/sign-out", data={"csrf_token": taras})
    assert is_signed_in(tablet)


@pytest.mark.clause("21 CFR 11.300(d)")
def test_every_try_is_an_act_of_the_trail(people_app: Flask) -> None:
    browser = people_app.test_client()
    guess(browser, "tara")
    guess(browser, "tara", PASSWORD)
    with people_app.app_context(), store.looking_at() as session:
        bodies = session.scalars(select(ActRow.body).order_by(ActRow.seq.desc()).limit(2))
        said = [json.loads(body)["action"] for body in bodies]
    assert said == ["people:sign-in:right", "people:sign-in:wrong"]


def test_the_cast_is_whole(ids: dict[str, int]) -> None:
    assert [user_name(key) for key in ids] == ["tara", "otto", "selma", "ivo", "quinn", "amal", "dana"]


@pytest.mark.parametrize("who", ["tara", "nobody", "otto"])
def test_every_try_costs_one_comparison_whoever_is_claimed(
    people_app: Flask, ids: dict[str, int], monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    """Otto has left: a missing comparison would tell by the time it saves that a name is not in use."""
    with people_app.app_context(), store.act("test:person:leave"):
        actions.deactivate(ids["D"], NOON, ids["O"])
    compared: list[str] = []
    real = secrets.fits

    def watched(stored: str, text: str) -> bool:
        compared.append(who)
        return real(stored, text)

    monkeypatch.setattr(tries, "fits", watched)
    guess(people_app.test_client(), who)
    assert compared == [who]
