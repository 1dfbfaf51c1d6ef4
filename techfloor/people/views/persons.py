"""Administration: who works here, with which roles; locks, one-time codes and badges."""

from typing import Any, TypeVar

from flask import Response, current_app, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from techfloor import clock
from techfloor.people import actions, mailing, queries, secrets, sessions
from techfloor.people.forms import EditPersonForm, OwnBadgeForm, PersonForm
from techfloor.people.models import Person
from techfloor.people.queries import PersonLine
from techfloor.people.roles import HINTS, roles_text
from techfloor.people.rules import may_reset, over
from techfloor.places.here import today
from techfloor.places.models import Area
from techfloor.places.queries import areas
from techfloor.refusals import NotFound, Refusal
from techfloor.store import db
from techfloor.web.editing import Kept
from techfloor.web.forms import refusal_text
from techfloor.web.lists import asked
from techfloor.web.pages import Pages
from techfloor.web.visitor import visitor

pages = Pages("people", __name__, url_prefix="/people")

PersonFormT = TypeVar("PersonFormT", bound=PersonForm)
_PARTS = {"active": True, "left": False, "all": None}


@pages.page("/", permission="people:read")
def index() -> str:
    """List persons, those who work here first of all."""
    which = request.args.get("show", "active")
    which = which if which in _PARTS else "active"
    wanted = asked("/people/", show=which)
    page = queries.people(part=wanted.words, at=wanted.at, active=_PARTS[which])
    return render_template(
        "people/index.html",
        lines=[_listed(line) for line in page.lines],
        q=wanted.words,
        which=which,
        next_url=wanted.url(page.onward) if page.onward else "",
        first_url=wanted.url(page.back) if page.back else "",
        may_manage=visitor().may("people:manage"),
    )


def _listed(line: PersonLine) -> dict[str, object]:
    return {
        "person": line,
        "roles": roles_text(line.roles),
        "url": url_for("people.show", person_id=line.id),
        "over": over(line.last_day, today()),
    }


@pages.page("/new", permission="people:manage")
def new() -> str:
    """Ask for a new person."""
    return _new_page(_with_mail(PersonForm(formdata=None).with_areas(_areas())))


@pages.act(
    "/new", permission="people:manage", action="people:person:create", title=_l("Person added"), endpoint="create"
)
def create() -> Response | tuple[str, int]:
    """Add a person."""
    form = _with_mail(PersonForm().with_areas(_areas()))

    def add() -> Person:
        mixed = _mixed_roles_allowed()
        made = actions.create_person(clock.now(), form.entry(), administrator_may_make_records=mixed)
        if form.email is not None:
            mailing.set_address(made.id, form.email.data or "")
        return made

    done = form.attempt(add)
    if not done:
        return _new_page(form), 422
    flash(_("%(name)s is added. Now give a one-time code.", name=done.made.name), "success")
    return make_response(redirect(url_for("people.show", person_id=done.made.id), 303))


def _new_page(form: PersonForm) -> str:
    return render_template("people/new.html", form=form, errors=form.problems(), hints=HINTS)


@pages.page("/<int:person_id>", permission="people:read")
def show(person_id: int) -> str:
    """Show one person."""
    return _person_page(person_id, OwnBadgeForm(formdata=None))


def _person_page(person_id: int, badge_form: OwnBadgeForm, problem: str = "") -> str:
    me, person = visitor(), actions.person_of(person_id)
    roles = actions.roles_of(person_id)
    area = db.session.get(Area, person.area_id) if person.area_id else None
    locks = queries.locks_of(person_id, clock.now())
    return render_template(
        "people/show.html",
        person=person,
        area=area.name if area else "",
        roles=roles_text(roles),
        secrets=queries.secrets_of(person_id),
        locks=[(_way_words(line.tablet), line.lock) for line in locks],
        locked=any(line.lock.closed for line in locks),
        last_sign_in=queries.last_sign_in(person_id),
        badge_form=badge_form,
        errors=[("", problem)] if problem else badge_form.problems(),
        may_manage=me.may("people:manage"),
        may_reset=may_reset(me.person_id, me.roles, person_id, roles) and person.active,
        may_unlock=me.may("people:unlock") and me.person_id != person_id,
        may_end=may_reset(me.person_id, me.roles, person_id, roles),
        sessions=queries.open_sessions(person_id, clock.now() - sessions.LONGEST),
        is_me=me.person_id == person_id,
        last_day_over=over(person.last_day, today()),
    )


def _way_words(tablet: str) -> str:
    return str(_("PIN on %(tablet)s", tablet=tablet) if tablet else _("Password at a desk"))


@pages.page("/<int:person_id>/edit", permission="people:manage")
def edit(person_id: int) -> str:
    """Show what may be changed of a person."""
    return _edit_page(_edit_form(person_id), actions.person_of(person_id))


def _edit_form(person_id: int) -> EditPersonForm:
    person = actions.person_of(person_id)
    stands: dict[str, Any] = {"name": person.name, "initials": person.initials, "area_id": person.area_id}
    stands |= {"last_day": person.last_day, "roles": sorted(actions.roles_of(person_id))}
    stands["email"] = mailing.address_of(person_id)
    form = _with_mail(EditPersonForm(**stands).with_areas(_areas()))
    as_opened = _with_mail(EditPersonForm(formdata=None, drafted=False, **stands).with_areas(_areas()))
    roles = Kept("person_role", "person_id", person_id, {"roles": ()})
    mail = Kept("mailing", "person_id", person_id, {"email": ("address",)})
    return form.beside(as_opened, Kept("person", "id", person_id), roles, mail)


def _with_mail(form: PersonFormT) -> PersonFormT:
    """Leave the box of the e-mail address out where the plant sends none."""
    if not current_app.extensions["techfloor"].settings.mails:
        del form.email
    return form


@pages.act(
    "/<int:person_id>/edit",
    permission="people:manage",
    action="people:person:edit",
    title=_l("Person changed"),
    alone="person:{person_id}",
    endpoint="do_edit",
)
def do_edit(person_id: int) -> Response | tuple[str, int]:
    """Change a person; with other roles they sign in again."""
    me, now = visitor(), clock.now()
    form = _edit_form(person_id)

    def keep() -> bool:
        actions.edit_person(
            person_id, name=form.name.data, initials=form.initials.data or "", area_id=form.area_id.data
        )
        actions.set_last_day(person_id, form.last_day.data)
        if form.email is not None:
            mailing.set_address(person_id, form.email.data or "")
        return actions.set_roles(
            now,
            person_id,
            frozenset(form.roles.data or ()),
            administrator_may_make_records=_mixed_roles_allowed(),
            keep_session=me.session_id,
        )

    done = form.attempt(keep)
    if not done:
        return _edit_page(form, actions.person_of(person_id)), form.status
    flash(_("Saved."), "success")
    response = make_response(redirect(url_for("people.show", person_id=person_id), 303))
    if done.made and person_id == me.person_id:
        sessions.hand_token(response, sessions.rotate(db.session(), me.session_id, "password", now))
    return response


def _edit_page(form: PersonForm, person: Person) -> str:
    return render_template("people/edit.html", form=form, errors=form.problems(), person=person, hints=HINTS)


@pages.page("/<int:person_id>/code", permission="people:unlock")
def code(person_id: int) -> str:
    """Say what a one-time code does before it is given."""
    return _code_page(person_id)


@pages.act(
    "/<int:person_id>/code",
    permission="people:unlock",
    action="people:secret:reset",
    title=_l("Secrets reset, one-time code given"),
    endpoint="give_code",
)
def give_code(person_id: int) -> Response | tuple[str, int] | str:
    """Give a one-time code and show it, this once."""
    try:
        given = actions.give_code(visitor().person_id, clock.now(), person_id)
    except Refusal as no:
        return _code_page(person_id, problem=refusal_text(no)), 422
    return _code_page(person_id, given=f"{given[:4]} {given[4:]}")


def _code_page(person_id: int, *, given: str = "", problem: str = "") -> str:
    return render_template(
        "people/code.html",
        person=actions.person_of(person_id),
        given=given,
        hours=int(secrets.CODE_LIVES.total_seconds() // 3600),
        errors=[("", problem)] if problem else [],
    )


@pages.act("/<int:person_id>/unlock", permission="people:unlock", action="people:lock:reset", title=_l("Lock reset"))
def unlock(person_id: int) -> Response | tuple[str, int]:
    """Let a person try again after too many wrong secrets."""
    try:
        actions.clear_lock(visitor().person_id, clock.now(), person_id)
    except Refusal as no:
        return _refused(person_id, no)
    flash(_("The lock is reset."), "success")
    return make_response(redirect(url_for("people.show", person_id=person_id), 303))


@pages.act(
    "/<int:person_id>/sessions/end",
    permission="people:unlock",
    action="people:session:end-all",
    title=_l("Signed out everywhere"),
)
def end_sessions(person_id: int) -> Response | tuple[str, int]:
    """Sign a person out everywhere, at their next request."""
    try:
        actions.check_may_end(visitor().person_id, person_id)
        actions.sign_out_everywhere(person_id, clock.now())
    except Refusal as no:
        return _refused(person_id, no)
    flash(_("Signed out everywhere. What was typed and kept stays."), "success")
    return make_response(redirect(url_for("people.show", person_id=person_id), 303))


@pages.act(
    "/<int:person_id>/sessions/<int:session_id>/end",
    permission="people:unlock",
    action="people:session:end",
    title=_l("Session ended"),
)
def end_session(person_id: int, session_id: int) -> Response | tuple[str, int]:
    """End one session of a person, at its next request."""
    try:
        actions.check_may_end(visitor().person_id, person_id)
        actions.end_session(person_id, session_id, clock.now())
    except NotFound:
        raise
    except Refusal as no:
        return _refused(person_id, no)
    flash(_("That session is ended."), "success")
    return make_response(redirect(url_for("people.show", person_id=person_id), 303))


@pages.act(
    "/<int:person_id>/deactivate",
    permission="people:manage",
    action="people:person:deactivate",
    title=_l("Person deactivated"),
)
def deactivate(person_id: int) -> Response | tuple[str, int]:
    """Let a person who left sign in no more."""
    try:
        actions.deactivate(visitor().person_id, clock.now(), person_id)
    except Refusal as no:
        return _refused(person_id, no)
    flash(_("Deactivated. Records and signatures stay as they are."), "success")
    return make_response(redirect(url_for("people.show", person_id=person_id), 303))


@pages.act(
    "/<int:person_id>/reactivate",
    permission="people:manage",
    action="people:person:reactivate",
    title=_l("Person reactivated"),
)
def reactivate(person_id: int) -> Response:
    """Let a person who came back sign in again."""
    actions.reactivate(person_id)
    flash(_("Active again. Give a one-time code if the secrets are forgotten."), "success")
    return make_response(redirect(url_for("people.show", person_id=person_id), 303))


@pages.act("/<int:person_id>/badge", permission="people:manage", action="people:badge:set", title=_l("Badge set"))
def badge(person_id: int) -> Response | tuple[str, int]:
    """Give a person a badge, or take it away."""
    actions.person_of(person_id)
    form = OwnBadgeForm()
    if not form.attempt(lambda: secrets.set_badge(person_id, form.badge.data or "", clock.now())):
        return _person_page(person_id, form), 422
    flash(_("The badge is saved.") if (form.badge.data or "").strip() else _("The badge is taken away."), "success")
    return make_response(redirect(url_for("people.show", person_id=person_id), 303))


def _refused(person_id: int, no: Refusal) -> tuple[str, int]:
    actions.person_of(person_id)
    return _person_page(person_id, OwnBadgeForm(formdata=None), refusal_text(no)), 422


def _areas() -> list[Area]:
    return areas(db.session())


def _mixed_roles_allowed() -> bool:
    return bool(g.plant.profile.on("people.administrator_may_hold_record_roles"))
