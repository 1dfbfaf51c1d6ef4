"""Sample data of the page /house/parts, which shows every part of the interface in every state."""

from dataclasses import dataclass, field
from typing import Any

_LONG = (
    "The inside jaws are worn at the tip by more than the eye can see and less than the feeler finds, so the reading "
    "at the shortest length was taken three times, each time with the caliper turned by a third of a turn"
)
_ERROR = "Enter the reading in mm, for example 100.05"


@dataclass(frozen=True)
class SampleFlags:
    """The part of a form field's flags that the templates ask for."""

    required: bool = True
    optional: bool = False


@dataclass(frozen=True)
class SampleField:
    """A form field as the templates see one: the same names as a field of WTForms."""

    id: str
    label: str
    data: Any = ""
    errors: tuple[str, ...] = ()
    description: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    flags: SampleFlags = field(default_factory=SampleFlags)

    @property
    def name(self) -> str:
        """The name under which the browser would send it."""
        return self.id


def samples() -> dict[str, Any]:
    """Return the variables of `house/parts.html`."""
    return {
        "fields": _fields(),
        "live": _live(),
        "bars": _bars(),
        "steps": _steps(),
        "events": _events(),
        "boxes": _signatures(),
        "people": _people(),
        "columns": _columns(),
        "calibrations": _calibrations(),
        "long_text": _LONG,
        "page_errors": [
            ("number-error", _ERROR),
            ("choice-error", "Choose what you did"),
            ("", "The batch is closed."),
        ],
    }


def _fields() -> dict[str, SampleField]:
    found = [*_text_fields(), *_number_fields(), *_choice_fields(), *_file_fields()]
    return {each.id.replace("-", "_"): each for each in found}


def _text_fields() -> list[SampleField]:
    optional = SampleFlags(required=False, optional=True)
    return [
        SampleField("text-empty", "Place", description="Line and station"),
        SampleField("text-filled", "Serial number", "40 117 882"),
        SampleField("text-error", "Certificate number", "2026/", errors=("Enter the number on the certificate",)),
        SampleField("text-disabled", "Gauge", "G-014"),
        SampleField("text-optional", "Adjustment", _LONG, flags=optional),
        SampleField("note-empty", "Note", flags=optional),
        SampleField("note-filled", "What did you see?", _LONG),
        SampleField("note-error", "Reason", errors=("Say why the point cannot be measured",)),
        SampleField("date-empty", "Performed on"),
        SampleField("date-filled", "Valid until", "2027-09-30"),
        SampleField("date-error", "Issued on", "2027-12-24", errors=("The day of issue lies in the future",)),
    ]


def _number_fields() -> list[SampleField]:
    return [
        SampleField("number-empty", "Temperature"),
        SampleField("number-filled", "Error at zero", "-0.05"),
        SampleField("number-error", "Reading at 100 mm", "1OO.05", errors=(_ERROR,)),
        SampleField("number-disabled", "Reading at 150 mm", "150.10"),
        SampleField("reading", "Reading at 100.00 mm", "100.05"),
        SampleField("process", "Pressure of the press"),
        SampleField("torque", "Reading at 60 N·m", "57.86"),
        SampleField("secret", "PIN"),
        SampleField("password", "Password", errors=("The password is not right",)),
    ]


def _choice_fields() -> list[SampleField]:
    done = (("adjusted", "Adjusted"), ("left", "Left as found"), ("withdrawn", "Withdrawn"))
    guards = (("left", "Left guard"), ("right", "Right guard"), ("rear", "Rear door"))
    return [
        SampleField("choice-empty", "After the as found run", choices=done),
        SampleField("choice-filled", "What was done", "adjusted", choices=done),
        SampleField("choice-error", "What did you do?", errors=("Choose what you did",), choices=done),
        SampleField("choice-disabled", "Decided at release", "left", choices=done),
        SampleField("verdict-empty", "Emergency stop answers"),
        SampleField("verdict-pass", "Guards are in place", "pass"),
        SampleField("verdict-fail", "Lock-out point is marked", "fail"),
        SampleField("verdict-na", "Light curtain answers", "na"),
        SampleField("verdict-error", "Floor is dry and free", errors=("Choose Pass, Fail or N/A",)),
        SampleField("checks-empty", "Which guards?", (), choices=guards),
        SampleField("checks-filled", "Guards seen", ("left", "rear"), choices=guards),
        SampleField("agree", "I have read the sheet", True),
        SampleField("agree-error", "The gauge is clean", False, errors=("Confirm that the gauge is clean",)),
        SampleField(
            "select-filled", "Procedure", "p5", choices=(("p3", "CAL-P-03 calipers"), ("p5", "CAL-P-05 torque"))
        ),
        SampleField(
            "select-error", "Standard", "", errors=("Choose a standard",), choices=(("", "Choose"), ("s3", "S-003"))
        ),
    ]


def _file_fields() -> list[SampleField]:
    optional = SampleFlags(required=False, optional=True)
    return [
        SampleField("file-empty", "Certificate of the laboratory", description="PDF, at most 20 MB"),
        SampleField("file-error", "Import file", errors=("The file is empty",)),
        SampleField("photo-empty", "Photo", flags=optional),
        SampleField("scan-empty", "Code", description="On the label, for example G-014"),
        SampleField("scan-error", "Standard used", "S-0O3", errors=("No standard has the code S-0O3",)),
        SampleField("scan-photo", "Or take a photo of the label", flags=optional),
    ]


def _live() -> dict[str, dict[str, str]]:
    return {
        "caliper": {
            "low": "99.90",
            "high": "100.10",
            "lower_error": "-0.10",
            "upper_error": "0.10",
            "reference": "100.00",
            "mode": "apply",
            "unit": "mm",
            "u": "0.06",
            "k": "1.83",
        },
        "press": {
            "low": "4.8",
            "high": "5.2",
            "accept_low": "4.9",
            "accept_high": "5.1",
            "mode": "limits",
            "unit": "bar",
        },
        "torque": {
            "low": "57.6923",
            "high": "62.5",
            "lower_error": "-4",
            "upper_error": "4",
            "reference": "60.0",
            "mode": "match",
            "unit": "N·m",
            "error_unit": "%",
            "u": "0.8",
            "k": "2",
        },
    }


def _bars() -> dict[str, dict[str, Any]]:
    limits = [{"x": 90, "label": "−0.10"}, {"x": 570, "label": "+0.10 mm"}]
    inside = [{"x": 0, "width": 660, "kind": "fail"}, {"x": 90, "width": 480, "kind": "pass"}]
    guard = [{"x": 90, "width": 60, "kind": "guard"}, {"x": 510, "width": 60, "kind": "guard"}]
    whisker = {"x1": 306, "x2": 594}
    shared = {"width": 660, "height": 92, "limits": limits}
    return {
        "inside": {**shared, "zones": inside, "marker": {"x": 450, "label": "+0.05"}, "whisker": whisker},
        "over": {**shared, "zones": inside + guard, "marker": {"x": 640, "label": "+0.13"}, "whisker": None},
        "empty": {**shared, "zones": inside, "marker": None, "whisker": None},
    }


def _steps() -> list[dict[str, str]]:
    states = ("done", "done", "failed", "now", "todo", "todo")
    return [{"label": f"Point {n}", "state": state} for n, state in enumerate(states, start=1)]


def _events() -> list[dict[str, str]]:
    rows = [
        ("18 Nov 2026, 15:02", "Quinn Bauer", "Reviewed", "pass", ""),
        ("18 Nov 2026, 14:38", "Tara Kowalski", "Signed as performed", "info", "PIN on enrolled tablet T-04"),
        ("18 Nov 2026, 14:20", "Tara Kowalski", "Out of tolerance as found: held", "fail", _LONG),
        ("18 Nov 2026, 13:38", "Tara Kowalski", "Started", "waiting", ""),
    ]
    return [dict(zip(("at", "who", "words", "kind", "detail"), row, strict=True)) for row in rows]


def _signatures() -> list[dict[str, str]]:
    return [
        {
            "meaning": "Performed",
            "printed_name": "Tara Kowalski",
            "signed_at": "18 Nov 2026, 14:38 (UTC+01:00)",
            "method": "PIN on enrolled tablet T-04",
        },
        {"meaning": "Reviewed", "printed_name": "", "signed_at": "", "method": ""},
    ]


def _people() -> list[dict[str, str]]:
    rows = [
        ("Tara Kowalski", "TK", "Technician, machining"),
        ("Otto Lindqvist", "OL", "Technician, assembly"),
        ("Selma Brandt", "SB", "Supervisor"),
        ("Maximiliane von Hohenstein-Oppenländer", "MH", "Technician, surface treatment and final assembly"),
    ]
    return [{"name": name, "initials": initials, "roles_text": roles, "url": "#main"} for name, initials, roles in rows]


def _columns() -> list[dict[str, Any]]:
    return [
        {"key": "record", "title": "Record", "mono": True, "lead": True},
        {"key": "performed", "title": "Performed"},
        {"key": "by", "title": "By"},
        {"key": "worst", "title": "Worst as found", "mono": True, "end": True},
        {"key": "verdict", "title": "Verdict"},
        {"key": "reviewed", "title": "Reviewed"},
    ]


def _calibrations() -> list[dict[str, str]]:
    rows = [
        ("CAL-2026-00412", "18 Nov 2026 14:38", "Tara Kowalski", "+4.67 %", "fail", "waiting for you"),
        ("CAL-2026-00178", "19 May 2026 09:12", "Tara Kowalski", "+3.16 %", "pass", "20 May 2026"),
        ("CAL-2025-00391", "18 Nov 2025 10:40", "Otto Lindqvist", "+2.59 %", "pass", "18 Nov 2025"),
    ]
    return [dict(zip(("record", "performed", "by", "worst", "kind", "reviewed"), row, strict=True)) for row in rows]
