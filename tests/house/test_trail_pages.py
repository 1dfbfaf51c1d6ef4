"""Who was given which role when, and what became of devices and settings: read by auditors, signed by nobody."""

import re

import pytest
from flask import Flask
from plant_client import Post, SignedInAs
from sqlalchemy import select

from techfloor.people.models import Device, Person
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
