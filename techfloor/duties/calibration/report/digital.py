"""The digital certificate of a calibration, made from the canonical content and from nothing else.

It says what the certificate says: results as found and as left with U and k, the standards with their certificates, the
room, the statement of conformity with its rule, and who signed.
"""

import functools
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from techfloor import __version__
from techfloor.duties.calibration.report import certificate as report
from techfloor.duties.calibration.report import tables
from techfloor.duties.calibration.report.words import Words, moment, number, title_words, with_minus
from techfloor.measures.units import canonical, is_unit
from techfloor.records.signing import SignatureFacts
from techfloor.records.wording import meaning_words
from techfloor.reports import amendments
from techfloor.reports.dcc.model import (
    Certificate,
    Condition,
    Identification,
    Item,
    Method,
    Party,
    Person,
    Point,
    Quantity,
    Result,
    Statement,
    When,
)
from techfloor.reports.dcc.writing import write
from techfloor.reports.issue import IssueFacts
from techfloor.reports.pdf import Attachment
from techfloor.reports.words import Translate
from techfloor.said import begun, in_words, word

PROBABILITY = Decimal("0.95")
"""Of the intervals that U spans: about 95 % (EA-4/02 M:2022, 5.1), as the certificate says."""
_CONFORMITY = {
    "pass": "pass",
    "fail": "fail",
    "conditional pass": "conditionalPass",
    "conditional fail": "conditionalFail",
}
_WHEN = {"as_found": When.BEFORE, "as_left": When.AFTER}
_ROOM = {"temperature": "basic_temperature", "humidity": "basic_humidityRelative"}
_NOWHERE = "ZZ"
"""ISO 3166-1 leaves it to its users: a plant whose time zone is that of no country."""


def attachments(
    content: Mapping[str, Any], signatures: Sequence[SignatureFacts], issue: IssueFacts, gettext: Translate = str
) -> tuple[Attachment, ...]:
    """Return the digital certificate as a file; none of a calibration by another laboratory, or entered in error."""
    if content.get("outside") or not any(run["points"] for run in content["runs"]):
        return ()
    made = write(certificate(content, signatures, issue, gettext), gettext)
    name = f"{content['number']}.xml"
    return (Attachment(name, made, gettext("The digital calibration certificate (DCC)"), "Data"),)


def certificate(
    content: Mapping[str, Any], signatures: Sequence[SignatureFacts], issue: IssueFacts, gettext: Translate = str
) -> Certificate:
    """Make the digital certificate of a calibration from its content, of any schema."""
    words = Words(issue.language, ZoneInfo(content["plant"]["zone"]), gettext)
    return _Digital(content, signatures, issue, words).certificate()


class _Digital:
    """One digital certificate in the making."""

    def __init__(
        self, content: Mapping[str, Any], signatures: Sequence[SignatureFacts], issue: IssueFacts, words: Words
    ) -> None:
        self.content, self.signatures, self.issue, self.words = content, signatures, issue, words

    def _(self, text: str) -> str:
        return self.words.translate(text)

    def certificate(self) -> Certificate:
        """Put the parts together."""
        content, ended = self.content, self._day(self.content["performed_at"])
        plant = Party(content["plant"]["name"], content["plant"]["address"])
        before = content.get("supersedes")
        return Certificate(
            number=_named(content, content["version"]),
            name=title_words(content["title"]),
            laboratory=plant,
            customer=plant,
            begun=min((self._day(at) for at in self._moments()), default=ended),
            ended=ended,
            issued=self.issue.issued_at.astimezone(self.words.zone).date(),
            items=(self._item(),),
            persons=tuple(self._persons()),
            statements=tuple(self._statements()),
            methods=tuple(self._methods()),
            equipment=tuple(self._standard(each) for each in content["standards"]),
            conditions=tuple(self._conditions()),
            results=tuple(self._results()),
            country=country_of(content["plant"]["zone"]),
            language=self.issue.language[:2],
            replaces=_named(content, before["version"]) if before else "",
            release=__version__,
        )

    def _day(self, at: str) -> date:
        return moment(at).astimezone(self.words.zone).date()

    def _moments(self) -> Iterator[str]:
        for run in self.content["runs"]:
            for point in run["points"]:
                yield from (reading["at"] for reading in point["readings"])

    # --- what and with what ---

    def _item(self) -> Item:
        gauge, _ = self.content["gauge"], self._
        facts = [
            (_("Kind"), gauge["kind"]),
            (_("Range"), with_minus(in_words(gauge["range"]))),
            (_("Resolution"), gauge["resolution"]),
            (_("Condition"), in_words(gauge["condition"])),
            (_("Limited use"), gauge["limited_use"] or ""),
        ]
        return Item(
            name=gauge["name"],
            maker=gauge["maker"],
            identifications=_identified(gauge["serial"], gauge["code"], _("Code")),
            description=_facts(facts),
        )

    def _standard(self, standard: Mapping[str, Any]) -> Item:
        _ = self._
        laboratory = standard["laboratory"]
        named = f"{_('Certificate')}, {laboratory}" if laboratory else _("Certificate")
        paper = Identification("calibrationLaboratory", standard["certificate"], named)
        facts = [
            (_("Issued on"), standard["issued"]),
            (_("Valid until"), standard["valid_until"]),
            ("U", in_words(standard["uncertainty"])),
        ]
        return Item(
            name=standard["name"],
            identifications=(
                *_identified(standard["serial"], standard["code"], _("Code")),
                *((paper,) if standard["certificate"] else ()),
            ),
            description=_facts(facts),
        )

    def _conditions(self) -> Iterator[Condition]:
        for each in self.content["ambient"]:
            value = _quantity(each["value"], each["unit"])
            if value is not None:
                name, kind = word(each["quantity"], "quantity"), _ROOM.get(each["quantity"], "")
                limits = each["limits"] and self._("Limits: %(limits)s") % {"limits": with_minus(each["limits"])}
                yield Condition(name, value, limits, kind)

    def _methods(self) -> Iterator[Method]:
        procedure, _ = self.content["procedure"], self._
        done = "; ".join(part for part in (procedure["method"].rstrip(". "), procedure.get("preload", "")) if part)
        reference = f"{procedure['code']}, {_('version')} {procedure['version']}"
        yield Method(procedure["title"], done, reference)
        yield Method(_("Decision rule"), procedure["rule_text"], procedure["rule"])

    # --- who, and what is stated ---

    def _persons(self) -> Iterator[Person]:
        """Yield who signed, before them who performed it where that is none of them: what is amended, or from paper."""
        performer = self.content["performed_by"]
        if not any(s.meaning == "performed" and s.printed_name == performer for s in self.signatures):
            yield Person(performer, meaning_words("performed", self.words.translate), self._performed())
        last = next((s for s in reversed(self.signatures) if s.meaning != "rejected"), None)
        for signature in self.signatures:
            at = self.words.to_the_second(signature.signed_at, ZoneInfo(signature.zone))
            signed = self._("Signed %(time)s, %(method)s") % {"time": at, "method": in_words(signature.method)}
            role = meaning_words(signature.meaning, self.words.translate)
            yield Person(signature.printed_name, role, signed, signature is last)

    def _performed(self) -> str:
        return report.performed(self.content, self.issue, self.words)

    def _amendment(self) -> Iterator[Statement]:
        """Yield what the paper says under its title: what it replaces, why, who amended it, and each value changed."""
        box, _ = amendments.box(self.content, self.signatures, self.words), self._
        if box is None:
            return
        said = (
            _("%(what)s: %(before)s changed to %(after)s%(why)s.")
            % {"what": each.what, "before": each.before, "after": each.now, "why": f" ({each.why})" if each.why else ""}
            for each in box.changed
        )
        yield Statement(_("Amendment"), " ".join((f"{box.title}.", box.text, *said)))

    def _statements(self) -> Iterator[Statement]:
        yield Statement(self._("Performed"), self._performed())
        yield from self._amendment()
        _, verdict = self._, self.content["runs"][-1]["verdict"]
        remarks = report.remarks(self.content, self.signatures, self.issue, self.words)
        for remark in remarks:
            if remark.label == _("Conformity"):
                yield Statement(remark.label, remark.text, "basic_conformity", _CONFORMITY.get(verdict, ""))
            else:
                yield Statement(remark.label, remark.text)
        yield Statement(_("Accreditation"), _("%(title)s. No accreditation is claimed by this file.") % {
            "title": title_words(self.content["title"])
        })  # fmt: skip
        if self.content["plant"]["demo"]:
            yield Statement(_("Demonstration"), _("DEMO, not a real record"))

    # --- results ---

    def _results(self) -> Iterator[Result]:
        groups = tables.groups(self.content)
        for run in self.content["runs"]:
            when = _WHEN[run["run"]] if self.content["adjusted"] else When.ANY
            for group in groups:
                yield self._table(run, group, when, len(groups) > 1)
            if run["derived"]:
                yield self._derived(run, when)

    def _table(self, run: Mapping[str, Any], group: tables.Group, when: When, named: bool) -> Result:
        points = group.points(run["run"])
        measured = [point for point in points if not point["cannot_measure"]]
        name = begun(self.words.run(run["run"]))
        return Result(
            name=f"{name}: {group.function or group.unit}" if named else name,
            points=tuple(self._point(point, group) for point in measured),
            when=when,
            description=" ".join(self._missing(point) for point in points if point["cannot_measure"]),
            rule=self.content["procedure"]["rule_text"],
        )

    def _missing(self, point: Mapping[str, Any]) -> str:
        return self._("%(point)s was not measured: %(reason)s.") % {
            "point": point["label"],
            "reason": in_words(point["cannot_measure"]),
        }

    def _point(self, point: Mapping[str, Any], group: tables.Group) -> Point:
        unit, error_unit = point["unit"], point["error_unit"] or point["unit"]
        compared = group.mode == "comparison"
        error = _quantity(point["error"], error_unit, point["u"], point["k"])
        limits = point["tolerance"] or {}
        stated = (point["u"], point["k"]) if compared and unit == error_unit else ("", "")
        return Point(
            label=_label(point),
            nominal=_quantity(point["nominal"], unit),
            reference=_quantity(point["reference"], unit),
            measured=_quantity(point["indication"], unit, *stated),
            error=None if compared else error,
            deviation=error if compared else None,
            lower=_quantity(limits.get("lower"), error_unit),
            upper=_quantity(limits.get("upper"), error_unit),
            words=word(point["indication"], "goes") if group.mode == "attribute" else "",
            conformity=_CONFORMITY.get(point["verdict"], ""),
        )

    def _derived(self, run: Mapping[str, Any], when: When) -> Result:
        """Return what was computed from the readings, as words: what it is has no reference type of its own."""
        name = f"{begun(self.words.run(run['run']))}: {self._('Derived results')}"
        said = (
            f"{d['name']}: {d['value'] or '–'} {d['unit']} ({d['limit']}; {d['verdict'] or '–'})"
            for d in run["derived"]
        )
        return Result(name, (), when, "; ".join(said))


def _named(content: Mapping[str, Any], version: int) -> str:
    """Name a version of a record: the number of an amended certificate is that of the one before."""
    return f"{content['number']}-v{version}"


def _identified(serial: str, code: str, name: str) -> tuple[Identification, ...]:
    made = (Identification("manufacturer", serial, "", "basic_serialNumber"), Identification("owner", code, name))
    return tuple(each for each in made if each.value)


def _facts(pairs: Sequence[tuple[str, str]]) -> str:
    return "; ".join(f"{name}: {value}" for name, value in pairs if value)


def _label(point: Mapping[str, Any]) -> str:
    arrow = {"up": " ↑", "down": " ↓"}.get(point["direction"], "")
    return f"{point['label']}{arrow}"


def _quantity(text: str | None, unit: str, u: str = "", k: str = "") -> Quantity | None:
    """Return a number of the content; None for nothing, and for an answer in words."""
    value = number(text)
    if value is None:
        return None
    known = canonical(unit) if is_unit(unit) else "1"
    expanded = number(u)
    return Quantity(value, known, expanded, number(k), None if expanded is None else PROBABILITY)


@functools.cache
def country_of(zone: str) -> str:
    """Return the country of a time zone, by the tables of the tz database; ZZ for one of no country."""
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return next((row[0] for row in rows if row[2] == zone), _NOWHERE)
