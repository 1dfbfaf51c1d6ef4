"""The list of what is due by e-mail, against a real mail server on this machine: who gets it, once, and what fails."""

import email
import email.policy
import smtplib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from plant_client import ClockAt, PlantClient, SignedInAs
from sqlalchemy import select

from techfloor import clock, store
from techfloor.cli import doctor
from techfloor.house import mail
from techfloor.people import mailing
from techfloor.people.mailing import Sent
from techfloor.people.models import MailSent, Person
from techfloor.settings import Settings, SettingsError, load
from techfloor.store import db

SIX = "2026-11-20 06:00"


class Box:
    """What a mail server was handed; it refuses whom it is told to, and hangs up in the middle where it is told to."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], EmailMessage]] = []
        self.refuses, self.hangs_up, self.port = "", False, 0

    async def handle_RCPT(  # noqa: N802 - as the server calls it
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take or refuse a recipient."""
        if address == self.refuses:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a message."""
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)  # type: ignore[arg-type]
        assert isinstance(message, EmailMessage)
        self.mails.append((list(envelope.rcpt_tos), message))
        if self.hangs_up:
            server.transport.abort()
        return "250 kept"


class Server(Controller):
    """A mail server at whatever port is free."""

    def _trigger_server(self) -> None:
        listening: Any = self.server
        self.port = listening.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@pytest.fixture
def box() -> Iterator[Box]:
    """A mail server on this machine."""
    kept = Box()
    server = Server(kept, hostname="127.0.0.1", port=0)
    server.start()
    kept.port = server.port
    yield kept
    server.stop()


@pytest.fixture
def mailed(app: Flask, box: Box) -> Flask:
    """The plant with a mail server; Tara gets the daily list, Quinn the weekly one."""
    house = app.extensions["techfloor"]
    house.settings = replace(
        house.settings,
        smtp_host="127.0.0.1",
        smtp_port=box.port,
        smtp_security="none",
        mail_from="techfloor@plant.example",
    )
    with app.app_context(), store.act("people:test:mail"):
        for name, lists in (("tara", "daily"), ("quinn", "weekly")):
            key = db.session.scalars(select(Person.id).where(Person.user_name == name)).one()
            mailing.set_address(key, f"{name}@plant.example")
            mailing.choose(key, lists)
    return app


def to(box: Box) -> list[str]:
    """Return who got something, in order."""
    return [address for addresses, _message in box.mails for address in addresses]


def states(app: Flask) -> list[str]:
    """Return what became of each list."""
    with app.app_context():
        return list(db.session.scalars(select(MailSent.state).order_by(MailSent.person_id)))


def look(app: Flask) -> None:
    """Let the runner look, as its thread does every few seconds."""
    app.extensions["techfloor"].jobs.do_besides()


def test_each_gets_the_list_they_chose_once_a_day_or_a_week(mailed: Flask, box: Box, clock_at: ClockAt) -> None:
    clock_at("2026-11-20 05:59")
    look(mailed)
    assert to(box) == []
    clock_at(SIX)
    for _ in range(3):
        look(mailed)
    assert sorted(to(box)) == ["quinn@plant.example", "tara@plant.example"]
    clock_at("2026-11-21 06:00")
    look(mailed)
    assert to(box)[2:] == ["tara@plant.example"]
    clock_at("2026-11-23 06:00")
    look(mailed)
    assert sorted(to(box)[3:]) == ["quinn@plant.example", "tara@plant.example"], "a Monday begins a week"


def test_it_says_what_home_says(mailed: Flask, box: Box, as_: SignedInAs, clock_at: ClockAt) -> None:
    clock_at(SIX)
    look(mailed)
    (_to, sent), *_rest = [each for each in box.mails if each[0] == ["tara@plant.example"]]
    body = sent.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    home = as_("T").get("/").text
    codes = {word for word in text.replace(":", " ").split() if word.startswith("G-")}
    assert codes
    assert all(code in home for code in codes)
    assert "Overdue" in text
    assert "DEMO" in text
    assert "http" not in text, "while the plant has no address, a link would lead nowhere"
    html = sent.get_body(("html",))
    assert html is not None
    assert all(code in html.get_content() for code in codes)
    assert "<img" not in html.get_content()
    assert sent["From"] == "techfloor@plant.example"
    assert sent["Auto-Submitted"] == "auto-generated"
    assert "overdue" in sent["Subject"]
    assert [part.get_content_type() for part in sent.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_with_an_address_each_line_leads_there(mailed: Flask, box: Box, clock_at: ClockAt) -> None:
    house = mailed.extensions["techfloor"]
    house.settings = replace(house.settings, public_url="https://plant.example/")
    clock_at(SIX)
    look(mailed)
    body = box.mails[0][1].get_body(("plain",))
    assert body is not None
    assert "https://plant.example/calibration/" in body.get_content()


def test_several_servers_and_a_restart_send_it_once(mailed: Flask, box: Box, clock_at: ClockAt) -> None:
    now = clock_at(SIX)
    with mailed.app_context():
        (tara, *_others) = mailing.waiting(now.date(), now)
        assert mailing.claim(tara.person_id, tara.day, now)
        assert not mailing.claim(tara.person_id, tara.day, now)
    clock_at("2026-11-20 18:00")  # the one that took it on has died: nobody knows how far it came
    look(mailed)
    assert to(box) == ["quinn@plant.example"]
    with mailed.app_context():
        assert [each.unknown for each in mailing.troubles(clock.now())] == [True]


def test_a_refused_recipient_is_tried_again_and_told(
    mailed: Flask, box: Box, clock_at: ClockAt, as_: SignedInAs
) -> None:
    box.refuses = "tara@plant.example"
    now = clock_at(SIX)
    look(mailed)
    look(mailed)
    assert to(box) == ["quinn@plant.example"]
    assert "550 5.1.1 no such mailbox" in as_("D").get("/settings").text
    with mailed.app_context():
        found = list(doctor._mail(db.session.connection(), mailed.extensions["techfloor"].settings))
    assert [(each.mark, "no such mailbox" in each.words) for each in found] == [(doctor.WRONG, True)]
    box.refuses = ""
    clock_at(now + timedelta(minutes=11))
    look(mailed)
    assert to(box)[1:] == ["tara@plant.example"]
    assert states(mailed) == [Sent.SENT, Sent.SENT]
    assert "no such mailbox" not in as_("D").get("/settings").text


def counting(asked: list[int], real: Callable[[Settings], smtplib.SMTP]) -> Callable[[Settings], smtplib.SMTP]:
    """Note each time that the mail server is asked."""

    def connected(settings: Settings) -> smtplib.SMTP:
        asked.append(1)
        return real(settings)

    return connected


def test_a_server_that_is_away_is_asked_again_and_not_for_ever(
    mailed: Flask, clock_at: ClockAt, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = mailed.extensions["techfloor"]
    there = house.settings
    house.settings = replace(there, smtp_port=1)
    now = clock_at(SIX)
    asked: list[int] = []
    monkeypatch.setattr(mail, "_connected", counting(asked, mail._connected))
    for n in range(mailing.MOST_TRIES):
        clock_at(now + timedelta(minutes=11 * 2**n))
        look(mailed)
        look(mailed)
    assert len(asked) == mailing.MOST_TRIES, "once for both who wait"
    clock_at("2026-11-20 23:59")
    look(mailed)
    assert states(mailed) == [Sent.FAILED, Sent.FAILED]
    with mailed.app_context():
        assert set(db.session.scalars(select(MailSent.tries))) == {mailing.MOST_TRIES}
    house.settings = there
    clock_at("2026-11-21 06:00")
    look(mailed)
    assert to(box) == ["tara@plant.example"], "the next day begins anew"


def test_what_may_have_been_taken_is_not_sent_again(mailed: Flask, box: Box, clock_at: ClockAt) -> None:
    box.hangs_up = True
    now = clock_at(SIX)
    look(mailed)
    box.hangs_up = False
    clock_at(now + timedelta(hours=3))
    look(mailed)
    assert len(to(box)) == 2


def test_who_left_or_has_no_address_gets_none(mailed: Flask, box: Box, clock_at: ClockAt) -> None:
    clock_at(SIX)
    with mailed.app_context(), store.act("people:test:mail"):
        tara = db.session.scalars(select(Person).where(Person.user_name == "tara")).one()
        tara.active = False
        quinn = db.session.scalars(select(Person.id).where(Person.user_name == "quinn")).one()
        mailing.set_address(quinn, "")
    look(mailed)
    assert to(box) == []


# --- the pages ---


def test_a_person_chooses_on_their_own_page_once_they_have_an_address(mailed: Flask, as_: SignedInAs) -> None:
    selma, dana = as_("S"), as_("D")
    assert "Ask an administrator" in selma.get("/me").text
    with mailed.app_context():
        key = db.session.scalars(select(Person.id).where(Person.user_name == "selma")).one()
    page = f"/people/{key}/edit"
    card = _card(dana, page)
    assert dana.submit(page, {**card, "email": "two@a.example, b@c"}).status_code == 422
    assert dana.submit(page, {**card, "email": "selma@plant.example"}).status_code == 303
    assert "selma@plant.example" in selma.get("/me").text
    assert selma.submit("/me/mail", {"lists": "daily"}, page="/me").status_code == 303
    assert selma.submit("/me/mail", {"lists": "hourly"}, page="/me").status_code == 422
    with mailed.app_context():
        assert mailing.lists_of(key) == "daily"


def _card(client: PlantClient, page: str) -> dict[str, str]:
    assert 'name="email"' in client.get(page).text
    return {"name": "Selma Brandt", "initials": "SB", "area_id": "", "roles": "supervisor"}


@pytest.mark.pages
def test_without_a_mail_server_nothing_of_it_is_seen(app: Flask, as_: SignedInAs, box: Box) -> None:
    dana = as_("D")
    for url in ("/me", "/people/new", "/people/1/edit", "/settings"):
        assert "mail" not in dana.get(url).text.lower().replace("e-mails", ""), url
    look(app)
    assert to(box) == []


def test_settings_that_do_not_go_together_are_named(instance_file: Callable[[str], Settings]) -> None:
    with pytest.raises(SettingsError, match="mail_from"):
        instance_file('smtp_host = "mail.plant.example"')
    with pytest.raises(SettingsError, match="starttls, tls or none"):
        instance_file('smtp_security = "ssl"')
    with pytest.raises(SettingsError, match="mail_hour"):
        instance_file("mail_hour = 24")
    assert not instance_file("").mails


@pytest.fixture
def instance_file(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Settings]:
    """Load the settings of a file with these lines."""

    def write(lines: str) -> Settings:
        folder = tmp_path_factory.mktemp("settings")
        (folder / "techfloor.toml").write_text(lines, "utf-8")
        return load(folder, {})

    return write
