"""Who was given which role when, and what became of devices and settings: read by auditors, signed by nobody."""

import argparse
import getpass
import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from plant_client import Post, SignedInAs, read_forms
from sqlalchemy import select

from techfloor import clock
from techfloor.cli import unlock
from techfloor.cli.steps import StepError
from techfloor.people.models import Device, Person
from techfloor.settings import Settings
from techfloor.store import db

pytestmark = pytest.mark.pages


def id_of(app: Flask, user_name: str) -> int:
    """Return the id of a person."""
    with app.app_context():
        return db.session.scalars(select(Person.id).where(Person.user_name == user_name)).one()


def lines(html: str) -> list[str]:
    """Return the lines of a timeline, their words alone."""
    found = re.findall(r"<li>(.*?)</li>", html[html.index('<ol class="timeline">') :], re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", line).split()) for line in found]


def give_role(as_: SignedInAs, post: Post, person_id: int) -> None:
    """Let Otto be a supervisor from now on."""
    typed = {"name": "Otto Lindqvist", "initials": "OL", "area_id": "", "roles": ["supervisor"]}
    answer = post(as_("D"), f"/people/{person_id}/edit", typed)  # type: ignore[arg-type]
    assert answer.status_code == 303, answer.text


def test_an_auditor_reads_who_was_given_which_role_by_whom(as_: SignedInAs, app: Flask, post: Post) -> None:
    otto = id_of(app, "otto")
    give_role(as_, post, otto)
    newest = lines(as_("A").get(f"/trail/people/{otto}").text)[0]
    assert "Person changed" in newest
    assert "Role given: Supervisor" in newest
    assert "Role taken: Technician" in newest
    assert "Area from Assembly and test to –" in newest
    assert "18 Nov 2026 14:38 · Dana Weiss" in newest


def test_the_page_of_all_people_says_whose_role_it_was(as_: SignedInAs, app: Flask, post: Post) -> None:
    give_role(as_, post, id_of(app, "otto"))
    assert "Otto Lindqvist: Role given: Supervisor" in lines(as_("A").get("/trail/people").text)[0]


def test_what_happened_to_one_person_is_told_on_no_other_persons_page(as_: SignedInAs, app: Flask, post: Post) -> None:
    give_role(as_, post, id_of(app, "otto"))
    assert not any("Person changed" in line for line in lines(as_("A").get(f"/trail/people/{id_of(app, 'tara')}").text))


def test_a_reset_secret_is_told_without_anything_of_it(as_: SignedInAs, app: Flask, post: Post) -> None:
    otto = id_of(app, "otto")
    code = re.search(r"\b\d{4} \d{4}\b", post(as_("D"), f"/people/{otto}/code").text)
    html = as_("A").get(f"/trail/people/{otto}").text
    assert "Secrets reset, one-time code given" in html
    assert code
    assert code[0].replace(" ", "") not in html
    assert "sha256" not in html


def test_a_changed_device_says_what_it_was_before(as_: SignedInAs, app: Flask, post: Post) -> None:
    with app.app_context():
        device = db.session.scalars(select(Device).order_by(Device.id)).first()
        assert device
        key, name, area = device.id, device.name, str(device.area_id)
    post(as_("S"), f"/devices/{key}", {"name": f"{name}-B", "area_id": area, "idle_minutes": "5"})
    newest = lines(as_("A").get(f"/trail/devices/{key}").text)[0]
    assert f"Name from {name} to {name}-B" in newest
    assert "Selma Brandt" in newest


def test_a_changed_setting_says_from_what_to_what_and_why(as_: SignedInAs, post: Post) -> None:
    typed = {"name": "Plant South", "zone": "Europe/Berlin", "address": "", "language": "en", "units": "metric"}
    answer = post(as_("D"), "/settings/plant", {**typed, "reason": "moved house"})
    assert answer.status_code == 303, re.findall(r'error-text".*?</p>', answer.text, re.DOTALL)
    newest = lines(as_("A").get("/trail/settings").text)[0]
    assert "Name from Plant North to Plant South" in newest
    assert "moved house" in newest


@pytest.mark.parametrize("page", ["people", "people/1", "devices", "devices/1", "settings"])
@pytest.mark.parametrize(("who", "status"), [("A", 200), ("Q", 200), ("D", 200), ("T", 403), ("S", 403), ("I", 403)])
def test_the_trail_of_the_house_is_read_by_those_who_check(as_: SignedInAs, page: str, who: str, status: int) -> None:
    assert as_(who).get(f"/trail/{page}").status_code == status


@pytest.mark.parametrize("page", ["people/999", "devices/999"])
def test_nobody_and_nothing_has_that_number(as_: SignedInAs, page: str) -> None:
    assert as_("A").get(f"/trail/{page}").status_code == 404


@pytest.mark.parametrize("page", ["/people/", "/people/1", "/devices", "/settings"])
def test_its_pages_lead_to_the_trail_those_who_may_read_it(as_: SignedInAs, page: str) -> None:
    assert 'href="/trail/' in as_("A").get(page).text
    assert 'href="/trail/' not in as_("S").get(page).text


def wrong(app: Flask, user_name: str, count: int, at: datetime) -> None:
    """Type so many wrong passwords as somebody, a minute apart, as the sign-in page does."""
    browser = app.test_client()
    for minute in range(count):
        with clock.set_to(at + timedelta(minutes=minute)):
            typed = {**read_forms(browser.get("/sign-in").text)[0].hidden, "user_name": user_name, "password": "no"}
            browser.post("/sign-in", data=typed)


@pytest.mark.clause("21 CFR 11.300(d)")
def test_wrong_passwords_locks_and_who_took_them_off_stay_on_the_page_of_the_person(
    app: Flask, as_: SignedInAs, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    otto, selma, amal = id_of(app, "otto"), as_("S"), as_("A")
    now = clock.now()
    wrong(app, "otto", 5, now - timedelta(hours=2))
    assert selma.submit(f"/people/{otto}/unlock", page=f"/people/{otto}").status_code == 303
    told = lines(amal.get(f"/trail/people/{otto}").text)
    assert told[0].startswith("Lock reset")
    assert told[0].endswith("Selma Brandt")
    assert told[1].startswith("5 wrong passwords since 18 Nov 2026 12:38 · locked for 15 minutes 18 Nov 2026 12:42")
    assert not any("wrong" in line for line in lines(amal.get(f"/trail/people/{id_of(app, 'tara')}").text))
    assert "Lock reset Otto Lindqvist" in lines(amal.get("/trail/people").text)[0]

    monkeypatch.setattr(unlock, "instance_settings", lambda _args: settings)
    monkeypatch.setattr(getpass, "getuser", lambda: "wheel")
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    assert unlock.run(argparse.Namespace(user_name="otto", code=False)) == 0
    told = lines(amal.get(f"/trail/people/{otto}").text)
    assert "Lock reset By the command, as: wheel" in told[0]
    assert "The system" in told[0]


@pytest.mark.clause("21 CFR 11.300(b)")
def test_who_knows_no_secret_any_more_is_let_in_from_the_machine(
    app: Flask,
    as_: SignedInAs,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    dana = as_("D")
    person = id_of(app, "dana")
    monkeypatch.setattr(unlock, "instance_settings", lambda _args: settings)
    monkeypatch.setattr(getpass, "getuser", lambda: "wheel")
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    assert unlock.run(argparse.Namespace(user_name="dana", code=True)) == 0
    code = capsys.readouterr().out.strip().rpartition(": ")[2]
    assert "/sign-in" in dana.get("/people/").location, "the sessions there were end with the secrets"
    browser = app.test_client()
    hidden = read_forms(browser.get("/sign-in").text)[0].hidden
    answer = browser.post("/sign-in", data={**hidden, "user_name": "dana", "password": code})
    assert (answer.status_code, answer.location) == (303, "/me/secret?next=/")
    assert any("By the command, as: wheel" in line for line in lines(as_("A").get(f"/trail/people/{person}").text))
    with pytest.raises(StepError, match="no person with the user name nobody"):
        unlock.run(argparse.Namespace(user_name="nobody", code=True))
