"""Forms of an outside calibration: sending out, the laboratory's certificate, the checks of its review."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, Form, FormField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from techfloor.duties.calibration.actions.outside import SendOutEntry
from techfloor.duties.calibration.rules.outside import (
    FAIL,
    NO,
    NOT_GIVEN,
    PASS,
    SAME,
    YES,
    CertificateEntry,
    CheckAnswer,
    LabResult,
)
from techfloor.duties.calibration.rules.results import AS_FOUND, AS_LEFT
from techfloor.records.attachments import XML
from techfloor.records.uploads import UploadForm
from techfloor.refusals import Refusal
from techfloor.web.fields import SHORT, DayField, needed, text_of
from techfloor.web.forms import EntryForm, NumberField, refusal_text

MOST_RESULTS = 60
MORE_ROWS = 6


class SendOutForm(EntryForm):
    """When a gauge leaves, and when it is expected back."""

    sent_on = DayField(_l("Sent on"), [InputRequired(message=_l("Enter the day it leaves."))])
    expected_back = DayField(_l("Expected back"), [InputRequired(message=_l("Enter when it is expected back."))])
    words = StringField(_l("Laboratory and order"), SHORT)

    def entry(self) -> SendOutEntry:
        """Return what was entered."""
        sent_on, expected_back = self.sent_on.data, self.expected_back.data
        assert sent_on is not None  # validated
        assert expected_back is not None
        return SendOutEntry(sent_on, expected_back, text_of(self.words))


class ResultForm(Form):  # type: ignore[misc]
    """One result of the laboratory; a row without numbers is no result."""

    function = SelectField(_l("Measures"), choices=[], validate_choice=False)
    run = SelectField(
        _l("When"),
        choices=[SelectChoice(AS_FOUND, _l("As found")), SelectChoice(AS_LEFT, _l("As left"))],
        default=AS_FOUND,
        validate_choice=False,
    )
    reference = NumberField(_l("Reference"), required=False)
    indication = NumberField(_l("Reading"), required=False)
    u = NumberField("U", required=False)
    k = NumberField("k", required=False)

    def blank(self) -> bool:
        """Tell whether no number was typed in this row."""
        return not any(self[name]._value().strip() for name in ("reference", "indication", "u", "k"))

    def entry(self) -> LabResult:
        """Return the result; raises Refusal at the box that misses a number."""
        for name in ("u", "k"):
            if self[name].data is not None and self[name].data <= 0:
                raise Refusal("Enter a number above zero.", field=self[name].id)
        reference, indication = (self._number(name) for name in ("reference", "indication"))
        if self.run.data not in {AS_FOUND, AS_LEFT}:
            raise Refusal("Choose as found or as left.", field=self.run.id)
        return LabResult(str(self.function.data), reference, indication, self.run.data, self.u.data, self.k.data)

    def _number(self, name: str) -> Decimal:
        value: Decimal | None = self[name].data
        if value is None:
            raise Refusal("Enter a number.", field=self[name].id)
        return value


class CertificateForm(UploadForm):
    """What stands on the laboratory's certificate."""

    handed = (XML,)

    laboratory = StringField(_l("Laboratory"), needed(_l("Enter the laboratory.")))
    accreditation = StringField(_l("Accreditation"), SHORT, description=_l("Body and number, as on the certificate."))
    certificate = StringField(_l("Certificate number"), needed(_l("Enter the number of the certificate.")))
    sent = DayField(_l("Sent"), [Optional()])
    performed = DayField(_l("Calibrated"), [InputRequired(message=_l("Enter the day the laboratory calibrated it."))])
    back = DayField(_l("Back"), [InputRequired(message=_l("Enter the day it came back."))])
    as_found = RadioField(
        _l("As found"),
        [InputRequired(message=_l("Choose what the certificate says of the gauge as found."))],
        choices=[
            SelectChoice(PASS, _l("Pass")),
            SelectChoice(FAIL, _l("Fail")),
            SelectChoice(NOT_GIVEN, _l("Not given")),
        ],
        validate_choice=False,
    )
    as_left = RadioField(
        _l("As left"),
        [InputRequired(message=_l("Choose what the certificate says of the gauge as left."))],
        choices=[
            SelectChoice(SAME, _l("Same as found: not adjusted")),
            SelectChoice(PASS, _l("Adjusted or repaired: pass")),
            SelectChoice(FAIL, _l("Adjusted or repaired: fail")),
        ],
        validate_choice=False,
    )
    adjustment = StringField(_l("What was adjusted"), SHORT)
    rule = StringField(_l("Conformity rule"), SHORT, description=_l("As stated, like: simple acceptance."))
    uncertainty = StringField(
        _l("Uncertainty"),
        SHORT,
        description=_l("As stated, like: 0.0012 mm (k = 2). By point, leave it to the results."),
    )
    method = StringField(_l("Method"), SHORT)
    environment = StringField(_l("Conditions"), SHORT, description=_l("Like: 20.0 ± 0.5 °C."))
    cost = StringField(_l("Cost"), SHORT)
    results = FieldList(FormField(ResultForm), min_entries=1, max_entries=MOST_RESULTS)
    file = FileField(_l("The certificate"), description=_l("PDF, JPEG or PNG, at most 15 MB."))

    def restore(self, values: dict[str, str]) -> None:
        """Put back what was typed before, also into as many rows of results as there were."""
        typed = MultiDict(values)
        for field in self:
            if field.name in values and field.name not in {"entry_key", "csrf_token", "kept", "file"}:
                field.process(typed)
        if any(name.startswith("results-") for name in values):
            self.results.process(typed)

    def offer(self, functions: Sequence[tuple[str, str]]) -> None:
        """Let each row choose among the gauge's functions, as (name, words)."""
        for row in self.results:
            row.form.function.choices = [SelectChoice(name, words) for name, words in functions]

    def open_rows(self, functions: Iterable[str]) -> None:
        """Begin with one row for each function, in place of the empty one."""
        names = list(functions)
        while len(self.results):
            self.results.pop_entry()
        for name in names or [""]:
            self.results.append_entry().form.function.process_data(name)

    def more_rows(self) -> None:
        """Add some rows; each begins with the function of the last one."""
        last = self.results[-1].form.function.data if len(self.results) else ""
        for _n in range(min(MORE_ROWS, MOST_RESULTS - len(self.results))):
            self.results.append_entry().form.function.process_data(last)

    def entry(self) -> CertificateEntry:
        """Return what was entered; raises Refusal for a result with a number missing."""
        performed, back = self.performed.data, self.back.data
        assert performed is not None  # validated
        assert back is not None
        words = ("laboratory", "certificate", "accreditation", "rule", "uncertainty", "method", "environment", "cost")
        return CertificateEntry(
            **{name: text_of(self[name]) for name in words},
            adjustment=text_of(self.adjustment),
            performed=performed,
            back=back,
            sent=self.sent.data,
            as_found=str(self.as_found.data or ""),
            as_left=str(self.as_left.data or ""),
            results=tuple(row.form.entry() for row in self.results if not row.form.blank()),
        )

    def show(self, entry: CertificateEntry) -> None:
        """Fill in what was entered before."""
        for field in self:
            if field.name not in {"results", "file", "kept", "entry_key", "csrf_token"}:
                field.process_data(getattr(entry, field.name))
        self.open_rows(result.function for result in entry.results)
        for row, result in zip(self.results, entry.results, strict=False):
            for name in ("run", "reference", "indication", "u", "k"):
                row.form[name].process_data(getattr(result, name))

    def refuse(self, no: Refusal) -> None:
        """Put a refusal beside its field, also inside the row of a result."""
        rows = {field.id: field for row in self.results for field in row.form}
        if no.field in rows:
            rows[no.field].errors = [*rows[no.field].errors, refusal_text(no)]
        elif no.field == "results":
            self.form_errors.append(refusal_text(no))
        else:
            super().refuse(no)

    def problems(self) -> list[tuple[str, str]]:
        """Return (field id, sentence) in the order of the form, the rows of results opened up."""
        found = [("", str(sentence)) for sentence in self.form_errors]
        for field in self:
            flat = [each for row in field for each in row.form] if field.name == "results" else [field]
            found.extend((each.id, str(sentence)) for each in flat for sentence in each.errors)
        return found


_NOTE = [Optional(), Length(max=500, message=_l("Keep it below 500 letters."))]


class ChecksForm(EntryForm):
    """The checks of the procedure; a pair of boxes for each is added by `checks_form`."""

    checks: tuple[str, ...] = ()

    def entry(self) -> list[CheckAnswer]:
        """Return an answer for each check."""
        return [
            CheckAnswer(check, str(self[f"answer_{n}"].data or ""), text_of(self[f"note_{n}"]))
            for n, check in enumerate(self.checks)
        ]

    def show(self, answers: Iterable[CheckAnswer]) -> None:
        """Fill in the answers that were given before."""
        for n, given in enumerate(answers):
            self[f"answer_{n}"].process_data(given.answer or None)
            self[f"note_{n}"].process_data(given.note)


def checks_form(checks: Sequence[str]) -> ChecksForm:
    """Return the form for the checks of a procedure."""
    fields: dict[str, Any] = {"checks": tuple(checks)}
    for n, check in enumerate(checks):
        answers = [SelectChoice(YES, _l("Yes")), SelectChoice(NO, _l("No"))]
        words = check[:1].upper() + check[1:]
        fields[f"answer_{n}"] = RadioField(words, choices=answers, validate_choice=False)
        fields[f"note_{n}"] = StringField(_l("Note"), _NOTE)
    form: ChecksForm = type("ChecksFormOf", (ChecksForm,), fields)()
    return form
