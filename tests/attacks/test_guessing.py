"""Guessing: from several clients, over a restart, at one moment, and one word at everybody; the lock is everybody's."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import timedelta

import pytest
from conftest import NOW
from flask import Flask
from keyed_client import KeyedClient
from plant_client import PlantClient, device_key, watch_over
from sqlalchemy import func, select

from attacks.conftest import let_go
from techfloor import clock
from techfloor.app import create_app
from techfloor.people.models import Person, SignInEvent
from techfloor.people.sessions import DEVICE_COOKIE
from techfloor.settings import Settings
from techfloor.store import db

CLIENTS = 4
AT_MOST = 10
"""Wrong guesses that are answered before somebody has to reset the lock."""


def tablet(app: Flask, name: str = "T-04") -> PlantClient:
    """Return one more browser that holds the key of a tablet."""
    client = app.test_client()
    assert isinstance(client, PlantClient)
    client.set_cookie(DEVICE_COOKIE, device_key(name))
    return client


def tara(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(Person.id).where(Person.user_name == "tara")).one()


def guess(client: PlantClient, person_id: int, pin: str = "000111") -> str:
    """Type a PIN and return the page that answers, "" where it let in."""
    answer = client.submit(f"/sign-in/pin/{person_id}", {"pin": pin})
    return answer.text if answer.status_code == 422 else ""


def compared(app: Flask) -> int:
    """Count the guesses that were looked at and not turned away by the lock."""
    with app.app_context():
        return db.session.scalar(select(func.count(SignInEvent.id)).where(SignInEvent.outcome == "wrong")) or 0


@pytest.fixture
def again(app: Flask, settings: Settings) -> Iterator[Flask]:
    """The same plant after a restart."""
    made = create_app(settings)
    made.test_client_class = PlantClient
    watch_over(made)
    yield made
    let_go(made)


def test_four_clients_over_a_restart_have_ten_guesses(app: Flask, again: Flask) -> None:
    person = tara(app)
    for minute in range(0, 128, 16):  # each after the lock of the one before has run out
        with clock.set_to(NOW + timedelta(minutes=minute)):
            for _ in range(CLIENTS):
                guess(tablet(app if minute < 64 else again), person)

    assert compared(again) <= AT_MOST
    with clock.set_to(NOW + timedelta(days=30)):
        assert "A supervisor has to reset the lock" in guess(tablet(again), person, "274913")


def test_of_guesses_sent_at_one_moment_no_more_are_compared_than_the_lock_allows(app: Flask) -> None:
    person, clients = tara(app), [tablet(app) for _ in range(CLIENTS)]
    page = f"/sign-in/pin/{person}"
    forms = [{**client.hidden(page, page), "pin": "000111"} for client in clients]

    def one(number: int) -> int:
        client, form = clients[number % CLIENTS], forms[number % CLIENTS]
        return KeyedClient.open(client, page, method="POST", data=form).status_code

    with ThreadPoolExecutor(CLIENTS) as threads:
        running = [threads.submit(copy_context().run, one, number) for number in range(4 * CLIENTS)]
        assert {each.result() for each in running} == {422}
    assert compared(app) == 5


def test_one_word_tried_at_everybody_is_counted_for_each(app: Flask) -> None:
    names = ("tara", "otto", "selma", "quinn", "nobody-of-this-name")
    for _ in range(5):
        for name in names:
            client = app.test_client()
            typed = {"user_name": name, "password": "correct horse battery"}
            said = client.submit("/sign-in", typed).text  # type: ignore[attr-defined]
    assert "Locked until" in said, "also who does not exist is locked"
    with app.app_context():
        counted = db.session.execute(select(SignInEvent.typed, func.count()).group_by(SignInEvent.typed)).all()
    assert sorted(count for _typed, count in counted) == [5] * len(names)


def test_a_right_pin_of_another_ends_no_count(app: Flask) -> None:
    person, client = tara(app), tablet(app)
    for _ in range(4):
        guess(client, person)
    with app.app_context():
        otto = db.session.scalars(select(Person.id).where(Person.user_name == "otto")).one()
    assert guess(tablet(app), otto, "618305") == ""

    assert "Locked until" in guess(client, person)


HEADERS = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Forwarded-Host", "X-Techfloor-User", "Authorization")


def test_no_header_makes_somebody_else_of_a_guesser(app: Flask) -> None:
    person, client = tara(app), tablet(app)
    hidden = client.hidden(f"/sign-in/pin/{person}", f"/sign-in/pin/{person}")
    for number in range(5):
        given = {**hidden, "pin": "000111"}
        answer = client.post(f"/sign-in/pin/{person}", data=given, headers=dict.fromkeys(HEADERS, f"10.0.0.{number}"))

    assert "Locked until" in answer.text
    with app.app_context():
        assert set(db.session.scalars(select(SignInEvent.address))) == {"127.0.0.1"}
