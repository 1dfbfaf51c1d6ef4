"""Shared devices: enrolled once in the browser that is to be shared, listed, changed, revoked; how a screen looks."""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from techfloor import clock
from techfloor.people import actions, queries, sessions
from techfloor.people.forms import DeviceForm
from techfloor.people.views.way import local_page
from techfloor.places.queries import areas
from techfloor.refusals import Refusal
from techfloor.store import db
from techfloor.web import cookies
from techfloor.web.access import OPEN
from techfloor.web.editing import Kept
from techfloor.web.pages import Pages
from techfloor.web.visitor import caller, visitor

pages = Pages("devices", __name__)

_MINUTES = (3, 5, 10, 15, 20, 30)
_THEMES = frozenset({"light", "dark"})
_DISPLAY_LIVES = 365 * 24 * 3600


@pages.page("/devices", permission="people:read")
def index() -> str:
    """List the shared devices."""
    device = caller().device
    return render_template(
        "people/devices.html",
        devices=queries.devices(),
        this_id=device.id if device else None,
        may_enrol=visitor().may("devices:enrol"),
    )


@pages.page("/devices/enrol", permission="devices:enrol")
def enrol() -> str:
    """Ask what this browser is to be called and where it stands."""
    return _enrol_page(_with_choices(DeviceForm(formdata=None)))


@pages.act(
    "/devices/enrol",
    permission="devices:enrol",
    action="people:device:enrol",
    title=_l("Device enrolled"),
    endpoint="do_enrol",
)
def do_enrol() -> Response | tuple[str, int]:
    """Make this browser a shared device; who enrolled it is signed out, so that it is nobody's."""
    form, me = _with_choices(DeviceForm()), visitor()

    def keep() -> actions.Enrolled:
        if caller().device is not None:
            raise Refusal("This browser is enrolled already. Revoke it first to enrol it under another name.")
        seen = {name: request.cookies.get(f"techfloor_{name}", "") for name in ("glove", "theme")}
        theme = seen["theme"] if seen["theme"] in _THEMES else "light"
        return actions.enrol_device(me.person_id, clock.now(), form.entry(), glove=seen["glove"] == "on", theme=theme)

    done = form.attempt(keep)
    if not done:
        return _enrol_page(form), 422
    sessions.end(db.session(), me.session_id, clock.now())
    flash(_("This device is enrolled. Choose your name to begin."), "success")
    response = make_response(redirect(url_for("sign_in.sign_in"), 303))
    sessions.hand_device_key(response, done.made.key)
    sessions.take_token(response)
    return response


@pages.page("/devices/<int:device_id>", permission="devices:enrol")
def show(device_id: int) -> str:
    """Show one device and what may be changed of it."""
    return _device_page(_device_form(device_id), device_id)


def _device_form(device_id: int) -> DeviceForm:
    device = actions.device_of(device_id)
    stands: dict[str, Any] = {"name": device.name, "area_id": device.area_id, "idle_minutes": device.idle_minutes}
    form = _with_choices(DeviceForm(**stands), device.idle_minutes)
    as_opened = _with_choices(DeviceForm(formdata=None, drafted=False, **stands), device.idle_minutes)
    return form.beside(as_opened, Kept("device", "id", device_id))


@pages.act(
    "/devices/<int:device_id>",
    permission="devices:enrol",
    action="people:device:change",
    title=_l("Device changed"),
    alone="device:{device_id}",
    endpoint="change",
)
def change(device_id: int) -> Response | tuple[str, int]:
    """Rename or move a device."""
    form = _device_form(device_id)
    if not form.attempt(lambda: actions.change_device(device_id, form.entry())):
        return _device_page(form, device_id), form.status
    flash(_("Saved."), "success")
    return make_response(redirect(url_for("devices.index"), 303))


@pages.act(
    "/devices/<int:device_id>/revoke",
    permission="devices:enrol",
    action="people:device:revoke",
    title=_l("Device revoked"),
)
def revoke(device_id: int) -> Response:
    """Take a device out of use at once."""
    actions.revoke_device(clock.now(), device_id)
    flash(_("The device is revoked: nobody signs in on it any more."), "success")
    return make_response(redirect(url_for("devices.index"), 303))


@pages.act("/display", permission=OPEN, action="people:device:display", title=_l("Display changed"))
def display() -> Response:
    """Set glove size and light or dark: of the shared device, or of this browser by a cookie."""
    back = urlsplit(request.referrer or "")
    page = local_page(back._replace(scheme="", netloc="").geturl()) if back.netloc == request.host else "/"
    if back.netloc == request.host and back.path.startswith("/sign-in"):
        page = url_for("sign_in.sign_in")
    response = make_response(redirect(page, 303))
    glove, theme, device = request.form.get("glove"), request.form.get("theme"), caller().device
    if device is not None:
        actions.set_display(device.id, glove=None if glove is None else glove == "on", theme=theme)
        return response
    for name, value, known in (("glove", glove, {"on", "off"}), ("theme", theme, _THEMES)):
        if value is not None and value in known:
            cookies.hand(response, f"techfloor_{name}", value, lives=_DISPLAY_LIVES)
    return response


def _with_choices(form: DeviceForm, own_minutes: int | None = None) -> DeviceForm:
    usual = g.plant.profile.whole("people.idle_lock_minutes")
    minutes = sorted({*_MINUTES, *([own_minutes] if own_minutes else [])})
    choices = [("", _("As the plant says: %(minutes)s minutes", minutes=usual))]
    choices += [(str(each), _("%(minutes)s minutes", minutes=each)) for each in minutes]
    return form.with_choices(areas(db.session()), choices)


def _enrol_page(form: DeviceForm) -> str:
    return render_template("people/enrol.html", form=form, errors=form.problems())


def _device_page(form: DeviceForm, device_id: int) -> str:
    return render_template("people/device.html", form=form, errors=form.problems(), device=actions.device_of(device_id))
