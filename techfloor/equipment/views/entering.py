"""Entering and changing equipment."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from werkzeug.wrappers import Response

from techfloor.equipment import actions, queries
from techfloor.equipment.deed_forms import MoveForm
from techfloor.equipment.entries import check_interval_stays
from techfloor.equipment.forms import (
    GaugeForm,
    ItemForm,
    MachineForm,
    NewGaugeForm,
    NewMachineForm,
    NewStandardForm,
    StandardForm,
)
from techfloor.equipment.kinds import ready_kind, ready_kinds
from techfloor.equipment.ledger import was_calibrated
from techfloor.equipment.models import Equipment
from techfloor.equipment.shapes import GaugeView, ItemView
from techfloor.equipment.statuses import MANAGE, Kind
from techfloor.equipment.views.common import check_kind, machine_choices, page_of, pages
from techfloor.equipment.wording import KIND_WORDS
from techfloor.places.choosing import place_choices, read_place, write_place
from techfloor.places.here import plant, today
from techfloor.refusals import NotFound
from techfloor.web.editing import Kept
from techfloor.web.fields import text_of
from techfloor.web.visitor import by_whom, visitor

Page = str | tuple[str, int] | Response
OTHER = "other"
"""The ready-made kind that proposes nothing."""


@pages.page("/new/<kind>", permission=MANAGE)
def new(kind: str) -> Page:
    """Ask for a new machine or standard; a gauge begins with its kind."""
    wanted = _kind(kind)
    if wanted is Kind.GAUGE:
        return render_template("equipment/new_gauge.html", kinds=ready_kinds())
    return _fresh_page(wanted)


@pages.page("/new/gauge/<ready>", permission=MANAGE)
def new_gauge(ready: str) -> Page:
    """Ask for a new gauge, with what its ready-made kind proposes."""
    _check_ready(ready)
    return _fresh_page(Kind.GAUGE, ready)


@pages.act(
    "/new/<kind>",
    permission=MANAGE,
    action="equipment:item:enter",
    title=_l("Equipment entered"),
    endpoint="enter",
)
def enter(kind: str) -> Page:
    """Enter the machine or standard that was typed."""
    wanted = _kind(kind)
    if wanted is Kind.GAUGE:
        raise NotFound("Choose the kind of gauge first.")
    return _enter(wanted)


@pages.act(
    "/new/gauge/<ready>",
    permission=MANAGE,
    action="equipment:gauge:enter",
    title=_l("Gauge entered"),
    endpoint="enter_gauge",
)
def enter_gauge(ready: str) -> Page:
    """Enter the gauge that was typed."""
    _check_ready(ready)
    return _enter(Kind.GAUGE)


def _check_ready(ready: str) -> None:
    check_kind(Kind.GAUGE)
    if ready != OTHER and ready_kind(ready) is None:
        raise NotFound("There is no such ready-made kind. Choose one from the list.")


def _fresh_page(kind: Kind, ready: str = "") -> str:
    form = _new_form(kind)
    if not form.restored:
        _propose(form, kind, ready)
    return _new_page(form, kind)


def _enter(kind: Kind) -> Page:
    form = _new_form(kind)
    if "add" in request.form:
        return _one_more_row(form, lambda: _new_page(form, kind))
    done = form.attempt(lambda: _make(form))
    if not done:
        return _new_page(form, kind), 422
    if kind is Kind.STANDARD:
        flash(_entered(done.made.code, _("Enter its certificate next.")), "success")
        return redirect(f"/equipment/{done.made.code}/certificates/new", code=303)
    flash(_entered(done.made.code), "success")
    return redirect(f"/equipment/{done.made.code}", code=303)


def _entered(code: str, then: str = "") -> Markup:
    """Say that something is entered, with the way to its label."""
    words = Markup("{} {}").format(_("%(code)s is entered.", code=code), then)
    return words + Markup(' <a href="{}">{}</a>').format(f"/equipment/{code}/label", _("Print its label"))


def _kind(kind: str) -> Kind:
    """Return the kind in the address; raises NotFound, or NotAllowed when the visitor may not enter it."""
    if kind not in set(Kind):
        raise NotFound("There is no such kind of equipment.")
    check_kind(kind)
    return Kind(kind)


def _new_form(kind: Kind) -> ItemForm:
    make = {Kind.MACHINE: NewMachineForm, Kind.GAUGE: NewGaugeForm, Kind.STANDARD: NewStandardForm}[kind]
    return _with_choices(make())


def _with_choices(form: ItemForm) -> ItemForm:
    form.place.choices = place_choices()
    if isinstance(form, GaugeForm):
        form.machine.choices = machine_choices()
    return form


def _propose(form: ItemForm, kind: Kind, ready: str) -> None:
    """Fill in what is likely: the next code, the visitor's area, and what a ready-made kind of gauge brings."""
    form["code"].process_data(queries.next_code(kind))
    area_id = visitor().area_id
    form.place.process_data(str(area_id) if area_id else "")
    known = ready_kind(ready)
    known = known.where(plant().units) if known else None
    if isinstance(form, GaugeForm):
        form.interval_months.process_data(known.interval if known else 12)
        if known is not None:
            form.name.process_data(known.name)
            form.kind.process_data(known.kind)
            form.show_functions(known.functions)
    elif isinstance(form, StandardForm):
        form.interval_months.process_data(12)


def _new_page(form: ItemForm, kind: Kind) -> str:
    return _form_page(form, kind, None, back=f"/equipment/?kind={kind}")


def _form_page(form: ItemForm, kind: str, item: ItemView | None, *, back: str) -> str:
    return render_template(
        f"equipment/{kind}_form.html",
        form=form,
        item=item,
        action=request.path,
        back=back,
        titles=KIND_WORDS[Kind(kind)],
        new=item is None,
        asks_why=item is not None and was_calibrated(item.id),
        errors=form.problems(),
    )


def _one_more_row(form: ItemForm, page: Callable[[], str]) -> Page:
    """Show the page again with one more row to fill, and nothing kept."""
    if isinstance(form, GaugeForm) and len(form.functions) < form.functions.max_entries:
        form.functions.append_entry()
    return page(), 422


def _make(form: ItemForm) -> Equipment:
    if isinstance(form, NewGaugeForm):
        rule = plant().profile.text("calibration.due_day")
        return actions.create_gauge(form.new_entry(rule, today()), **by_whom())
    if isinstance(form, NewMachineForm):
        return actions.create_machine(form.entry(str(form.lifecycle.data)), **by_whom())
    assert isinstance(form, NewStandardForm)
    return actions.create_standard(form.entry(), **by_whom())


@pages.page("/<code>/edit", permission=MANAGE)
def edit(code: str) -> Page:
    """Show what is known of a piece of equipment, to be changed."""
    item = _mine(code)
    return _edit_page(_edit_form(item), item)


@pages.act(
    "/<code>/edit",
    permission=MANAGE,
    action="equipment:item:change",
    title=_l("Equipment changed"),
    alone="equipment:{code}",
    endpoint="change",
)
def change(code: str) -> Page:
    """Change what is known of a piece of equipment."""
    item = _mine(code)
    form = _edit_form(item)
    form.fixed_code = item.code
    if "add" in request.form:
        return _one_more_row(form, lambda: _edit_page(form, item))
    if not form.attempt(lambda: _change(form, item)):
        return _edit_page(form, item), form.status
    flash(_("%(code)s is changed.", code=item.code), "success")
    return redirect(page_of(item), code=303)


def _mine(code: str) -> ItemView:
    item = queries.by_code(code)
    check_kind(item.kind)
    return item


def _edit_form(item: ItemView) -> ItemForm:
    make = {Kind.MACHINE: MachineForm, Kind.GAUGE: GaugeForm, Kind.STANDARD: StandardForm}[Kind(item.kind)]
    form, stands = _with_choices(make()), _with_choices(make(formdata=None, drafted=False))
    for each in (stands,) if form.restored or request.method == "POST" else (form, stands):
        _fill(each, item)
    card = Kept("equipment", "id", item.id, {"place": ("area_id", "station_id"), "machine": ("part_of_id",)})
    functions = Kept("gauge_function", "gauge_id", item.id, {"functions": ()})
    own = [Kept(table, "equipment_id", item.id) for table in ("gauge", "standard")]
    return form.beside(stands, card, functions, *own)


def _edit_page(form: ItemForm, item: ItemView) -> str:
    return _form_page(form, item.kind, item, back=page_of(item))


def _fill(form: ItemForm, item: ItemView) -> None:
    values: dict[str, Any] = {
        "name": item.name,
        "place": write_place(item.area_id, item.station_id),
        "maker": item.maker,
        "serial": item.serial,
        "acquired": item.acquired,
        "note": item.note,
    }
    if isinstance(form, GaugeForm):
        gauge = queries.gauge_view(item.code)
        values |= _gauge_values(gauge, form)
        form.show_functions(gauge.functions)
    elif isinstance(form, StandardForm):
        (standard,) = queries.standards_for([item.code], today())
        names = ("quantity", "unit", "low", "high", "resolution", "interval_months")
        values |= {name: getattr(standard, name) for name in (*names, "reference_material", "opened_use_days")}
    for name, value in values.items():
        form[name].process_data(value)


def _gauge_values(gauge: GaugeView, form: GaugeForm) -> dict[str, Any]:
    built_into = next(
        (each.value for each in form.machine.choices if each.label.startswith(f"{gauge.item.part_of} · ")), ""
    )
    return {
        "kind": gauge.kind,
        "interval_months": gauge.interval_months,
        "limited_use": gauge.limited_use,
        "calibrated_by": gauge.calibrated_by,
        "in_use_check": gauge.in_use_check,
        "machine": built_into if gauge.item.part_of else "",
    }


def _change(form: ItemForm, item: ItemView) -> None:
    if isinstance(form, GaugeForm):
        before = queries.gauge_view(item.code)
        entry = form.entry(item.status, before.procedure_id, before.point_set)
        check_interval_stays(
            before.interval_months,
            entry.interval_months,
            method=plant().profile.text("calibration.interval_method"),
            calibrated=before.due is not None and before.due.last_done is not None,
        )
        actions.change_gauge(item.id, entry, text_of(form.why), **by_whom())
    elif isinstance(form, MachineForm):
        actions.change_machine(item.id, form.entry(item.lifecycle, item.availability), **by_whom())
    elif isinstance(form, StandardForm):
        actions.change_standard(item.id, form.entry(), **by_whom())


@pages.page("/<code>/move", permission=MANAGE)
def move(code: str) -> Page:
    """Ask where something is from now on."""
    item = queries.by_code(code)
    form = MoveForm(formdata=None)
    form.place.choices = place_choices()
    if not form.restored:
        form.place.process_data(write_place(item.area_id, item.station_id))
    return render_template("equipment/move.html", form=form, item=item)


@pages.act(
    "/<code>/move",
    permission=MANAGE,
    action="equipment:item:move",
    title=_l("Equipment moved"),
    alone="equipment:{code}",
    endpoint="take_there",
)
def take_there(code: str) -> Page:
    """Note that something was moved."""
    item = queries.by_code(code)
    form = MoveForm()
    form.place.choices = place_choices()
    if not form.attempt(lambda: _move(form, item)):
        return render_template("equipment/move.html", form=form, item=item), 422
    flash(_("%(code)s is moved.", code=item.code), "success")
    return redirect(page_of(item), code=303)


def _move(form: MoveForm, item: ItemView) -> None:
    area_id, station_id = read_place(form.place.data)
    actions.move(item.id, area_id, station_id, str(form.remark.data or ""), **by_whom())
