"""Standards and people from a sheet, under the rules of their pages."""

import re
from datetime import date

import pytest
from flask import Flask

from imports.conftest import Desk, runs
from imports.sheets import csv_of
from techfloor.equipment import queries
from techfloor.people import actions
from techfloor.people.models import Person, Secret
from techfloor.store import db

STANDARD = ("Code", "Name", "Quantity", "Unit", "Interval", "Reference material", "Days it is good once opened")
PERSON = ("User", "Full name", "Short", "Role", "Department", "Until")


def person(user_name: str) -> tuple[Person, frozenset[str]]:
    row = db.session.query(Person).filter_by(user_name=user_name).one()
    return row, actions.roles_of(row.id)


def why(page: str) -> list[str]:
    return re.findall(r'data-label="Why">(.*?)</td>', page)


def test_standards_are_entered_and_changed(app: Flask, quinn: Desk) -> None:
    rows = ("S-201", "Ring 50 mm", "length", "mm", "24", "", ""), ("S-202", "Buffer", "pH", "pH", "", "yes", "30")
    quinn.bring_in("standards", csv_of(STANDARD, *rows))
    quinn.bring_in("standards", csv_of(STANDARD, ("S-201", "", "", "", "36", "", "")))
    assert runs(app) == [(2, 0, 0, 0), (0, 1, 0, 0)]
    with app.app_context():
        ring, buffer = queries.standards_for(["S-201", "S-202"], date(2026, 11, 20))
    assert (ring.interval_months, ring.reference_material) == (36, False)
    assert (buffer.interval_months, buffer.reference_material, buffer.opened_use_days) == (12, True, 30)


@pytest.mark.pages
@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("S-201", "N", "", "mm", "", "", ""), "What it embodies: Enter what it embodies, like “length”."),
        (
            ("S-201", "N", "length", "", "", "", ""),
            "Unit: The unit “” is not known. Write it like mm, in, N m, lbf ft, bar, psi or °C.",
        ),
        (("S-201", "N", "length", "mm", "121", "", ""), "Sent for calibration every: Enter an interval of 1 to 120"),
        (("S-201", "N", "length", "mm", "", "perhaps", ""), "Reference material: Write yes or no."),
        (("S-201", "N", "length", "mm", "", "yes", "0"), "Days it is good once opened: Enter how many days"),
        (("G-014", "N", "length", "mm", "", "", ""), "Code: G-014 is already the code of a gauge. Choose another."),
    ],
)
def test_a_bad_standard_is_refused(quinn: Desk, row: tuple[str, ...], words: str) -> None:
    (said,) = why(quinn.look("standards", csv_of(STANDARD, row)))
    assert said.startswith(words)


def test_people_are_added_without_a_secret_and_changed(app: Flask, dana: Desk) -> None:
    rows = (
        ("Mara", "Mara Sand", "", "technician", "Machining", ""),
        ("ben.o", "Ben Okoro", "BOK", "Supervisor / trainer", "", "31.12.2026"),
        ("tara", "Tara Kowalski-Ruiz", "", "", "", ""),
    )
    dana.bring_in("people", csv_of(PERSON, *rows))
    assert runs(app) == [(2, 1, 0, 0)]
    with app.app_context():
        mara, roles = person("mara")
        assert (mara.initials, roles, mara.area_id is not None) == ("MS", frozenset({"technician"}), True)
        ben, roles = person("ben.o")
        assert (ben.initials, roles, ben.last_day) == ("BOK", frozenset({"supervisor", "trainer"}), date(2026, 12, 31))
        tara, roles = person("tara")
        assert (tara.name, tara.initials, roles) == ("Tara Kowalski-Ruiz", "TK", frozenset({"technician"}))
        assert not db.session.query(Secret).filter(Secret.person_id.in_([mara.id, ben.id])).count()


@pytest.mark.pages
@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("x y", "N", "", "technician", "", ""), "User name: Use 2 to 40 of these"),
        (("mara", "", "", "technician", "", ""), "Name: Enter the name as it is printed under a signature."),
        (("mara", "N", "", "", "", ""), "Roles: Choose at least one role."),
        (("mara", "N", "", "tecnician", "", ""), "Roles: “tecnician” is no role. Did you mean “technician”?"),
        (("mara", "N", "TK", "technician", "", ""), "Initials: Somebody else has these initials."),
        (("mara", "N", "T-K", "technician", "", ""), "Initials: Use 1 to 5 letters for the initials."),
        (("mara", "N", "", "technician", "Moon", ""), "Area: There is no area “Moon”. Make it in the settings first."),
        (("dana", "", "", "auditor", "", ""), "Roles: Your own roles are not changed by a file."),
    ],
)
def test_a_bad_person_is_refused(dana: Desk, row: tuple[str, ...], words: str) -> None:
    (said,) = why(dana.look("people", csv_of(PERSON, row)))
    assert said.startswith(words)


@pytest.mark.pages
def test_two_people_of_one_file_do_not_get_the_same_initials(app: Flask, dana: Desk) -> None:
    rows = ("mara", "Mara Sand", "MSA", "technician", "", ""), ("mia", "Mia Sun", "MSA", "technician", "", "")
    assert why(dana.look("people", csv_of(PERSON, *rows))) == ["Initials: Somebody else has these initials."]


def test_the_last_administrator_stays_one_and_nothing_of_the_file_is_kept(app: Flask, dana: Desk) -> None:
    rows = ("mara", "Mara Sand", "", "technician", "", ""), ("dana", "", "", "", "", "2026-12-31")
    dana.look("people", csv_of(PERSON, *rows))
    answer = dana.confirm()
    assert answer.status_code == 422
    assert "Row 3, dana: This is the last administrator." in answer.text
    with app.app_context():
        assert not db.session.query(Person).filter_by(user_name="mara").count()
    assert runs(app) == []


@pytest.mark.pages
def test_a_quantity_that_no_standard_has_is_said_and_let_in(quinn: Desk) -> None:
    head = ("Code", "Name", "Quantity", "Unit")
    page = quinn.look("standards", csv_of(head, ("S-301", "N", "banana", "mm"), ("S-302", "N", "lenght", "mm")))
    assert "No standard embodies “banana” yet. Is that the quantity?" in page
    assert "No standard embodies “lenght” yet. Did you mean “length”?" in page


@pytest.mark.pages
def test_a_last_day_that_is_over_is_said(dana: Desk) -> None:
    page = dana.look("people", csv_of(("User name", "Last day"), ("tara", "2020-01-01")))
    assert "The last day is over: Tara Kowalski signs in no more." in page
