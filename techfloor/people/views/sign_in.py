"""Sign-in: by password at a desk; by tile or badge and PIN on a shared tablet; switch, lock, sign out."""

from datetime import timedelta
from urllib.parse import unquote, urlencode, urlsplit

from flask import Response, current_app, flash, g, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from techfloor import clock, store
from techfloor.people import queries, sessions
from techfloor.people.forms import BadgeForm, PasswordForm, PinForm, SecretForm, WhoPinForm
from techfloor.people.models import Person
from techfloor.people.roles import roles_text
from techfloor.people.rules import Ended
from techfloor.people.secrets import Kind, badge_hash
from techfloor.people.tries import Claim, Proven, attempt
from techfloor.people.views.way import HOME, Way, way_of_request, way_to
from techfloor.places.here import today
from techfloor.refusals import NotFound, Refusal
from techfloor.web import cookies
from techfloor.web.access import OPEN
from techfloor.web.pages import Pages
from techfloor.web.visitor import caller

pages = Pages("sign_in", __name__)

_METHODS = {Kind.PASSWORD: "password", Kind.PIN: "PIN", Kind.CODE: sessions.BY_CODE}


@pages.page("/sign-in", permission=OPEN)
def sign_in() -> Response | str:
    """Ask who it is: names on a shared device, user name and password elsewhere."""
    way = way_of_request()
    if caller().visitor is not None:
        return make_response(redirect(way.page, 303))
    if caller().device is not None:
        scanned = _person_of_badge(way)
        if scanned is not None:
            return make_response(redirect(_pin_url(scanned, Way()), 303))
        return _tiles(BadgeForm(formdata=None), way)
    return _password_page(PasswordForm(formdata=None, user_name=_lapsed_user_name()), way)


def _person_of_badge(way: Way) -> int | None:
    """Return whose badge was scanned outside of any box: such a scan asks for the page /e/<code>."""
    code = unquote(way.page.removeprefix("/e/")) if way.page.startswith("/e/") else ""
    return queries.person_named("", badge_hash(code), today()) if code else None


@pages.page("/sign-in/others", permission=OPEN)
def others() -> Response | str:
    """Show everybody, for somebody who works in another area today."""
    if caller().device is None:
        return make_response(redirect(url_for("sign_in.sign_in"), 303))
    return _tiles(BadgeForm(formdata=None), way_of_request(), everybody=True)


@pages.quiet("/sign-in", permission=OPEN, endpoint="enter")
def enter() -> Response | tuple[str, int]:
    """Sign in with what one form carries: user name and password, or on a shared device badge or name and PIN."""
    way, device = way_of_request(), caller().device
    if device is not None:
        form: SecretForm = WhoPinForm()
        claim = _claim(Kind.PIN, who=form.who.data or "")
        return _enter(form, claim, form.pin.data or "", way) or (_who_page(form, way), 422)
    form = PasswordForm()
    claim = _claim(Kind.PASSWORD, who=form.user_name.data or "")
    return _enter(form, claim, form.password.data or "", way) or (_password_page(form, way), 422)


@pages.quiet("/sign-in/badge", permission=OPEN)
def badge() -> Response | tuple[str, int]:
    """Go from a scanned badge or a typed user name to that person's PIN."""
    way, form = way_of_request(), BadgeForm()
    if caller().device is None:
        return make_response(redirect(url_for("sign_in.sign_in"), 303))

    def look_up() -> int:
        person_id = queries.person_named(form.badge.data, badge_hash(form.badge.data), today())
        if person_id is None:
            raise Refusal("This badge or name is not known here. Choose your name below.", field="badge")
        return person_id

    if done := form.attempt(look_up):
        return make_response(redirect(_pin_url(done.made, way), 303))
    return _tiles(form, way), 422


@pages.page("/sign-in/pin/<int:person_id>", permission=OPEN)
def pin(person_id: int) -> Response | str:
    """Ask the PIN of the person who was chosen."""
    if caller().device is None:
        return make_response(redirect(url_for("sign_in.sign_in"), 303))
    return _pin_page(PinForm(formdata=None), _person(person_id), way_of_request())


@pages.quiet("/sign-in/pin/<int:person_id>", permission=OPEN, endpoint="enter_by_pin")
def enter_by_pin(person_id: int) -> Response | tuple[str, int]:
    """Sign in with the PIN of the person who was chosen."""
    if caller().device is None:
        return make_response(redirect(url_for("sign_in.sign_in"), 303))
    way, form = way_of_request(), PinForm()
    claim = _claim(Kind.PIN, person_id=person_id)
    entered = _enter(form, claim, form.pin.data or "", way)
    return entered or (_pin_page(form, _person(person_id), way), 422)


LEAVING = frozenset({"sign_in.sign_out", "sign_in.switch", "sign_in.lock"})
"""What ends a session. Any page of the house may ask for it, however old: nothing else is done by it."""


@pages.quiet("/sign-in/switch", permission=OPEN)
def switch() -> Response:
    """End the session and ask who is here now."""
    return _leave(url_for("sign_in.sign_in"))


@pages.quiet("/sign-out", permission=OPEN)
def sign_out() -> Response:
    """End the session."""
    flash(_("You are signed out."), "success")
    return _leave(url_for("sign_in.sign_in"))


@pages.quiet("/sign-in/lock", permission=OPEN)
def lock() -> Response:
    """End the session of somebody who went away; its owner comes back to the same page, anybody else does not."""
    here = urlsplit(request.referrer or "")
    page = request.form.get("page") or (
        here._replace(scheme="", netloc="").geturl() if here.netloc == request.host else ""
    )
    way = way_to(page, {})
    owner = _owner()
    _end_session()
    # The cookie stays, though it opens nothing: it tells whose page this was.
    if caller().device is not None and owner is not None:
        return make_response(redirect(_pin_url(owner, way), 303))
    return make_response(redirect(url_for("sign_in.sign_in", next=way.page), 303))


def sign_in_again(kept: dict[str, str], page: str) -> Response:
    """Return the sign-in page, status 401, for a form whose session is over: what was typed there is kept in it."""
    way = way_to(page, kept)
    say_why_ended()
    owner = caller().extra.get("lapsed")
    if caller().device is None:
        body = _password_page(PasswordForm(formdata=None, user_name=_lapsed_user_name()), way)
    elif isinstance(owner, int) and (person := queries.active_person(owner, today())) is not None:
        body = _pin_page(PinForm(formdata=None), person, way)
    else:
        # Nobody knows whose entry it is, and this tablet is shared: it is shown to nobody.
        body = _who_page(WhoPinForm(formdata=None), Way(way.page))
    return make_response(body, 401)


_ENDED = {
    Ended.ROLES: _l("You were signed out: your roles were changed. Sign in again to go on with the new ones."),
    Ended.RESET: _l("You were signed out: your password and PIN were reset. Sign in with the one-time code."),
    Ended.CHANGED: _l("You were signed out: your password or PIN was changed. Sign in with the new one."),
    Ended.DEACTIVATED: _l("You were signed out: this person is deactivated. Ask an administrator."),
    Ended.DEVICE: _l("This tablet was withdrawn, and you were signed out. Use another, or sign in at a desk."),
    Ended.ELSEWHERE: _l("You were signed out from elsewhere: by yourself, or by who may. Sign in again to go on."),
    Ended.LAST_DAY: _l("You were signed out: your last day here is over. Ask an administrator if it should be longer."),
}


def say_why_ended() -> None:
    """Say on the next page why the session of this browser is over, where somebody else ended it; once."""
    why = caller().extra.get("ended")
    if isinstance(why, Ended) and ("warning", str(_ENDED[why])) not in map(tuple, session.get("_flashes", [])):
        flash(str(_ENDED[why]), "warning")


def _claim(kind: Kind, *, person_id: int | None = None, who: str = "") -> Claim:
    device = caller().device
    return Claim(
        purpose="sign-in",
        kind=kind,
        person_id=person_id,
        who=who,
        device_id=device.id if device else None,
        address=request.remote_addr or "",
        code_will_do=True,
    )


def _enter(form: SecretForm, claim: Claim, secret: str, way: Way) -> Response | None:
    """Sign in and return the way on; None with the reasons in the form when it does not come to that."""
    done = form.attempt(lambda: _signed_in(claim, secret, way))
    return done.made if done else None


def _signed_in(claim: Claim, secret: str, way: Way) -> Response:
    at, owner = clock.now(), _owner()
    tokens: list[str] = []

    def open_session(writing: Session, proven: Proven) -> None:
        former = cookies.given().get(sessions.SESSION_COOKIE)
        if former:
            sessions.end_token(writing, former, at)
        method = sessions.BY_OLD_PIN if _too_old(proven) else _METHODS[proven.kind]
        tokens.append(sessions.open_session(writing, proven.person_id, claim.device_id, method, at))

    proven = attempt(claim, secret, at, then=open_session)
    page = _way_on(way, proven, owner)
    if proven.kind is Kind.CODE or _too_old(proven):
        page = url_for("me.secret", next=page)
    response = make_response(redirect(page, 303))
    sessions.hand_token(response, tokens[0])
    if claim.device_id is not None:
        sessions.hand_device_key(response, cookies.given()[sessions.DEVICE_COOKIE])
    _new_forms_for(proven.person_id)
    return response


def _too_old(proven: Proven) -> bool:
    days = g.plant.profile.whole("people.pin_expires_days")
    return bool(proven.kind is Kind.PIN and days and clock.now() - proven.set_at > timedelta(days=days))


def _way_on(way: Way, proven: Proven, owner: int | None) -> str:
    """Return where this person goes on; another person's page and entry are not theirs."""
    if owner is not None and owner != proven.person_id:
        return HOME
    if way.kept:
        current_app.extensions["techfloor"].keep_draft(proven.person_id, way.draft_page, way.kept)
        flash(_("You are signed in again. What you typed is here: check it and send it."), "warning")
    return way.page


def _owner() -> int | None:
    """Return whose session this browser holds or held last."""
    found = caller()
    if found.visitor is not None:
        return found.visitor.person_id
    lapsed = found.extra.get("lapsed")
    return lapsed if isinstance(lapsed, int) else None


def _new_forms_for(person_id: int) -> None:
    """Let forms of the person before open nothing; one's own stay good over an idle lock."""
    if session.get("person") != person_id:
        flashes = session.get("_flashes")
        session.clear()
        session["person"] = person_id
        if flashes:
            session["_flashes"] = flashes


def _leave(to: str) -> Response:
    _end_session()
    flashes = session.get("_flashes")
    session.clear()
    if flashes:
        session["_flashes"] = flashes
    response = make_response(redirect(to, 303))
    sessions.take_token(response)
    return response


def _end_session() -> None:
    token = cookies.given().get(sessions.SESSION_COOKIE)
    if token:
        with store.apart() as writing:
            sessions.end_token(writing, token, clock.now())


def _lapsed_user_name() -> str:
    owner = caller().extra.get("lapsed")
    person = queries.active_person(owner, today()) if isinstance(owner, int) else None
    return person.user_name if person else ""


def _person(person_id: int) -> Person:
    found = queries.active_person(person_id, today())
    if found is None:
        raise NotFound("This person is not here.")
    return found


def _pin_url(person_id: int, way: Way) -> str:
    query = "" if way.page == HOME else "?" + urlencode({"next": way.page})
    return url_for("sign_in.pin", person_id=person_id) + query


def _password_page(form: PasswordForm, way: Way) -> str:
    return render_template("people/sign_in.html", form=form, errors=form.problems(), way=way)


def _who_page(form: SecretForm, way: Way) -> str:
    return render_template("people/who.html", form=form, errors=form.problems(), way=way)


def _pin_page(form: PinForm, person: Person, way: Way) -> str:
    back = url_for("sign_in.sign_in", next=None if way.page == HOME else way.page)
    return render_template("people/pin.html", form=form, errors=form.problems(), way=way, person=person, back_url=back)


def _tiles(form: BadgeForm, way: Way, *, everybody: bool = False) -> str:
    device = caller().device
    here = device.area_id if device else None
    people = [
        {
            "name": one.name,
            "initials": one.initials,
            "roles_text": roles_text(one.roles),
            "url": _pin_url(one.id, way),
            "here": one.area_id == here,
        }
        for one in queries.who_may_be_here(today())
    ]
    shown = [one for one in people if everybody or one["here"]]
    page = None if way.page == HOME else way.page
    return render_template(
        "people/choose.html",
        form=form,
        errors=form.problems(),
        way=way,
        people=shown or people,
        everybody=everybody or not shown,
        others_url=url_for("sign_in.others", next=page),
        back_url=url_for("sign_in.sign_in", next=page),
        device=device,
    )
