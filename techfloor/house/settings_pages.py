"""The settings of the plant: what it is called, its areas, stations and shifts."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from techfloor import clock
from techfloor.house import queries
from techfloor.house.running import running
from techfloor.house.setting_words import PROFILE_TITLES
from techfloor.house.settings_forms import UNIT_TITLES, AreaForm, PlantForm, ShiftForm, StationForm
from techfloor.people import mailing
from techfloor.places import actions
from techfloor.places.models import Shift
from techfloor.web.access import permission
from techfloor.web.editing import Kept
from techfloor.web.pages import Pages

pages = Pages("settings", __name__, url_prefix="/settings")

SEE, CHANGE = "house:see-settings", "house:settings"
PERMISSIONS = (
    permission(SEE, "See the plant's settings", "supervisor", "quality", "auditor", "administrator"),
    permission(CHANGE, "Change the plant's settings", "administrator"),
)

View = str | Response | tuple[str, int]


def done(words: str, url: str) -> Response:
    """Say what was done on the next page and go there."""
    flash(words, "success")
    return redirect(url, code=303)


@pages.page("", permission=SEE)
def index() -> str:
    """Show the plant, its areas with their stations, and its shifts."""
    return render_template(
        "places/settings.html",
        place=queries.plant_row(),
        areas=queries.areas_with_stations(),
        shifts=queries.shifts(),
        titles=PROFILE_TITLES,
        units=UNIT_TITLES,
        mail=_mail(),
    )


def _mail() -> dict[str, Any] | None:
    """Return how e-mail is sent and what could not be, None where the plant sends none."""
    settings = running().settings
    if not settings.mails:
        return None
    return {
        "server": settings.smtp_host,
        "sender": settings.mail_from,
        "hour": f"{settings.mail_hour:02}:00",
        "troubles": mailing.troubles(clock.now()),
    }


@pages.page("/plant", permission=CHANGE)
def plant() -> str:
    """Show the form of the plant."""
    return render_template("places/plant.html", form=_plant_form())


@pages.act(
    "/plant",
    permission=CHANGE,
    action="places:plant:change",
    title=_l("Plant changed"),
    reason="reason",
    alone="plant",
    endpoint="change_plant",
)
def change_plant() -> View:
    """Change what the plant is called and where it is."""
    form = _plant_form()
    if form.attempt(lambda: actions.change_plant(form.entry())):
        return done(_("The plant is changed."), "/settings")
    return render_template("places/plant.html", form=form), form.status


def _plant_form() -> PlantForm:
    row = queries.plant_row()
    return PlantForm(obj=row).beside(PlantForm(formdata=None, obj=row, drafted=False), Kept("plant", "id", row.id))


@pages.page("/areas/new", permission=CHANGE)
def new_area() -> str:
    """Show the form of a new area."""
    return _area_page(AreaForm())


@pages.act("/areas/new", permission=CHANGE, action="places:area:add", title=_l("Area added"), endpoint="add_area")
def add_area() -> View:
    """Add an area."""
    form = AreaForm()
    if form.attempt(lambda: actions.add_area(form.entry())):
        return done(_("The area is added."), "/settings")
    return _area_page(form), 422


@pages.page("/areas/<int:area_id>", permission=CHANGE)
def area(area_id: int) -> str:
    """Show an area with its stations."""
    found = queries.area(area_id)
    return _area_page(_area_form(found), found)


@pages.act(
    "/areas/<int:area_id>",
    permission=CHANGE,
    action="places:area:change",
    title=_l("Area changed"),
    reason="reason",
    alone="area:{area_id}",
    endpoint="change_area",
)
def change_area(area_id: int) -> View:
    """Change an area's name and signs."""
    found = queries.area(area_id)
    form = _area_form(found)
    if form.attempt(lambda: actions.change_area(area_id, form.entry())):
        return done(_("The area is changed."), "/settings")
    return _area_page(form, found), form.status


def _area_form(found: queries.AreaWithStations) -> AreaForm:
    return AreaForm(obj=found.area).beside(_area_as_it_stands(found), Kept("area", "id", found.area.id))


def _area_as_it_stands(found: queries.AreaWithStations) -> AreaForm:
    return AreaForm(formdata=None, obj=found.area, drafted=False)


@pages.act(
    "/areas/<int:area_id>/stations",
    permission=CHANGE,
    action="places:station:add",
    title=_l("Station added"),
    endpoint="add_station",
)
def add_station(area_id: int) -> View:
    """Add a station to an area."""
    found, form = queries.area(area_id), StationForm()
    if form.attempt(lambda: actions.add_station(area_id, form.code.data or "")):
        return done(_("The station is added."), url_for("settings.area", area_id=area_id))
    stands = _area_as_it_stands(found)
    return _area_page(stands.opened(), found, form), 422


def _area_page(
    form: AreaForm, found: queries.AreaWithStations | None = None, station: StationForm | None = None
) -> str:
    return render_template("places/area.html", form=form, found=found, station=station or StationForm(formdata=None))


@pages.page("/shifts/new", permission=CHANGE)
def new_shift() -> str:
    """Show the form of a new shift."""
    return render_template("places/shift.html", form=ShiftForm(), shift=None)


@pages.act("/shifts/new", permission=CHANGE, action="places:shift:add", title=_l("Shift added"), endpoint="add_shift")
def add_shift() -> View:
    """Add a shift."""
    form = ShiftForm()
    if form.attempt(lambda: actions.add_shift(form.entry())):
        return done(_("The shift is added."), "/settings")
    return render_template("places/shift.html", form=form, shift=None), 422


@pages.page("/shifts/<int:shift_id>", permission=CHANGE)
def shift(shift_id: int) -> str:
    """Show the form of a shift."""
    found = queries.shift(shift_id)
    return render_template("places/shift.html", form=_shift_form(found), shift=found)


@pages.act(
    "/shifts/<int:shift_id>",
    permission=CHANGE,
    action="places:shift:change",
    title=_l("Shift changed"),
    reason="reason",
    alone="shift:{shift_id}",
    endpoint="change_shift",
)
def change_shift(shift_id: int) -> View:
    """Change a shift."""
    found = queries.shift(shift_id)
    form = _shift_form(found)
    if form.attempt(lambda: actions.change_shift(shift_id, form.entry())):
        return done(_("The shift is changed."), "/settings")
    return render_template("places/shift.html", form=form, shift=found), form.status


def _shift_form(found: Shift) -> ShiftForm:
    return ShiftForm(obj=found).beside(
        ShiftForm(formdata=None, obj=found, drafted=False), Kept("shift", "id", found.id)
    )
