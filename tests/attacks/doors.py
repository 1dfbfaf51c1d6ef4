"""Every door of the house: each route with its verb, its permission and an address that opens it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from techfloor.web.access import OPEN, SIGNED_IN

_STATES = {
    "calibration.check": "ready",
    "calibration.sign": "ready",
    "calibration.review": "performed",
    "calibration.review_post": "performed",
    "calibration.look_back": "held_back",
    "calibration.look_back_post": "held_back",
    "calibration.show": "closed",
    "calibration.show_version": "closed",
    "calibration.amend": "closed",
    "calibration.amend_post": "closed",
    "calibration.issue_certificate": "closed",
    "calibration.show_certificate": "closed",
    "calibration.certificate_pdf": "closed",
    "calibration.certificate_xml": "closed",
    "calibration.file": "checked",
    "calibration.go_on": "checked",
    "calibration.change_certificate": "checked",
    "calibration.change_certificate_post": "checked",
    "calibration.checks": "checked",
    "calibration.checks_post": "checked",
    "calibration.outside_check": "checked",
    "calibration.outside_sign": "checked",
    "in_use_checks.issue_pdf": "month",
    "in_use_checks.paper": "month",
    "in_use_checks.pdf": "month",
    "in_use_checks.record": "month",
    "in_use_checks.version": "month",
    "gauge_studies.check": "studied",
    "gauge_studies.sign": "studied",
    "gauge_studies.record": "evaluated",
    "gauge_studies.review": "evaluated",
    "gauge_studies.review_post": "evaluated",
    "gauge_studies.issue_pdf": "evaluated",
    "gauge_studies.paper": "evaluated",
    "gauge_studies.pdf": "evaluated",
    "gauge_studies.ask": "evaluated",
    "gauge_studies.ask_post": "evaluated",
    "gauge_studies.show_version": "evaluated",
    "gauge_studies.version_issue_pdf": "evaluated",
    "gauge_studies.version_paper": "evaluated",
    "gauge_studies.version_pdf": "evaluated",
    "gauge_studies.amendment": "putting_right",
    "gauge_studies.right": "putting_right",
    "gauge_studies.right_post": "putting_right",
}
_GAUGES = {
    "calibration.start": "G-001",
    "calibration.start_post": "G-001",
    "calibration.receive": "G-020",
    "calibration.receive_post": "G-020",
    "calibration.send_out": "G-020",
    "calibration.send_out_post": "G-020",
    "calibration.procedure_show": "CAL-P-02",
    "calibration.procedure_ready": "CAL-P-02",
    "calibration.procedure_take_over": "CAL-P-02",
    "calibration.procedure_version": "CAL-P-04",
    "calibration.paper": "CAL-P-04",
    "calibration.pdf": "CAL-P-04",
    "calibration.issue_pdf": "CAL-P-04",
    "calibration.procedure_retirement": "CAL-P-04",
    "calibration.procedure_retire": "CAL-P-04",
    "in_use_checks.begin_anew": "G-016",
    "in_use_checks.end": "G-016",
    "in_use_checks.gauge": "G-016",
    "in_use_checks.month": "G-016",
    "calibration.standard_values": "S-003",
    "in_use_checks.not_used": "G-016",
    "in_use_checks.now": "G-016",
    "in_use_checks.now_post": "G-016",
    "in_use_checks.review": "G-016",
    "in_use_checks.set_up": "G-016",
    "in_use_checks.set_up_post": "G-016",
    "verify.show": "AAAABBBBCCCC",
}
_DRAFTS = frozenset(
    f"calibration.procedure_{name}" for name in ("draft", "edit", "keep", "approval", "approve", "give_up", "pieces")
)
_USUAL: dict[str, Any] = {
    "run": "as-found",
    "point": 1,
    "repeat": 1,
    "attachment_id": 1,
    "hold_id": 1,
    "device_id": 1,
    "person_id": 1,
    "session_id": 1,
    "area_id": 1,
    "shift_id": 1,
    "deed": "report-lost",
    "kind": "machine",
    "ready": "caliper",
    "key": "people.idle_lock_minutes",
    "what": "gauges",
    "run_id": 1,
    "name": "regulated",
    "month": "2026-10",
    "version": 1,
    "filename": "css/base.css",
    "form": "csv",
}


def _usual_state(rule: Rule) -> str:
    return "studying" if str(rule.endpoint).startswith("gauge_studies.") else "begun"


@dataclass(frozen=True)
class Door:
    """A route asked with one verb; `values` are what its address names."""

    rule: Rule
    method: str
    permission: str
    values: Mapping[str, Any]

    @property
    def endpoint(self) -> str:
        """The name of the route."""
        return str(self.rule.endpoint)


class Doors:
    """The doors of an application."""

    def __init__(self, app: Flask, names: Mapping[str, str]) -> None:
        self.app, self.names = app, names
        self._urls = app.url_map.bind("")
        self._access: dict[str, str] = app.extensions["techfloor"].access
        self.roles: Mapping[str, frozenset[str]] = app.extensions["techfloor"].permission_roles

    def __iter__(self) -> Iterator[Door]:
        for rule in self.app.url_map.iter_rules():
            if rule.endpoint == "static":
                continue
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield Door(rule, method, self._access[rule.endpoint], self._values(rule))

    def _values(self, rule: Rule) -> dict[str, Any]:
        usual = {
            **_USUAL,
            "number": self.names[_STATES.get(rule.endpoint, _usual_state(rule))],
            "code": self.names["draft"]
            if rule.endpoint in _DRAFTS
            else _GAUGES.get(rule.endpoint, "S-006" if "certificates" in rule.rule else "G-014"),
            "certificate_id": int(self.names["lot"]),
            "reading_id": int(self.names["reading"]),
            "check_id": int(self.names["checked_row"]),
            "ambient_id": int(self.names["ambient"]),
            "value_id": int(self.names["value"]),
            "appraiser_id": int(self.names["appraiser"]),
            "line_id": int(self.names["old_line"]),
            "turn": 2,
        }
        return {name: usual.get(name, 1) for name in rule.arguments}

    def address(self, door: Door, **others: Any) -> str:
        """Return the address of a door, with other values where they are given."""
        return self._urls.build(door.endpoint, {**door.values, **others}, method=door.method)

    def lets_in(self, door: Door, roles: frozenset[str]) -> bool:
        """Tell what the permission of a door promises somebody with these roles; nobody has none."""
        if door.permission in {OPEN, SIGNED_IN}:
            return door.permission == OPEN or bool(roles)
        return bool(self.roles[door.permission] & roles)
