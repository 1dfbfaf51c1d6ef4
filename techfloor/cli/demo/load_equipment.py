"""Loads the equipment of the demo plant: procedures, machines, gauges, standards and their certificates."""

from dataclasses import asdict
from datetime import date
from decimal import Decimal

from techfloor.cli.demo.loading import Loading, deed, desk_proof
from techfloor.cli.demo.shapes import Function, Gauge, Machine, Standard, StandardCertificate
from techfloor.duties.calibration.actions import approving
from techfloor.duties.calibration.rules import ready_made
from techfloor.equipment import actions
from techfloor.equipment import models as equipment
from techfloor.equipment.entries import (
    CertificateEntry,
    FunctionEntry,
    GaugeEntry,
    ItemEntry,
    MachineEntry,
    StandardEntry,
)
from techfloor.equipment.statuses import Status
from techfloor.places.queries import read_plant
from techfloor.store import db

# A reference material is replaced before its lot expires; the register asks for an interval all the same.
_MONTHS_OF_A_LOT = 12


def load_procedures(loading: Loading) -> None:
    """Put every calibration procedure in force, approved by quality under a signature."""
    quality, plant = loading.people["Q"], read_plant(db.session())
    assert plant is not None
    for procedure in loading.plant.procedures:
        with deed(loading.began, "calibration:procedure:approve", actor=quality, zone=loading.zone):
            body = ready_made.body(ready_made.find(procedure.code))
            proof = desk_proof(loading, "Q", loading.began)
            made = approving.load(procedure.code, procedure.version, body, proof, plant)
            loading.procedures[procedure.code] = made


def load_machines(loading: Loading) -> None:
    """Enter the machines, before the gauges that are built into them."""
    for machine in loading.plant.machines:
        with deed(loading.began, "equipment:machine:create", actor=loading.people["S"], zone=loading.zone):
            made = actions.create_machine(_machine(loading, machine), actor=loading.people["S"], at=loading.began)
            loading.equipment[machine.code] = made.id


def _machine(loading: Loading, machine: Machine) -> MachineEntry:
    item = ItemEntry(
        machine.code,
        machine.name,
        area_id=loading.areas[machine.area],
        station_id=loading.stations[machine.station],
        acquired=machine.installed,
        note=machine.down_reason,
    )
    return MachineEntry(item, lifecycle=machine.lifecycle, availability=machine.availability)


def load_gauges(loading: Loading, *, as_today: bool) -> None:
    """Enter the gauges; `as_today` with their present status and due day, else as they were before their history."""
    for gauge in loading.plant.gauges:
        with deed(loading.began, "equipment:gauge:create", actor=loading.people["Q"], zone=loading.zone):
            entry = _gauge(loading, gauge, as_today=as_today)
            made = actions.create_gauge(entry, actor=loading.people["Q"], at=loading.began)
            db.session.get_one(equipment.Gauge, made.id).loads = dict(gauge.loads)
            loading.equipment[gauge.code] = made.id


def _gauge(loading: Loading, gauge: Gauge, *, as_today: bool) -> GaugeEntry:
    # "held" is no status: the calibration that failed places the hold.
    status = Status.IN_USE if gauge.status == "held" else Status(gauge.status)
    if not as_today and status in {Status.SPARE, Status.SENT_OUT}:
        status = Status.IN_USE
    return GaugeEntry(
        item=_gauge_item(loading, gauge),
        kind=gauge.kind,
        interval_months=gauge.interval_months,
        functions=tuple(_function(function) for function in gauge.functions),
        status=status,
        procedure_id=loading.procedures[gauge.procedure],
        point_set=gauge.point_set,
        limited_use=gauge.limited_use,
        in_use_check=gauge.in_use_check or gauge.intermediate_check,
        calibrated_by=gauge.calibrated_by or "in house",
        sent_on=gauge.sent if as_today else None,
        expected_back=gauge.expected if as_today else None,
        last_calibrated=gauge.last_calibrated if as_today else None,
        due=gauge.due if as_today else _first_due(loading, gauge),
    )


def _first_due(loading: Loading, gauge: Gauge) -> date:
    """Return the day of a gauge's first calibration here: it fell due then."""
    in_house = (made.started_at.date() for made in loading.plant.history if made.gauge == gauge.code)
    outside = (made.performed for made in loading.plant.outside if made.gauge == gauge.code)
    return min([*in_house, *outside])


def _gauge_item(loading: Loading, gauge: Gauge) -> ItemEntry:
    return ItemEntry(
        gauge.code,
        gauge.name,
        maker=gauge.maker,
        serial=gauge.serial,
        area_id=loading.areas[gauge.area],
        station_id=loading.stations.get(gauge.station),
        part_of_id=loading.equipment.get(gauge.machine),
        acquired=gauge.bought,
        note=gauge.note,
    )


def _function(function: Function) -> FunctionEntry:
    # A plug has one size, which is no range.
    low, high = ("", "") if function.low == function.high else (function.low, function.high)
    return FunctionEntry(
        name=function.name,
        unit=function.unit,
        low=_number(low),
        high=_number(high),
        resolution=_number(function.resolution),
        reads_to=_number(function.reads_to),
        tolerance=function.tolerance.text,
    )


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def load_standards(loading: Loading) -> None:
    """Enter the reference standards, without their certificates."""
    for standard in loading.plant.standards:
        with deed(loading.began, "equipment:standard:create", actor=loading.people["Q"], zone=loading.zone):
            made = actions.create_standard(_standard(loading, standard), actor=loading.people["Q"], at=loading.began)
            loading.equipment[standard.code] = made.id


def _standard(loading: Loading, standard: Standard) -> StandardEntry:
    item = ItemEntry(
        standard.code,
        standard.name,
        maker=standard.maker,
        serial=standard.serial,
        area_id=loading.areas[standard.area],
        station_id=loading.stations[standard.station],
        acquired=standard.bought,
    )
    return StandardEntry(
        item=item,
        quantity=standard.kind,
        unit=standard.unit,
        interval_months=standard.interval_months or _MONTHS_OF_A_LOT,
        resolution=_number(standard.resolution),
        low=_number(standard.low),
        high=_number(standard.high),
        reference_material=standard.reference_material,
        opened_use_days=standard.opened_use_days or None,
    )


def certificate_entry(standard: Standard, certificate: StandardCertificate) -> CertificateEntry:
    """Return a standard's certificate; the data knows the values of the newest, and each one is given them."""
    uncertainty = {key: value for key, value in asdict(standard.uncertainty).items() if value and key != "text"}
    rows = tuple(
        {key: value for key, value in (("nominal", v.nominal), ("value", v.value), ("u", v.u)) if value}
        for v in standard.values
    )
    return CertificateEntry(
        number=certificate.number,
        laboratory=certificate.laboratory,
        issued=certificate.issued,
        valid_until=certificate.valid_until,
        opened=min(certificate.opened, default=None),
        uncertainty_text=standard.uncertainty.text,
        uncertainty=uncertainty,
        certified=rows,
    )
