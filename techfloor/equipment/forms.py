"""The forms of machines, gauges and standards: what is typed, turned into entries."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Protocol

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, Form, FormField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from techfloor.equipment.entries import (
    FunctionEntry,
    GaugeEntry,
    ItemEntry,
    MachineEntry,
    StandardEntry,
    calibrated_on,
    check_acquired,
)
from techfloor.equipment.statuses import Status
from techfloor.places.choosing import read_place
from techfloor.places.here import today
from techfloor.refusals import Refusal
from techfloor.web.editing import EditForm
from techfloor.web.fields import LONG, SHORT, DayField, UnitField, WholeField, needed, options, text_of
from techfloor.web.forms import EntryForm, NumberField, refusal_text


class ItemForm(EditForm):
    """What every piece of equipment is asked; `fixed_code` is the code of one that exists, which never changes."""

    fixed_code = ""
    name = StringField(_l("Name"), needed(_l("Enter a name.")))
    place = SelectField(_l("Place"), choices=[], validate_choice=False)
    maker = StringField(_l("Maker"), SHORT)
    serial = StringField(_l("Serial number"), SHORT)
    acquired = DayField(_l("In the plant since"), [Optional()])
    note = TextAreaField(_l("Note"), [Optional(), *LONG])

    def item(self) -> ItemEntry:
        """Return the common part of the entry; raises Refusal for a place that is none, a day still to come."""
        check_acquired(self.acquired.data, today())
        area_id, station_id = read_place(self.place.data)
        return ItemEntry(
            code=self.fixed_code or text_of(self["code"]),
            name=text_of(self.name),
            maker=text_of(self.maker),
            serial=text_of(self.serial),
            area_id=area_id,
            station_id=station_id,
            part_of_id=self.part_of(),
            acquired=self.acquired.data,
            note=text_of(self.note),
        )

    def part_of(self) -> int | None:
        """Return the machine it is built into; only a gauge is asked."""
        return None


class NewItem(EntryForm):
    """What is asked of new equipment alone."""

    code = StringField(
        _l("Code"),
        needed(_l("Enter the code for its label.")),
        description=_l("It stands on the label and never changes."),
    )


class MachineForm(ItemForm):
    """A machine."""

    def entry(self, lifecycle: str = Status.IN_SERVICE, availability: str = "") -> MachineEntry:
        """Return what was entered; a change leaves `availability` as it is."""
        return MachineEntry(self.item(), lifecycle, availability)


class NewMachineForm(NewItem, MachineForm):
    """A new machine, and where it stands on its way to service."""

    lifecycle = RadioField(
        _l("Where does it stand?"),
        choices=options(
            (Status.IN_SERVICE.value, _l("In service")),
            (Status.QUALIFYING.value, _l("Being set up and tested")),
            (Status.PLANNED.value, _l("Planned, not here yet")),
        ),
        default=Status.IN_SERVICE.value,
        validators=[InputRequired(message=_l("Choose where it stands."))],
    )


MOST_FUNCTIONS = 20
_ROW = [Length(max=200, message=_l("Keep it below 200 letters."))]


class FunctionForm(Form):  # type: ignore[misc]
    """One thing that a gauge measures; a row left empty is no function."""

    name = StringField(_l("Measures"), _ROW)
    unit = UnitField(_l("Unit"), _ROW)
    low = NumberField(_l("From"), required=False)
    high = NumberField(_l("To"), required=False)
    resolution = NumberField(_l("Smallest step shown"), required=False)
    reads_to = NumberField(_l("Readings typed in steps of"), required=False)
    tolerance = StringField(_l("Tolerance"), SHORT)

    def blank(self) -> bool:
        """Tell whether nothing was typed in this row."""
        return not any(str(field._value()).strip() for field in self)

    def entry(self) -> FunctionEntry:
        """Return the function that was typed."""
        return FunctionEntry(
            name=text_of(self.name),
            unit=text_of(self.unit),
            low=self.low.data,
            high=self.high.data,
            resolution=self.resolution.data,
            reads_to=self.reads_to.data or self.resolution.data,
            tolerance=text_of(self.tolerance),
        )


class FunctionLike(Protocol):
    """A function as it is kept or proposed: the names of the form's boxes."""

    @property
    def name(self) -> str:
        """What it measures."""


class GaugeForm(ItemForm):
    """A gauge with what it measures."""

    kind = StringField(_l("Kind"), needed(_l("Enter what kind of gauge this is.")))
    functions = FieldList(FormField(FunctionForm), _l("What it measures"), min_entries=1, max_entries=MOST_FUNCTIONS)
    interval_months = WholeField(
        _l("Calibrate every"), [InputRequired(message=_l("Enter how many months lie between calibrations."))]
    )
    limited_use = StringField(_l("May be used only for"), SHORT, description=_l("Only for a gauge with limited use."))
    calibrated_by = RadioField(
        _l("Who calibrates it?"),
        choices=options(("in house", _l("We do")), ("outside laboratory", _l("An outside laboratory"))),
        default="in house",
    )
    in_use_check = StringField(
        _l("Check between calibrations"), SHORT, description=_l("Like: each day before use, 200 g, ± 0.2 g.")
    )
    machine = SelectField(_l("Built into"), [Optional()], choices=[], validate_choice=False)
    why = StringField(_l("Why it is changed"), SHORT)

    def part_of(self) -> int | None:
        """Return the machine it is built into."""
        return _id_of(self.machine, "machine")

    def show_functions(self, functions: Iterable[FunctionLike]) -> None:
        """Fill one row for each function, in place of the empty one."""
        while len(self.functions):
            self.functions.pop_entry()
        for function in functions:
            row = self.functions.append_entry().form
            for field in row:
                field.process_data(getattr(function, field.short_name))

    def restore(self, values: dict[str, str]) -> None:
        """Put back what was typed and not given, also in the rows of functions."""
        super().restore(values)
        places = [name.split("-")[1] for name in values if name.startswith("functions-") and name.count("-") == 2]
        rows = min(max((int(place) for place in places if place.isdigit()), default=-1) + 1, MOST_FUNCTIONS)
        while len(self.functions) < rows:
            self.functions.append_entry()
        for row in self.functions:
            for field in row.form:
                field.process_formdata([values.get(field.name, "")])

    def filled(self) -> list[tuple[int, FunctionForm]]:
        """Return the rows in which something was typed, with their places on the page."""
        rows = [(place, row.form) for place, row in enumerate(self.functions)]
        return [(place, form) for place, form in rows if not form.blank()]

    def entry(self, status: str = Status.IN_USE, procedure_id: int | None = None, point_set: str = "") -> GaugeEntry:
        """Return what was entered; a change leaves the procedure and its points, which calibration chooses."""
        return GaugeEntry(
            item=self.item(),
            kind=text_of(self.kind),
            interval_months=self.interval_months.data or 0,
            functions=tuple(form.entry() for _place, form in self.filled()),
            status=status,
            procedure_id=procedure_id,
            point_set=point_set,
            limited_use=text_of(self.limited_use),
            in_use_check=text_of(self.in_use_check),
            calibrated_by=str(self.calibrated_by.data),
        )

    def refuse(self, no: Refusal) -> None:
        """Put a refusal beside its field, also inside the row of a function."""
        parts = (no.field or "").split("-")
        if parts[0] != "functions":
            super().refuse(no)
            return
        filled = self.filled()
        form = filled[int(parts[1])][1] if filled else self.functions[0].form
        field = form[parts[2]]
        field.errors = [*field.errors, refusal_text(no)]

    def boxes(self) -> Iterator[Any]:
        """Return the boxes in the order of the form, the rows of functions opened up."""
        for field in self:
            yield from [each for row in field for each in row.form] if field.name == "functions" else [field]


class NewGaugeForm(NewItem, GaugeForm):
    """A new gauge, with where it stands now."""

    last_calibrated = DayField(
        _l("Last calibrated"),
        [Optional()],
        description=_l("Leave empty if it has no valid calibration: it is then due at once."),
    )
    status = SelectField(
        _l("Status"),
        choices=options(
            (Status.IN_USE.value, _l("In use")),
            (Status.SPARE.value, _l("Spare, in store")),
            (Status.CALIBRATE_BEFORE_USE.value, _l("Calibrate before use")),
            (Status.LIMITED_USE.value, _l("Limited use")),
            (Status.INDICATION_ONLY.value, _l("Indication only, not calibrated")),
        ),
        default=Status.IN_USE.value,
    )

    def new_entry(self, due_rule: str, today: date) -> GaugeEntry:
        """Return what was entered, with the first due day; raises Refusal for a calibration that is still to come."""
        entry = self.entry(str(self.status.data))
        done: date | None = self.last_calibrated.data
        return entry if done is None else calibrated_on(entry, done, due_rule, today)


def _id_of(field: Any, name: str) -> int | None:
    value = str(field.data or "")
    if not value:
        return None
    if not value.isdigit() or value not in {choice.value for choice in field.choices}:
        raise Refusal("Choose one from the list.", field=name)
    return int(value)


class StandardForm(ItemForm):
    """A reference standard, or a reference material that comes in lots."""

    quantity = StringField(_l("What it embodies"), needed(_l("Enter what it embodies, like “length”.")))
    unit = UnitField(_l("Unit"), needed(_l("Enter its unit, like mm.")))
    low = NumberField(_l("From"), required=False)
    high = NumberField(_l("To"), required=False)
    resolution = NumberField(_l("Smallest step shown"), required=False)
    interval_months = WholeField(
        _l("Sent for calibration every"), [InputRequired(message=_l("Enter how many months a certificate lasts."))]
    )
    reference_material = BooleanField(
        _l("It is a reference material that comes in lots"), description=_l("Like buffer solutions: a lot expires.")
    )
    opened_use_days = WholeField(
        _l("Days it is good once opened"),
        [Optional()],
        description=_l("Only for a reference material. Empty if opening does not matter."),
    )

    def entry(self) -> StandardEntry:
        """Return what was entered."""
        return StandardEntry(
            item=self.item(),
            quantity=text_of(self.quantity),
            unit=text_of(self.unit),
            interval_months=self.interval_months.data or 0,
            resolution=self.resolution.data,
            low=self.low.data,
            high=self.high.data,
            reference_material=bool(self.reference_material.data),
            opened_use_days=self.opened_use_days.data,
        )


class NewStandardForm(NewItem, StandardForm):
    """A new standard."""
