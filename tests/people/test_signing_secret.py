"""The secret of a signature: asked each time, written down when wrong, one lock with sign-in."""

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import event, select

from techfloor import store
from techfloor.people import secrets, sessions, signing_secret, tries
from techfloor.people.models import LoginSession, SignInEvent
from techfloor.people.proof import Proof, keep_signed
from techfloor.refusals import Refusal
from techfloor.said import in_words

from .conftest import NOON, PASSWORD, PIN, TABLET_KEY, SignedIn


def prove(app: Flask, browser: FlaskClient, secret: str, user_name: str | None = None) -> Proof:
    """Prove who sits at `browser`, as a page that signs does."""
    cookies = {name: browser.get_cookie(name) for name in (sessions.SESSION_COOKIE, sessions.DEVICE_COOKIE)}
    header = "; ".join(f"{name}={cookie.value}" for name, cookie in cookies.items() if cookie)
    with app.test_request_context(method="POST", headers={"Cookie": header}):
        app.preprocess_request()
        with store.act("test:record:sign", actor=g.caller.visitor.person_id):
            proof = signing_secret.prove(g.caller.visitor, secret, user_name, NOON)
            keep_signed(proof)
            return proof


@pytest.mark.clause("21 CFR 11.200(a)(1)(i)")
def test_the_first_signature_of_a_session_takes_user_name_and_password_the_next_the_password(
    people_app: Flask, at_desk: SignedIn, ids: dict[str, int]
) -> None:
    browser = at_desk("T")
    with pytest.raises(Refusal) as no:
        prove(people_app, browser, PASSWORD)
    assert no.value.field == "user_name"
    first = prove(people_app, browser, PASSWORD, " Tara ")
    assert (first.person_id, first.printed_name) == (ids["T"], "Tara Kowalski")
    assert (in_words(first.method), first.zone, first.at) == ("user name and password", "Europe/Berlin", NOON)
    assert in_words(prove(people_app, browser, PASSWORD).method) == "password"


@pytest.mark.clause("21 CFR 11.200(a)(1)(ii)")
def test_another_session_begins_with_the_user_name_again(people_app: Flask, at_desk: SignedIn) -> None:
    prove(people_app, at_desk("T"), PASSWORD, "tara")
    with pytest.raises(Refusal):
        prove(people_app, at_desk("T"), PASSWORD)


@pytest.mark.clause("21 CFR 11.200(a)(1)(ii)")
def test_after_a_restart_the_user_name_is_asked_again(people_app: Flask, at_desk: SignedIn) -> None:
    browser = at_desk("T")
    prove(people_app, browser, PASSWORD, "tara")
    with people_app.app_context():
        sessions.forget_signings()
    with pytest.raises(Refusal):
        prove(people_app, browser, PASSWORD)


@pytest.mark.clause("21 CFR 11.200(a)(2)")
def test_nobody_signs_with_another_persons_name(people_app: Flask, at_desk: SignedIn) -> None:
    with pytest.raises(Refusal) as no:
        prove(people_app, at_desk("T"), PASSWORD, "selma")
    assert no.value.field == "user_name"


@pytest.mark.clause("21 CFR 11.200(a)(1)(i)")
def test_on_a_tablet_every_signature_takes_the_pin_and_names_the_tablet(
    people_app: Flask, at_tablet: SignedIn, ids: dict[str, int]
) -> None:
    browser = at_tablet("T")
    proof = prove(people_app, browser, PIN)
    assert in_words(proof.method) == "PIN on enrolled tablet T-04"
    assert proof.device_id == 1
    assert proof.session_id is not None
    with pytest.raises(Refusal):
        prove(people_app, browser, PASSWORD)


def test_a_wrong_pin_is_remembered_although_the_act_is_given_up(people_app: Flask, at_tablet: SignedIn) -> None:
    browser = at_tablet("T")
    with pytest.raises(Refusal) as no:
        prove(people_app, browser, "000112")
    assert (no.value.field, no.value.parameters["left"]) == ("secret", 4)
    with people_app.app_context(), store.looking_at() as session:
        rows = session.scalars(select(SignInEvent.outcome).order_by(SignInEvent.id.desc())).all()
    assert rows == ["wrong", "right"]


def test_signing_and_sign_in_have_one_lock(people_app: Flask, at_tablet: SignedIn, ids: dict[str, int]) -> None:
    browser = at_tablet("T")
    for _ in range(5):
        with pytest.raises(Refusal):
            prove(people_app, browser, "000112")
    with pytest.raises(Refusal, match="Locked until"):
        prove(people_app, browser, PIN)
    again = people_app.test_client()
    again.set_cookie(sessions.DEVICE_COOKIE, TABLET_KEY)
    assert again.post(f"/sign-in/pin/{ids['T']}", data={"pin": PIN}).status_code == 422


def test_an_empty_secret_is_no_try(people_app: Flask, at_tablet: SignedIn) -> None:
    browser = at_tablet("T")
    for _ in range(6):
        with pytest.raises(Refusal, match="Type your PIN"):
            prove(people_app, browser, "")
    assert prove(people_app, browser, PIN)


@pytest.mark.clause("21 CFR 11.200(a)(3)")
def test_who_came_with_a_one_time_code_signs_nothing(people_app: Flask, at_desk: SignedIn, ids: dict[str, int]) -> None:
    browser = at_desk("T")
    with people_app.app_context(), store.quiet():
        store.db.session.query(LoginSession).update({"method": sessions.BY_CODE})
    header = browser.get_cookie(sessions.SESSION_COOKIE)
    assert header
    with people_app.test_request_context("/me/secret", headers={"Cookie": f"{sessions.SESSION_COOKIE}={header.value}"}):
        people_app.preprocess_request()
        with pytest.raises(Refusal, match="Set your own"):
            signing_secret.prove(g.caller.visitor, PASSWORD, "tara", NOON)


def test_the_comparison_holds_no_transaction_that_writes(
    people_app: Flask, at_tablet: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Argon2 takes 30 ms; were it inside the write transaction, everybody else would wait for it."""
    browser = at_tablet("T")
    real, begun = secrets.fits, [0]
    seen: list[int] = []

    def watched(stored: str, text: str) -> bool:
        seen.append(begun[0])
        return real(stored, text)

    monkeypatch.setattr(tries, "fits", watched)
    with people_app.app_context():
        engine = store.db.engine
    event.listen(engine, "begin", lambda _c: begun.__setitem__(0, begun[0] + store.now_writing()))
    prove(people_app, browser, PIN)
    assert seen == [0]
