"""The short forms: a certificate, a hold, a change of status, a move, a bottle opened."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from techfloor.equipment.entries import CertificateEntry
from techfloor.equipment.rules import OUT_OF_TOLERANCE
from techfloor.equipment.shapes import CertificateView
from techfloor.measures.quantity import NumberError, parse_number, plain
from techfloor.records.attachments import PDF, XML, CleanFile
from techfloor.records.uploads import UploadForm
from techfloor.refusals import Refusal
from techfloor.reports.dcc.reading import read
from techfloor.web.fields import LONG, SHORT, DayField, UnitField, needed, options, text_of
from techfloor.web.forms import AskingForm, EntryForm, NumberField, refusal_text


class CertificateForm(UploadForm):
    """A certificate of a standard as it stands on the paper, or the slip of a lot."""

    handed = (XML,)

    number = StringField(_l("Number of the certificate or lot"), needed(_l("Enter the number.")))
    laboratory = StringField(_l("Issued by"), needed(_l("Enter the laboratory or maker.")))
    issued = DayField(_l("Issued on"), [InputRequired(message=_l("Enter the day it was issued."))])
    valid_until = DayField(_l("Valid until"), [InputRequired(message=_l("Enter the last day it is valid."))])
    opened = DayField(_l("Opened on"), [Optional()], description=_l("Only once a bottle of this lot is open."))
    uncertainty_kind = SelectField(
        _l("Uncertainty on the certificate"),
        choices=options(
            ("constant", _l("The same everywhere")),
            ("percent", _l("A percentage of the reading")),
            ("length", _l("A part that grows with length")),
            ("per value", _l("One for each value")),
            ("", _l("Not stated")),
        ),
        default="constant",
    )
    u = NumberField(_l("U"), required=False, description=_l("Not needed where each value has its own."))
    unit = UnitField(_l("Unit of U"), SHORT, description=_l("Not needed for a percentage."))
    per_metre = NumberField(
        _l("U for each metre more"), required=False, description=_l("Only for a part that grows with length.")
    )
    k = NumberField(_l("Coverage factor k"), required=False, default=Decimal(2))
    certified = TextAreaField(
        _l("Certified values"),
        [Length(max=20000, message=_l("Keep it below 20 000 letters."))],
        description=_l(
            "One line each: nominal; value; U. Like 50; 50.0001; 0.0001. A set of blocks or weights needs its pieces."
        ),
    )
    file = FileField(_l("The laboratory's paper"), [Optional()], description=_l("A PDF, JPEG or PNG of at most 15 MB."))

    def show(self, certificate: CertificateView) -> None:
        """Fill in what stands on a certificate that was entered before."""
        stated = certificate.uncertainty
        kind = stated.get("kind", "")
        u = stated.get("percent" if kind == "percent" else "constant")
        for name in ("number", "laboratory", "issued", "valid_until", "opened"):
            self[name].process_data(getattr(certificate, name))
        self.uncertainty_kind.process_data(kind)
        self.unit.process_data(stated.get("unit", ""))
        for field, number in ((self.u, u), (self.per_metre, stated.get("per_metre")), (self.k, stated.get("k"))):
            field.process_data(Decimal(number) if number else None)
        self.certified.process_data(certified_lines(certificate.certified))

    def validate_certified(self, _field: Any) -> None:
        """Refuse lines that are not two or three numbers."""
        try:
            self.rows()
        except Refusal as no:
            raise ValidationError(refusal_text(no)) from None

    def rows(self) -> tuple[dict[str, str], ...]:
        """Read the certified values; raises Refusal that names the line."""
        return certified_rows(str(self.certified.data or ""))

    def entry(self) -> CertificateEntry:
        """Return what was entered."""
        assert self.issued.data is not None
        assert self.valid_until.data is not None
        return CertificateEntry(
            number=text_of(self.number),
            laboratory=text_of(self.laboratory),
            issued=self.issued.data,
            valid_until=self.valid_until.data,
            opened=self.opened.data,
            uncertainty=self._uncertainty(),
            certified=self.rows(),
        )

    def _uncertainty(self) -> dict[str, str]:
        kind = str(self.uncertainty_kind.data or "")
        if not kind:
            return {}
        wanted = {"constant": {"constant": self.u}, "percent": {"percent": self.u}}
        wanted["length"] = {"constant": self.u, "per_metre": self.per_metre}
        fields = wanted.get(kind, {})
        numbers = {name: plain(field.data) for name, field in fields.items() if field.data is not None}
        cover = plain(self.k.data) if self.k.data is not None else "2"
        unit = {} if kind == "percent" else {"unit": text_of(self.unit)}
        return {"kind": kind, **numbers, **unit, "k": cover}


def certified_rows(text: str) -> tuple[dict[str, str], ...]:
    """Read certified values, a line each; raises Refusal that names the line."""
    return tuple(_certified_row(line, at) for at, line in enumerate(text.splitlines(), 1) if line.strip())


def certified_lines(certified: Iterable[Mapping[str, str]]) -> str:
    """Write certified values as they are typed: 50; 50.0001; 0.0001, a line each."""
    rows = [[row["nominal"], row["value"], row.get("u", "")] for row in certified]
    return "\n".join("; ".join(part for part in row if part) for row in rows)


def _certified_row(line: str, at: int) -> dict[str, str]:
    parts = [part.strip() for part in (line.split(";") if ";" in line else line.split())]
    parts = [part for part in parts if part]
    try:
        numbers = [plain(parse_number(part)) for part in parts]
    except NumberError:
        numbers = []
    if len(numbers) not in {2, 3}:
        raise Refusal("Line %(at)s: write nominal; value; U with a decimal point.", field="certified", at=at)
    return dict(zip(("nominal", "value", "u"), numbers, strict=False))


class DigitalForm(UploadForm, AskingForm):
    """The file of a digital certificate: read before it is put away, and asked about where it names another item."""

    kinds = (PDF, XML)
    file = FileField(_l("Digital certificate"), description=_l("The XML of the laboratory, or a PDF that carries it."))
    confirmed = BooleanField(_l("Yes, it is the right certificate"))

    def look_at(self, name: str, data: bytes, largest: int) -> CleanFile:
        """Read it, too; what cannot be read is said beside the box, and not put away."""
        clean = super().look_at(name, data, largest)
        try:
            read(clean.data)
        except Refusal as no:
            raise Refusal(no.sentence, field="file", **no.parameters) from no
        return clean


OTHER = "other"


class WhyForm(EntryForm):
    """A reason with one tap, and words where it is another."""

    reason = RadioField(_l("Why?"), choices=[], validate_choice=False)
    why = StringField(_l("In words"), SHORT, description=_l("Needed only for another reason."))

    def words(self) -> str:
        """Return the reason as it is kept; raises Refusal where none is chosen, or no words say which."""
        said, chosen = text_of(self.why), str(self.reason.data or "")
        if chosen not in {choice.value for choice in self.reason.choices}:
            raise Refusal("Choose why.", field="reason")
        if chosen == OTHER:
            if not said:
                raise Refusal("Enter the reason, in a few words.", field="why")
            return said
        return f"{chosen}: {said}" if said else chosen


class CorrectCertificateForm(WhyForm, CertificateForm):
    """A certificate as it should have been entered, and why it is corrected."""

    reason = RadioField(
        _l("Why is it corrected?"),
        choices=options(
            ("mistyped", _l("Mistyped")),
            ("taken from the wrong place of the paper", _l("Taken from the wrong place of the paper")),
            ("the laboratory corrected its certificate", _l("The laboratory corrected its certificate")),
            ("its paper was missing", _l("Its paper was missing")),
            (OTHER, _l("Another reason")),
        ),
        validate_choice=False,
    )


class WithdrawForm(WhyForm):
    """Why a certificate is taken back."""

    reason = RadioField(
        _l("Why does it not hold?"),
        choices=options(
            ("entered for the wrong standard", _l("Entered for the wrong standard")),
            ("the laboratory took it back", _l("The laboratory took it back")),
            ("the standard was damaged or changed", _l("The standard was damaged or changed")),
            (OTHER, _l("Another reason")),
        ),
        validate_choice=False,
    )


class HoldForm(EntryForm):
    """Why something may not be used."""

    reason = RadioField(
        _l("Why may it not be used?"),
        choices=options(
            ("damaged", _l("Damaged")),
            ("safety", _l("Not safe")),
            ("missing", _l("Missing or cannot be found")),
            (OUT_OF_TOLERANCE, _l("Measures wrong")),
            ("other", _l("Another reason")),
        ),
        validators=[InputRequired(message=_l("Choose why it may not be used."))],
    )
    remark = TextAreaField(_l("What did you find?"), [InputRequired(message=_l("Enter what you found.")), *LONG])


class LiftForm(EntryForm):
    """Why a hold ends."""

    remark = TextAreaField(
        _l("What makes it safe to use again?"), [InputRequired(message=_l("Enter what was done.")), *LONG]
    )


class StatusForm(EntryForm):
    """What goes with a change of status: a reason, and for sending out the days."""

    remark = TextAreaField(_l("Reason"), LONG)
    sent_on = DayField(_l("Sent on"))
    expected_back = DayField(_l("Expected back"), [Optional()])

    def ask(self, *, words: Any, asked: bool) -> None:
        """Word the question for this deed, and say whether it must be answered."""
        self.remark.label.text = words
        self.asked = asked
        if asked:
            self.remark.flags.required = True
        else:
            self.remark.flags.optional = True

    def validate_remark(self, field: Any) -> None:
        """Refuse a deed that needs a reason without one."""
        if self.asked and not text_of(field):
            raise ValidationError(str(_l("Enter a reason, in a few words.")))


class MoveForm(EntryForm):
    """Where something is from now on."""

    place = SelectField(_l("New place"), choices=[], validate_choice=False)
    remark = StringField(_l("Why"), SHORT)


class OpenLotForm(EntryForm):
    """The day a bottle was opened."""

    opened = DayField(_l("Opened on"), [InputRequired(message=_l("Enter the day it was opened."))])

    def day(self, today: date) -> date:
        """Return the day; raises Refusal for one that is still to come."""
        found = self.opened.data
        assert found is not None
        if found > today:
            raise Refusal("This day is still to come.", field="opened")
        return found
