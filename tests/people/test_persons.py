"""Administration: each page does its work, refuses strangers, unknown ids and the wrong verb."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from techfloor import clock, store
from techfloor.people import actions, sessions
from techfloor.people.models import Person, SignInEvent
from techfloor.people.secrets import CODE_LIVES
from techfloor.refusals import Refusal
from techfloor.store.trail import ActRow, ChangeRow

from .conftest import NOON, PASSWORD, SignedIn

NORA = {"name": "Nora Lund", "user_name": "nora", "initials": "", "area_id": "1", "roles": ["technician"]}

PAGES = [
    ("/people/", "SIQAD"),
    ("/people/1", "SIQAD"),
    ("/people/new", "D"),
    ("/people/1/edit", "D"),
    ("/people/1/code", "SD"),
]
ACTS = [
    ("/people/new", "D"),
    ("/people/1/edit", "D"),
    ("/people/1/badge", "D"),
    ("/people/1/deactivate", "D"),
    ("/people/1/reactivate", "D"),
    ("/people/1/code", "SD"),
    ("/people/1/unlock", "SD"),
]


@pytest.mark.parametrize("path", [path for path, _who in PAGES])
def test_a_stranger_is_asked_to_sign_in(people_app: Flask, path: str) -> None:
    answer = people_app.test_client().get(path)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in?next=")


@pytest.mark.parametrize(("path", "who"), PAGES)
def test_a_page_opens_for_the_roles_it_is_for(at_desk: SignedIn, path: str, who: str) -> None:
    opened = {key: at_desk(key).get(path).status_code for key in "TSQAD"}
    assert opened == {key: 200 if key in who else 403 for key in "TSQAD"}


@pytest.mark.clause("21 CFR 11.10(g)")
@pytest.mark.parametrize(("path", "who"), ACTS)
def test_an_act_is_refused_to_everybody_else(at_desk: SignedIn, path: str, who: str) -> None:
    assert {key: at_desk(key).post(path).status_code for key in "TQA"} == dict.fromkeys("TQA", 403)
    assert (at_desk("S").post(path).status_code == 403) == ("S" not in who)


@pytest.mark.parametrize("path", [path.replace("/1", "/999") for path, _who in (*PAGES, *ACTS) if "/1" in path])
def test_nobody_has_that_number(at_desk: SignedIn, path: str) -> None:
    browser = at_desk("D")
    assert {browser.get(path).status_code, browser.post(path).status_code} <= {404, 405}


@pytest.mark.parametrize(
    "path", ["/people/1/unlock", "/people/1/deactivate", "/people/1/reactivate", "/people/1/badge"]
)
def test_what_changes_something_is_no_get(at_desk: SignedIn, path: str) -> None:
    assert at_desk("D").get(path).status_code == 405


def add(browser: FlaskClient, **other: object) -> str:
    """Add Nora, or somebody like her; return where it leads."""
    answer = browser.post("/people/new", data={**NORA, **other})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_an_administrator_adds_a_person_with_initials_made_from_the_name(at_desk: SignedIn) -> None:
    browser = at_desk("D")
    page = browser.get(add(browser, name="Tom Kidd", user_name="Tom")).text
    assert "Tom Kidd" in page
    assert "TKI" in page  # TK is Tara's
    assert "Machining" in page


@pytest.mark.clause("21 CFR 11.100(a)", "21 CFR 11.300(a)")
def test_a_user_name_is_never_given_again(people_app: Flask, at_desk: SignedIn, ids: dict[str, int]) -> None:
    browser = at_desk("D")
    browser.post(f"/people/{ids['O']}/deactivate")
    answer = browser.post("/people/new", data={**NORA, "user_name": "OTTO"})
    assert answer.status_code == 422
    assert "taken" in answer.text
    assert 'value="Nora Lund"' in answer.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"user_name": "n"},
        {"roles": []},
        {"roles": ["king"]},
        {"area_id": "99"},
        {"area_id": "x"},
        {"initials": "TOOLONG"},
        {"initials": "TK"},
    ],
)
def test_a_person_half_filled_in_is_refused_beside_the_field(
    people_app: Flask, at_desk: SignedIn, wrong: dict[str, object]
) -> None:
    answer = at_desk("D").post("/people/new", data={**NORA, **wrong})
    assert answer.status_code == 422
    assert "There is a problem" in answer.text


def test_a_person_sent_twice_is_added_once(people_app: Flask, at_desk: SignedIn) -> None:
    browser = at_desk("D")
    key = "0" * 31 + "a"
    assert add(browser, entry_key=key) == add(browser, entry_key=key)
    with people_app.app_context(), store.looking_at() as session:
        assert len(session.scalars(select(Person).where(Person.user_name == "nora")).all()) == 1


def edit(browser: FlaskClient, person_id: int, roles: list[str], **other: str) -> int:
    """Change a person's roles; return the status."""
    data = {"name": "Tara Kowalski", "initials": "TK", "area_id": "1", "roles": roles, **other}
    return browser.post(f"/people/{person_id}/edit", data=data).status_code


def test_with_other_roles_a_person_signs_in_again(people_app: Flask, at_desk: SignedIn, ids: dict[str, int]) -> None:
    tara = at_desk("T")
    assert edit(at_desk("D"), ids["T"], ["technician", "quality"]) == 303
    assert tara.get("/me").status_code == 303
    assert at_desk("T").get("/people/").status_code == 200


def test_with_the_same_roles_a_person_stays_signed_in(at_desk: SignedIn, ids: dict[str, int]) -> None:
    tara = at_desk("T")
    assert edit(at_desk("D"), ids["T"], ["technician"], area_id="2") == 303
    assert tara.get("/me").status_code == 200


def test_an_administrator_with_other_roles_gets_a_new_token(
    people_app: Flask, at_desk: SignedIn, ids: dict[str, int]
) -> None:
    browser = at_desk("D")
    cookie = browser.get_cookie(sessions.SESSION_COOKIE)
    assert cookie
    answer = edit(browser, ids["D"], ["administrator", "quality"], name="Dana Weiss", initials="DW")
    assert answer == 303
    assert browser.get("/me").status_code == 200
    thief = people_app.test_client()
    thief.set_cookie(sessions.SESSION_COOKIE, cookie.value)
    assert thief.get("/me").status_code == 303


def test_the_last_administrator_stays_one(at_desk: SignedIn, ids: dict[str, int]) -> None:
    browser = at_desk("D")
    assert edit(browser, ids["D"], ["quality"], name="Dana Weiss", initials="DW") == 422
    assert browser.post(f"/people/{ids['D']}/deactivate").status_code == 422
    assert browser.get("/people/new").status_code == 200


@pytest.mark.clause("21 CFR 11.10(d)")
def test_a_person_who_left_is_signed_out_at_once_and_may_come_back(at_desk: SignedIn, ids: dict[str, int]) -> None:
    tara, dana = at_desk("T"), at_desk("D")
    dana.post(f"/people/{ids['T']}/deactivate")
    assert tara.get("/me").status_code == 303
    assert "Tara Kowalski" not in dana.get("/people/").text
    assert "Tara Kowalski" in dana.get("/people/?show=left").text
    dana.post(f"/people/{ids['T']}/reactivate")
    assert at_desk("T").get("/me").status_code == 200


def code_for(browser: FlaskClient, person_id: int) -> str:
    """Give a person a one-time code and return it as the page shows it."""
    answer = browser.post(f"/people/{person_id}/code")
    assert answer.status_code == 200, answer.text
    found = re.search(r">(\d{4} \d{4})<", answer.text)
    assert found
    return found[1]


@pytest.mark.clause("21 CFR 11.200(a)(3)")
def test_a_one_time_code_opens_only_the_page_where_its_owner_sets_a_secret(
    people_app: Flask, at_desk: SignedIn, ids: dict[str, int]
) -> None:
    code, browser = code_for(at_desk("S"), ids["T"]), people_app.test_client()
    assert browser.post("/sign-in", data={"user_name": "tara", "password": PASSWORD}).status_code == 422
    answer = browser.post("/sign-in", data={"user_name": "tara", "password": code, "next": "/me"})
    assert answer.headers["Location"].startswith("/me/secret")
    for path in ("/", "/me", "/me/pin"):
        assert browser.get(path).headers["Location"] == "/me/secret"
    own = {
        "password": "green vice at dawn",
        "password_again": "green vice at dawn",
        "pin": "804517",
        "pin_again": "804517",
    }
    assert browser.post("/me/secret", data={**own, "next": "/me"}).headers["Location"] == "/me"
    assert browser.get("/me").status_code == 200
    again = people_app.test_client()
    assert again.post("/sign-in", data={"user_name": "tara", "password": code}).status_code == 422
    assert again.post("/sign-in", data={"user_name": "tara", "password": "green vice at dawn"}).status_code == 303


def test_a_technician_sets_the_pin_on_the_tablet_and_the_password_later(
    tablet: FlaskClient, at_desk: SignedIn, ids: dict[str, int]
) -> None:
    code = code_for(at_desk("S"), ids["T"])
    assert tablet.post(f"/sign-in/pin/{ids['T']}", data={"pin": code}).status_code == 303
    assert tablet.post("/me/secret", data={"pin": "804517", "pin_again": "804517"}).status_code == 303
    tablet.post("/sign-in/switch")
    assert tablet.post(f"/sign-in/pin/{ids['T']}", data={"pin": "804517"}).status_code == 303


@pytest.mark.parametrize(
    "wrong",
    [
        {"pin": "123456", "pin_again": "123456"},
        {"pin_again": "804518"},
        {"password": "short", "password_again": "short"},
        {"password": "", "password_again": ""},
        {"password_again": "another one"},
    ],
)
def test_secrets_that_will_not_do_are_asked_again_and_not_shown(
    people_app: Flask, at_desk: SignedIn, ids: dict[str, int], wrong: dict[str, str]
) -> None:
    browser = people_app.test_client()
    browser.post("/sign-in", data={"user_name": "tara", "password": code_for(at_desk("S"), ids["T"])})
    own = {
        "password": "green vice at dawn",
        "password_again": "green vice at dawn",
        "pin": "804517",
        "pin_again": "804517",
    }
    answer = browser.post("/me/secret", data={**own, **wrong})
    assert answer.status_code == 422
    assert "804517" not in answer.text
    assert "green vice" not in answer.text
    assert browser.get("/me").headers["Location"] == "/me/secret"


def test_a_one_time_code_grows_old(people_app: Flask, at_desk: SignedIn, ids: dict[str, int]) -> None:
    code = code_for(at_desk("S"), ids["T"])
    with clock.set_to(NOON + CODE_LIVES):
        answer = people_app.test_client().post("/sign-in", data={"user_name": "tara", "password": code})
    assert answer.status_code == 422


def test_a_code_resets_the_lock(people_app: Flask, at_desk: SignedIn, ids: dict[str, int]) -> None:
    browser = people_app.test_client()
    for _ in range(5):
        browser.post("/sign-in", data={"user_name": "tara", "password": "wrong"})
    code = code_for(at_desk("S"), ids["T"])
    assert browser.post("/sign-in", data={"user_name": "tara", "password": code}).status_code == 303


def test_a_supervisor_gives_codes_to_technicians_only(at_desk: SignedIn, ids: dict[str, int]) -> None:
    supervisor = at_desk("S")
    for key in "SQD":
        answer = supervisor.post(f"/people/{ids[key]}/code")
        assert answer.status_code == 422
        assert "may not reset" in answer.text


def test_nobody_resets_their_own_lock(at_desk: SignedIn, ids: dict[str, int]) -> None:
    assert at_desk("S").post(f"/people/{ids['S']}/unlock").status_code == 422


@pytest.mark.clause("21 CFR 11.200(a)(3)")
def test_a_reset_stands_in_the_trail_with_who_gave_it_and_without_the_code(
    people_app: Flask, at_desk: SignedIn, ids: dict[str, int]
) -> None:
    code = code_for(at_desk("S"), ids["T"]).replace(" ", "")
    with people_app.app_context(), store.looking_at() as session:
        act = session.scalars(select(ActRow).order_by(ActRow.seq.desc()).limit(1)).one()
        changes = "".join(session.scalars(select(ChangeRow.body).where(ChangeRow.act == act.id)))
    assert '"action":"people:secret:reset"' in act.body
    assert f'"actor":{ids["S"]}' in act.body
    assert code not in changes
    assert "argon2" not in changes


@pytest.mark.clause("21 CFR 11.300(a)", "21 CFR 11.300(c)")
def test_a_badge_belongs_to_one_person_and_is_taken_away_by_an_empty_one(
    tablet: FlaskClient, at_desk: SignedIn, ids: dict[str, int]
) -> None:
    dana = at_desk("D")
    path = f"/people/{ids['T']}/badge"
    assert dana.post(path, data={"badge": "B-O"}).status_code == 422
    assert dana.post(path, data={"badge": "N-77"}).status_code == 303
    assert tablet.post("/sign-in/badge", data={"badge": "n-77"}).status_code == 303
    assert tablet.post("/sign-in/badge", data={"badge": "B-T"}).status_code == 422
    dana.post(path, data={"badge": ""})
    assert tablet.post("/sign-in/badge", data={"badge": "n-77"}).status_code == 422


def test_the_list_finds_a_part_of_a_name_and_pages_by_key(people_app: Flask, at_desk: SignedIn) -> None:
    with people_app.app_context(), store.act("test:person:many"):
        for number in range(120):
            person = Person(
                user_name=f"p{number}", name=f"Person {number:03d}", initials=f"P{number}", active=True, created_at=NOON
            )
            store.db.session.add(person)
    browser = at_desk("A")
    first = browser.get("/people/?q=PERSON").text
    assert first.count("Person ") >= 100
    assert "Tara" not in first
    older = re.search(r'href="(/people/\?[^"]*at=[^"]+)"', first)
    assert older
    second = browser.get(older[1].replace("&amp;", "&")).text
    assert "Person 119" in second
    assert "Person 099" not in second
    assert "Nobody is found" in browser.get("/people/?q=%25").text


def test_a_name_is_shown_as_text(at_desk: SignedIn) -> None:
    browser = at_desk("D")
    page = browser.get(add(browser, name="<b>Nora</b> & Co")).text
    assert "<b>Nora" not in page
    assert "&lt;b&gt;Nora" in page


def test_a_lock_is_cleared_from_outside_the_pages(people_app: Flask, ids: dict[str, int]) -> None:
    with people_app.app_context():
        with store.act("test:lock:reset"):
            actions.clear_lock(None, NOON, ids["D"])
        with pytest.raises(Refusal), store.act("test:lock:reset"):
            actions.clear_lock(ids["D"], NOON, ids["D"])
        with store.looking_at() as session:
            assert session.scalar(select(SignInEvent.outcome)) == "cleared"
