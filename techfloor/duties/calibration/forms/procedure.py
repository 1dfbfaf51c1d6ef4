"""The form of a procedure: its simple part, and rows for the rest; a row left empty is left out."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional, ValidationError

from techfloor.duties.calibration.rules.procedure import Mode
from techfloor.duties.calibration.rules.written import (
    BudgetEntry,
    DerivedEntry,
    LimitEntry,
    PointSetEntry,
    ProcedureEntry,
)
from techfloor.duties.calibration.wording import COVERAGES, MODES, RULES
from techfloor.measures.decision import Rule
from techfloor.refusals import Refusal
from techfloor.web.editing import EditForm
from techfloor.web.fields import DayField, UnitField, WholeField, options, text_of
from techfloor.web.forms import refusal_text

LONGEST_TEXT = 10_000
MOST_ROWS = 40
_LINE = [Length(max=500, message=_l("Keep it below 500 letters."))]
_TEXT = [Length(max=LONGEST_TEXT)]
_DIVISORS = {"rectangular": "1.732", "triangular": "2.449", "arcsine": "1.414", "normal": "1"}

SHAPES = options(
    ("rectangular", _l("rectangular")),
    ("normal", _l("normal")),
    ("triangular", _l("triangular")),
    ("arcsine", _l("U-shaped (arcsine)")),
)
ORIGINS = options(
    ("item", _l("the gauge")), ("standard", _l("the standard")), ("environment", _l("the room and the method"))
)
BASES = options(
    ("constant", _l("the value as it stands")),
    ("percent", _l("% of the reading")),
    ("half resolution", _l("half a digit of the gauge")),
    ("certificate", _l("U from the standard's certificate")),
    ("deviation", _l("deviation on the certificate, at least the value")),
    ("pooled", _l("pooled s of one reading")),
    ("repeats", _l("s of the repeats, at least the value")),
)
_KINDS = options(
    ("hysteresis", _l("Hysteresis: up against down")),
    ("repeatability", _l("Repeatability: standard deviation")),
    ("corner_load", _l("Corner load: largest difference from the centre")),
    ("slope", _l("Slope of an electrode")),
    ("offset", _l("Offset of an electrode at pH 7")),
)


class Row(Form):  # type: ignore[misc]
    """A row of boxes; it is blank while nothing was typed, whatever is chosen in it."""

    entry_of: ClassVar[type[Any]]

    def blank(self) -> bool:
        """Tell whether nothing was typed in this row."""
        return not any(text_of(each) for each in self if isinstance(each, StringField))

    def entry(self) -> Any:
        """Return what stands in the row."""
        return self.entry_of(**{each.name: text_of(self[each.name]) for each in fields(self.entry_of)})


class PointSetRow(Row):
    """A set of points."""

    entry_of = PointSetEntry

    key = StringField(_l("Name of the set"), _LINE)
    points = TextAreaField(_l("Points, one in a line"), _TEXT)

    def entry(self) -> PointSetEntry:
        """Return the set; the blanks at the ends of its lines are none."""
        return PointSetEntry(text_of(self.key), text_of(self.points).replace("\r\n", "\n"))


class BudgetRow(Row):
    """A row of the uncertainty budget."""

    entry_of = BudgetEntry

    component = StringField(_l("What it is"), _LINE)
    basis = SelectField(_l("Evaluated from"), choices=BASES, default="constant")
    value = StringField(_l("Value"), _LINE)
    distribution = SelectField(_l("Distribution"), choices=SHAPES, default="rectangular")
    divisor = StringField(_l("Divisor"), _LINE)
    origin = SelectField(_l("From"), choices=ORIGINS, default="item")
    fallback = StringField(_l("Without a certificate's U"), _LINE)

    def entry(self) -> BudgetEntry:
        """Return the row; a value or a divisor that follows from what is chosen need not be typed."""
        made: BudgetEntry = super().entry()
        counted = {"half resolution": "1", "certificate": "0", "deviation": "0"}.get(made.basis, "")
        usual = "2" if made.basis == "certificate" else _DIVISORS[made.distribution]
        return BudgetEntry(**{**asdict(made), "value": made.value or counted, "divisor": made.divisor or usual})


class LimitRow(Row):
    """A condition of the room."""

    entry_of = LimitEntry

    quantity = StringField(_l("Quantity"), _LINE)
    low = StringField(_l("From"), _LINE)
    high = StringField(_l("To"), _LINE)
    unit = UnitField(_l("Unit"), _LINE)
    text = StringField(_l("In words"), _LINE)
    max_change = StringField(_l("Change at most"), _LINE)

    def entry(self) -> LimitEntry:
        """Return the limit; its words follow from its ends where they are not typed."""
        made: LimitEntry = super().entry()
        return LimitEntry(**{**asdict(made), "text": made.text or _limit_words(made)})


def _limit_words(limit: LimitEntry) -> str:
    if limit.low and limit.high:
        return f"{limit.low} to {limit.high} {limit.unit}".strip()
    return (
        f"{'≥' if limit.low else '≤'} {limit.low or limit.high} {limit.unit}".strip() if limit.low or limit.high else ""
    )


class DerivedRow(Row):
    """A result that is computed from the readings."""

    entry_of = DerivedEntry

    kind = SelectField(_l("Result"), choices=_KINDS, default="hysteresis")
    name = StringField(_l("Name"), _LINE)
    function = StringField(_l("Function"), _LINE)
    unit = UnitField(_l("Unit"), _LINE)
    low = StringField(_l("At least"), _LINE)
    high = StringField(_l("At most"), _LINE)
    of_tolerance = StringField(_l("At most this share of the tolerance"), _LINE)
    text = StringField(_l("The limit in words"), _LINE)
    entries = TextAreaField(_l("Values typed for it alone, one in a line"), _TEXT)

    def entry(self) -> DerivedEntry:
        """Return the result."""
        made: DerivedEntry = super().entry()
        return DerivedEntry(**{**asdict(made), "entries": made.entries.replace("\r\n", "\n")})


ROWS = ("point_sets", "budget", "environment", "derived")


class ProcedureForm(EditForm):
    """A procedure, from its points and its tolerance to its budget."""

    longest: ClassVar[Mapping[str, int]] = {"method": LONGEST_TEXT, "points": LONGEST_TEXT, "checks": LONGEST_TEXT}

    origin = HiddenField()
    gauge = HiddenField()
    code = StringField(_l("Code"))
    title = StringField(_l("Title"), _LINE)
    mode = SelectField(_l("What is typed at a point?"), choices=options(*MODES.items()), default=Mode.apply.value)
    unit = UnitField(_l("Unit"), _LINE)
    tolerance = StringField(_l("Tolerance of the error"), _LINE)
    standards = SelectMultipleField(_l("Standards it is done with"), choices=[], validate_choice=False)
    point_sets = FieldList(FormField(PointSetRow), _l("Points"), min_entries=1, max_entries=MOST_ROWS)
    in_percent = BooleanField(_l("Errors are shown in % of the reference"))
    repeats = WholeField(_l("Readings at each point"), [Optional()], default=1)
    verdict_on = RadioField(
        _l("What decides?"),
        choices=options(("each reading", _l("Each reading")), ("mean", _l("The mean of the repeats"))),
        default="each reading",
    )
    rule = SelectField(_l("Decision rule"), choices=options(*RULES.items()), default=Rule.simple.value)
    rule_text = StringField(_l("The rule in words, as the certificate prints it"), _LINE)
    min_tur = StringField(_l("Least TUR"), _LINE)
    tur_flag = StringField(_l("Note where the TUR is smaller"), _LINE)
    budget_in_percent = BooleanField(_l("The budget is in % of the reading"))
    budget = FieldList(FormField(BudgetRow), _l("Uncertainty budget"), min_entries=1, max_entries=MOST_ROWS)
    coverage = SelectField(_l("Coverage factor k"), choices=options(*COVERAGES.items()), default="k")
    k = StringField(_l("k"), _LINE, default="2")
    significant_digits = SelectField(
        _l("U is printed with"), choices=options(("1", _l("one digit")), ("2", _l("two digits"))), default="2"
    )
    environment = FieldList(FormField(LimitRow), _l("The room"), min_entries=1, max_entries=MOST_ROWS)
    soak_minutes = WholeField(_l("Soak, in minutes"), [Optional()], default=0)
    method = TextAreaField(_l("How it is done"), _TEXT)
    preload = StringField(_l("Before the first reading"), _LINE)
    derived = FieldList(FormField(DerivedRow), _l("Computed results"), min_entries=1, max_entries=MOST_ROWS)
    checks = TextAreaField(_l("What is checked on a certificate, one in a line"), _TEXT)
    change = StringField(_l("What is new"), _LINE)
    effective_from = DayField(_l("In force from"), [Optional()])

    def validate_standards(self, field: Any) -> None:
        """Refuse a standard that was not offered."""
        offered = {choice.value for choice in field.choices}
        unknown = next((code for code in field.data or () if code and code not in offered), None)
        if unknown is not None:
            raise ValidationError(_("%(code)s is no standard of this plant.", code=unknown))

    def entry(self) -> ProcedureEntry:
        """Return what stands in the boxes; rows left empty are left out."""
        budget = tuple(form.entry() for form in self.filled("budget"))
        unit = text_of(self.unit)
        words = ("title", "tolerance", "rule_text", "min_tur", "tur_flag", "k", "preload", "change")
        chosen = ("mode", "verdict_on", "rule", "coverage")
        in_percent = bool(self.budget_in_percent.data)
        return ProcedureEntry(
            **{name: text_of(self[name]) for name in words},
            **{name: str(self[name].data) for name in chosen},
            unit=unit,
            in_percent=bool(self.in_percent.data),
            standards=tuple(code for code in self.standards.data or () if code),
            point_sets=tuple(form.entry() for form in self.filled("point_sets")),
            repeats=self.repeats.data or 1,
            significant_digits=int(self.significant_digits.data),
            budget_unit="%" if in_percent else unit if budget else "",
            budget=budget,
            environment=tuple(form.entry() for form in self.filled("environment")),
            soak_minutes=self.soak_minutes.data or 0,
            method=text_of(self.method).replace("\r\n", "\n"),
            derived=tuple(form.entry() for form in self.filled("derived")),
            checks=tuple(line.strip() for line in text_of(self.checks).splitlines() if line.strip()),
        )

    def show(self, entry: ProcedureEntry) -> None:
        """Fill in a procedure."""
        for each in fields(ProcedureEntry):
            if each.name in ROWS:
                self._show_rows(self[each.name], getattr(entry, each.name))
            elif each.name not in {"checks", "budget_unit", "significant_digits", "standards"}:
                self[each.name].process_data(getattr(entry, each.name))
        self.checks.process_data("\n".join(entry.checks))
        self.significant_digits.process_data(str(entry.significant_digits))
        self.budget_in_percent.process_data(entry.budget_unit == "%")
        self.standards.process_data(list(entry.standards))

    @staticmethod
    def _show_rows(rows: FieldList, entries: tuple[Any, ...]) -> None:
        while len(rows):
            rows.pop_entry()
        for entry in entries:
            form = rows.append_entry().form
            for each in form:
                each.process_data(getattr(entry, each.short_name))
        if not len(rows):
            rows.append_entry()

    def more(self, name: str) -> None:
        """Add an empty row."""
        if name in ROWS and len(self[name]) < MOST_ROWS:
            self[name].append_entry()

    def filled(self, name: str) -> list[Row]:
        """Return the rows in which something was typed."""
        return [row.form for row in self[name] if not row.form.blank()]

    def restore(self, values: dict[str, str]) -> None:
        """Put back what was typed before, also into as many rows as there were."""
        typed = MultiDict(values)
        for each in self:
            named = [name for name in values if name == each.name or name.startswith(f"{each.name}-")]
            if named and each.name not in {"entry_key", "csrf_token"}:
                each.process(typed)
                each.process_errors = []

    def refuse(self, no: Refusal) -> None:
        """Put a refusal beside its box, also inside a row: of the rows that were filled in the one that is meant."""
        name, *place = (no.field or "").split("-")
        if name not in ROWS or len(place) != 2:
            super().refuse(no)
            return
        filled = self.filled(name)
        form = filled[int(place[0])] if filled else self[name][0].form
        box = form[place[1]]
        box.errors = [*box.errors, refusal_text(no)]

    def boxes(self) -> Iterator[Any]:
        """Return the boxes in the order of the form, the rows opened up."""
        for each in self:
            yield from [box for row in each for box in row.form] if each.name in ROWS else [each]

    def unfolded(self, name: str) -> bool:
        """Tell whether a part of the form that is folded away has something in it, or something against it."""
        return any(self._says(box) for box in _PARTS[name])

    def _says(self, name: str) -> bool:
        box = self[name]
        if name in ROWS:
            return bool(self.filled(name)) or any(each.errors for row in box for each in row.form)
        return bool(box.errors) or (box.data or "") != (_USUAL.get(name) or "")


_USUAL: Mapping[str, Any] = {
    "repeats": 1,
    "verdict_on": "each reading",
    "rule": "simple",
    "coverage": "k",
    "k": "2",
    "significant_digits": "2",
    "soak_minutes": 0,
    "min_tur": "4",
}
_PARTS: Mapping[str, tuple[str, ...]] = {
    "reading": ("in_percent", "repeats", "verdict_on", "preload"),
    "decision": ("rule", "min_tur", "tur_flag", "coverage", "k", "significant_digits"),
    "budget": ("budget",),
    "room": ("environment", "soak_minutes"),
    "derived": ("derived",),
    "checks": ("checks",),
}


class LookForm(Form):  # type: ignore[misc]
    """For which gauge and which standard the limits of a procedure are shown; it is asked in the address."""

    gauge = SelectField(_l("Gauge"), choices=[], validate_choice=False)
    standard = SelectField(_l("Standard"), choices=[], validate_choice=False)
    point_set = SelectField(_l("Set of points"), choices=[], validate_choice=False)
    low = StringField(_l("Range from"))
    high = StringField(_l("to"))
    resolution = StringField(_l("Resolution"))
    tolerance = StringField(_l("Tolerance"))
