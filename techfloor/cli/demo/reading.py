"""Typed reading of the demo plant: `load_plant(today)` gives everything the loader writes, moved to today."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from techfloor.cli.demo import history as past
from techfloor.cli.demo import work
from techfloor.cli.demo.days import ANCHOR, DATA, Calendar, Row, read_toml, weeks_since_anchor
from techfloor.cli.demo.shapes import (
    Area,
    BudgetRow,
    Characteristic,
    Derived,
    EnvironmentLimit,
    ExtraEntry,
    Function,
    Gauge,
    Machine,
    Point,
    Procedure,
    Product,
    Shift,
    SignaturePolicy,
    Standard,
    StandardCertificate,
    StandardValue,
    Tablet,
    Tolerance,
    Uncertainty,
)
from techfloor.duties.calibration.rules import ready_made

# An outside calibration's paper is carried, fetched and read at these times of the early shift.
SENT, BACK, REVIEWED = "09:20", "10:40", "13:10"


@dataclass(frozen=True)
class RoleAccount:
    """How many people hold a role in an area ("" is the whole plant), the cast counted in."""

    role: str
    area: str
    count: int


@dataclass(frozen=True)
class Plant:
    """The demo plant, moved by `shift`; `history` is in the order in which it was signed."""

    anchor: date
    shift: timedelta
    marking: str
    name: str
    makes: str
    address: str
    zone: ZoneInfo
    profile: str
    technicians: int
    shifts: tuple[Shift, ...]
    role_accounts: tuple[RoleAccount, ...]
    areas: tuple[Area, ...]
    tablets: tuple[Tablet, ...]
    signature_policy: SignaturePolicy
    machines: tuple[Machine, ...]
    products: tuple[Product, ...]
    standards: tuple[Standard, ...]
    procedures: tuple[Procedure, ...]
    gauges: tuple[Gauge, ...]
    outside: tuple[past.OutsideCertificate, ...]
    history: tuple[past.Calibration, ...]
    look_back: past.LookBack
    checks: tuple[work.Check, ...]
    studies: tuple[work.Study, ...]

    def gauge(self, code: str) -> Gauge:
        """Find a gauge by its code."""
        return next(gauge for gauge in self.gauges if gauge.code == code)

    def procedure(self, code: str) -> Procedure:
        """Find a procedure by its code."""
        return next(procedure for procedure in self.procedures if procedure.code == code)

    def standard(self, code: str) -> Standard:
        """Find a standard by its code."""
        return next(standard for standard in self.standards if standard.code == code)


def load_plant(today: date) -> Plant:
    """Read the demo plant with every day moved by the whole weeks from the anchor to `today`."""
    site = read_toml("plant.toml")
    calendar = Calendar(ZoneInfo(site["plant"]["time_zone"]), weeks_since_anchor(today))
    procedures = read_procedures(calendar)
    drift = json.loads((DATA / "drift.json").read_text("utf-8"))
    rows = json.loads((DATA / "history.json").read_text("utf-8")) + drift["calibrations"]
    calibrations = (_calibration(calendar, row, procedures) for row in rows)
    return calendar.shape(
        Plant,
        {**site["plant"], "marking": site["marking"]},
        used=("time_zone",),
        anchor=ANCHOR + calendar.shift,
        shift=calendar.shift,
        zone=calendar.zone,
        **_site(calendar, site),
        standards=read_standards(calendar),
        procedures=tuple(procedures.values()),
        gauges=read_gauges(calendar, procedures),
        outside=read_outside(calendar),
        history=tuple(sorted(calibrations, key=lambda calibration: calibration.signed_at)),
        look_back=_look_back(calendar, drift),
        checks=work.read_checks(calendar),
        studies=work.read_studies(calendar),
    )


def plant_file(name: str) -> Path:
    """Find a file of the demo plant, such as a laboratory's certificate, by the name the data gives it.

    The date printed in it is that of the anchor; `plant.paper.certificate_pdf` prints the same paper moved to today.
    """
    return DATA / name


def _site(calendar: Calendar, site: Row) -> dict[str, Any]:
    return {
        "shifts": tuple(calendar.shape(Shift, row) for row in site["shift"]),
        "role_accounts": tuple(calendar.shape(RoleAccount, row) for row in site["role_account"]),
        "areas": tuple(calendar.shape(Area, row) for row in site["area"]),
        "tablets": tuple(calendar.shape(Tablet, row) for row in site["tablet"]),
        "signature_policy": _policy(calendar, site["signature_policy"]),
        "machines": tuple(calendar.shape(Machine, row) for row in site["machine"]),
        "products": tuple(_product(calendar, row) for row in site["product"]),
    }


def _policy(calendar: Calendar, row: Row) -> SignaturePolicy:
    return calendar.shape(SignaturePolicy, row, text=row["text"].strip())


def _product(calendar: Calendar, row: Row) -> Product:
    characteristics = tuple(calendar.shape(Characteristic, each) for each in row["characteristic"])
    return calendar.shape(Product, row, used=("characteristic",), characteristics=characteristics)


def read_standards(calendar: Calendar) -> tuple[Standard, ...]:
    """Read the reference standards with their values and certificates."""
    return tuple(_standard(calendar, row) for row in read_toml("standards.toml")["standard"])


def _standard(calendar: Calendar, row: Row) -> Standard:
    low, high = row.get("range", ("", ""))
    return calendar.shape(
        Standard,
        row,
        used=("range",),
        low=low,
        high=high,
        uncertainty=calendar.shape(Uncertainty, row["uncertainty"]),
        values=tuple(calendar.shape(StandardValue, each) for each in row.get("values", ())),
        certificates=tuple(_standard_certificate(calendar, each) for each in row["certificates"]),
    )


def _standard_certificate(calendar: Calendar, row: Row) -> StandardCertificate:
    return calendar.shape(
        StandardCertificate, row, opened=tuple(calendar.day(opened) for opened in row.get("opened", ()))
    )


def read_procedures(calendar: Calendar) -> dict[str, Procedure]:
    """Read the calibration procedures, by code."""
    return {row["code"]: _procedure(calendar, row) for row in ready_made.rows()}


def _procedure(calendar: Calendar, row: Row) -> Procedure:
    return calendar.shape(
        Procedure,
        row,
        used=("point_set",),
        environment=tuple(calendar.shape(EnvironmentLimit, each) for each in row.get("environment", ())),
        budget=tuple(
            calendar.shape(BudgetRow, each, used=("from",), came_from=each["from"]) for each in row.get("budget", ())
        ),
        point_sets={
            each["key"]: tuple(_point(calendar, point) for point in each["points"]) for each in row.get("point_set", ())
        },
        derived=tuple(_derived(calendar, each) for each in row.get("derived", ())),
    )


def _point(calendar: Calendar, row: Row) -> Point:
    return calendar.shape(Point, row)


def _derived(calendar: Calendar, row: Row) -> Derived:
    entries = tuple(
        calendar.shape(ExtraEntry, each, function=row["function"], repeats=each.get("repeats", 1))
        for each in row.get("entries", ())
    )
    return calendar.shape(Derived, row, entries=entries)


def read_gauges(calendar: Calendar, procedures: Mapping[str, Procedure]) -> tuple[Gauge, ...]:
    """Read the gauges, each with the points and extra entries that its procedure asks of it."""
    rows = read_toml("gauges.toml")["gauge"]
    return tuple(_gauge(calendar, row, procedures[row["procedure"]]) for row in rows)


def _gauge(calendar: Calendar, row: Row, procedure: Procedure) -> Gauge:
    low, high = row.get("range", ("", ""))
    loads = row.get("loads", {})
    return calendar.shape(
        Gauge,
        row,
        used=("range", "function"),
        low=low,
        high=high,
        functions=tuple(_function(calendar, each) for each in row["function"]),
        points=procedure.point_sets[row["point_set"]] if "point_set" in row else (),
        extra_entries=tuple(
            replace(entry, nominal=entry.nominal or loads[entry.load])
            for derived in procedure.derived
            for entry in derived.entries
        ),
    )


def _function(calendar: Calendar, row: Row) -> Function:
    return calendar.shape(Function, row, tolerance=calendar.shape(Tolerance, row["tolerance"]))


def read_outside(calendar: Calendar) -> tuple[past.OutsideCertificate, ...]:
    """Read the certificates of outside laboratories."""
    return tuple(_outside(calendar, row) for row in read_toml("outside.toml")["certificate"])


def _outside(calendar: Calendar, row: Row) -> past.OutsideCertificate:
    return calendar.shape(
        past.OutsideCertificate,
        row,
        used=("sent", "back"),
        sent_at=calendar.at(row["sent"], SENT),
        back_at=calendar.at(row["back"], BACK),
        reviewed_at=calendar.at(row["back"], REVIEWED),
        results=tuple(calendar.shape(past.OutsideResult, each) for each in row["results"]),
    )


def _calibration(calendar: Calendar, row: Row, procedures: Mapping[str, Procedure]) -> past.Calibration:
    units = {limit.quantity: limit.unit for limit in procedures[row["procedure"]].environment}
    return calendar.shape(
        past.Calibration,
        row,
        ambient=tuple(past.AmbientValue(name, value, units[name]) for name, value in row["ambient"]),
        standards=tuple(past.StandardUsed(*each) for each in row["standards"]),
        as_found=_run(calendar, row["as_found"]),
        as_left=_run(calendar, row["as_left"]) if row["as_left"] else None,
    )


def _run(calendar: Calendar, row: Row) -> past.Run:
    return past.Run(
        readings=tuple(past.Reading(*[*values, calendar.moment(at)]) for *values, at in row["readings"]),
        points=tuple(past.PointResult(*each) for each in row["points"]),
        extra=tuple(past.ExtraReading(*[*values, calendar.moment(at)]) for *values, at in row["extra"]),
        derived=tuple(past.DerivedResult(*each) for each in row["derived"]),
        verdict=row["verdict"],
    )


def _look_back(calendar: Calendar, drift: Row) -> past.LookBack:
    found = drift["look_back"]
    lots = tuple(
        calendar.shape(
            past.LookBackLot,
            each,
            used=("set", "U", "sorted"),
            set_value=each["set"],
            u=each["U"],
            sorted_as=each["sorted"],
        )
        for each in found["work"]
    )
    return past.LookBack(drift["gauge"], calendar.day(found["from"]), calendar.day(found["to"]), lots)
