"""Retention: how long each kind of record is kept, what is due, and the legal holds that keep records longer."""

from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from techfloor.house import queries
from techfloor.house.keepers import kind_titles, record_url
from techfloor.house.settings_forms import reason_field
from techfloor.house.settings_pages import SEE, done
from techfloor.people import queries as people
from techfloor.places.here import day_as_moments, plant, today
from techfloor.records import retention
from techfloor.records.retention import HoldEntry
from techfloor.records.wording import state_look, state_words
from techfloor.refusals import NotFound, Refusal
from techfloor.web.access import permission
from techfloor.web.editing import EditForm, Kept
from techfloor.web.fields import DayField, WholeField
from techfloor.web.forms import EntryForm
from techfloor.web.lists import asked
from techfloor.web.pages import Page, Pages, see
from techfloor.web.visitor import by_whom, visitor

pages = Pages("retention", __name__, url_prefix="/settings/retention")

HOLD = "house:legal-hold"
PERMISSIONS = (permission(HOLD, "Say how long records are kept, and place legal holds", "quality"),)
HOME = "/settings/retention"
LONGEST_NUMBER = 40


class YearsForm(EditForm):
    """How long records of a kind are kept."""

    years = WholeField(_l("Years"), [Optional()], description=_l("Left empty: for ever."))
    reason = reason_field()


class HoldForm(EntryForm):
    """Which records are to be held, and why."""

    reason = TextAreaField(_l("Why must they be kept?"), [Length(max=1000)])
    numbers = TextAreaField(
        _l("Record numbers"), description=_l("Like CAL-2026-00042, one after the other. Every version is held.")
    )
    kind = SelectField(_l("Kind"))
    equipment = StringField(_l("Equipment"), [Length(max=60)], description=_l("Its code, like G-014."))
    since = DayField(_l("Performed from"), [Optional()])
    until = DayField(_l("Performed to"), [Optional()])

    def with_kinds(self) -> "HoldForm":
        """Offer the kinds of record."""
        kinds = [SelectChoice(kind, title) for kind, title in kind_titles().items()]
        self.kind.choices = [SelectChoice("", _("Any")), *kinds]
        return self

    def entry(self) -> HoldEntry:
        """Return what was entered; raises Refusal for a code that no equipment has."""
        typed = {name: self[name].data or "" for name in ("numbers", "kind", "equipment")}
        days = {name: self[name].data.isoformat() for name in ("since", "until") if self[name].data}
        return HoldEntry(
            reason=self.reason.data or "",
            numbers=typed["numbers"],
            kind=typed["kind"],
            equipment_id=_equipment(typed["equipment"].strip()),
            since=day_as_moments(self.since.data)[0],
            until=day_as_moments(self.until.data)[1],
            asked={**typed, **days},
        )


def _equipment(code: str) -> int | None:
    if not code:
        return None
    found = queries.equipment_id(code)
    if found is None:
        raise Refusal("No equipment has this code.", field="equipment")
    return found


class LiftForm(EntryForm):
    """Why a hold is lifted."""

    because = TextAreaField(_l("Why need they not be held any more?"), [Length(max=1000)])


@dataclass(frozen=True)
class KindLine:
    """A kind of record, how long it is kept, and what is due of it."""

    kind: str
    title: str
    years: str
    due: int
    held: int


@pages.page("", permission=SEE)
def index() -> str:
    """Show how long each kind is kept, what is due, and the legal holds."""
    years = retention.years_of()
    wanted = asked(HOME)
    holds = retention.holds_page(wanted.at)
    return render_template(
        "house/retention.html",
        kinds=[_kind_line(kind, title, years.get(kind)) for kind, title in kind_titles().items()],
        holds=holds.lines,
        newer=wanted.url(holds.back) if holds.back else "",
        older=wanted.url(holds.onward) if holds.onward else "",
        suggested=plant().profile.whole("retention.records_years"),
        may_hold=visitor().may(HOLD),
    )


def _kind_line(kind: str, title: str, years: int | None) -> KindLine:
    if years is None:
        return KindLine(kind, title, _("for ever"), 0, 0)
    words = ngettext("%(num)d year", "%(num)d years", years)
    return KindLine(kind, title, words, *retention.counts(kind, _before(years)))


def _before(years: int) -> datetime:
    return retention.before_of(years, today(), plant().zone)


def _title(kind: str) -> str:
    titles = kind_titles()
    if kind not in titles:
        raise NotFound("There is no such kind of record.")
    return titles[kind]


@pages.page("/kinds/<kind>", permission=HOLD)
def years(kind: str) -> str:
    """Ask how long records of a kind are kept."""
    _title(kind)
    return _years_page(kind, _years_form(kind))


def _years_form(kind: str) -> YearsForm:
    stands = retention.years_of().get(kind)
    return YearsForm(years=stands).beside(
        YearsForm(formdata=None, drafted=False, years=stands), Kept("retention_rule", "kind", kind)
    )


def _years_page(kind: str, form: YearsForm) -> str:
    return render_template(
        "house/retention_years.html",
        kind=kind,
        title=_title(kind),
        form=form,
        suggested=plant().profile.whole("retention.records_years"),
    )


@pages.act(
    "/kinds/<kind>",
    permission=HOLD,
    action="records:retention:change",
    title=_l("Retention changed"),
    reason="reason",
    alone="retention:{kind}",
    endpoint="change_years",
)
def change_years(kind: str) -> Page:
    """Say how long records of a kind are kept."""
    _title(kind)
    form = _years_form(kind)
    if form.attempt(lambda: retention.set_years(kind, form.years.data)):
        return done(_("Kept. Nothing is deleted by it."), HOME)
    return _years_page(kind, form), form.status


@pages.page("/kinds/<kind>/due", permission=SEE)
def due(kind: str) -> str:
    """List the records of a kind that were kept as long as the plant said, and which of them are on legal hold."""
    title, keep = _title(kind), retention.years_of().get(kind)
    wanted = asked(f"{HOME}/kinds/{kind}/due")
    found = retention.due_page(kind, _before(keep), wanted.at) if keep else None
    return render_template(
        "house/retention_due.html",
        title=title,
        lines=[(line, record_url(line.number, kind), state_words(line.state)) for line in found.lines] if found else [],
        newer=wanted.url(found.back) if found and found.back else "",
        older=wanted.url(found.onward) if found and found.onward else "",
    )


@pages.page("/holds/new", permission=HOLD)
def new_hold() -> str:
    """Ask which records are to be held, and why; the page of a record names it already."""
    number = request.args.get("number", "")[:LONGEST_NUMBER]
    return render_template("house/hold_new.html", form=HoldForm(numbers=number).with_kinds())


@pages.act(
    "/holds/new",
    permission=HOLD,
    action="records:legal-hold:place",
    title=_l("Legal hold placed"),
    reason="reason",
    endpoint="place_hold",
)
def place_hold() -> Page:
    """Hold records, whatever their age."""
    form = HoldForm().with_kinds()
    if placed := form.attempt(lambda: retention.place(form.entry(), **by_whom())):
        return see(f"{HOME}/holds/{placed.made.id}")
    return render_template("house/hold_new.html", form=form), 422


@pages.page("/holds/<int:hold_id>", permission=SEE)
def hold(hold_id: int) -> str:
    """Show a legal hold with its records."""
    return _hold_page(hold_id, LiftForm())


def _state(state: str) -> tuple[str, str]:
    return state_look(state), state_words(state)


def _hold_page(hold_id: int, form: LiftForm) -> str:
    wanted, titles = asked(f"{HOME}/holds/{hold_id}"), kind_titles()
    page = queries.held_page(hold_id, wanted.at)
    return render_template(
        "house/hold.html",
        hold=retention.hold_of(hold_id),
        counted=retention.counted(hold_id),
        names=people.names(),
        lines=[
            (
                line,
                titles[line.kind],
                record_url(line.number, line.kind),
                state_look(line.state),
                state_words(line.state),
            )
            for line in page.lines
        ],
        before=wanted.url(page.back) if page.back else "",
        after=wanted.url(page.onward) if page.onward else "",
        form=form,
        may_hold=visitor().may(HOLD),
    )


@pages.act(
    "/holds/<int:hold_id>",
    permission=HOLD,
    action="records:legal-hold:lift",
    title=_l("Legal hold lifted"),
    reason="because",
    alone="legal-hold:{hold_id}",
    endpoint="lift_hold",
)
def lift_hold(hold_id: int) -> Page:
    """End a legal hold."""
    form = LiftForm()
    if form.attempt(lambda: retention.lift(hold_id, form.because.data or "", **by_whom())):
        return done(_("The hold is lifted. What is due is shown again."), f"{HOME}/holds/{hold_id}")
    return _hold_page(hold_id, form), 422
