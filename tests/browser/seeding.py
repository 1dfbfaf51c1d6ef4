"""Calibrations in every state, made through the pages by a client without a browser, where a test needs one there."""

import io
import re
from collections.abc import Sequence
from typing import Any

from check_work import checked_in_october, review_october
from plant_client import PlantClient, SignedInAs
from sqlalchemy import select
from werkzeug.test import TestResponse

from techfloor.duties.calibration.models import OldCalibration
from techfloor.equipment.models import Equipment, StandardCertificate
from techfloor.people.models import Person
from techfloor.reports.job_runner import Runner
from techfloor.reports.models import IssuedPdf
from techfloor.store import db

CALIPER = ("0.00", "25.00", "50.05", "100.00", "150.10", "25.00")
TOO_LONG = ("0.00", "25.00", "50.05", "100.00", "150.30", "25.00")
_PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< >>\n%%EOF\n"
_CERTIFICATE = {
    "laboratory": "Calibration laboratory North",
    "accreditation": "DAkkS D-K-15000",
    "certificate": "2026-008-1533",
    "sent": "2026-11-02",
    "performed": "2026-11-12",
    "back": "2026-11-19",
    "as_found": "pass",
    "as_left": "same as found",
    "rule": "simple acceptance",
    "uncertainty": "0.0012 mm (k = 2)",
}
_OUTSIDE_CHECKS = 6
_PROCEDURE = {
    "code": "CAL-P-90",
    "title": "Caliper of the plant, 0.01 mm",
    "mode": "apply",
    "unit": "mm",
    "tolerance": "± 0.03 mm",
    "point_sets-0-points": "0.00\n50.00; pieces: 50\n200.00",
    "budget-0-component": "resolution",
    "budget-0-basis": "half resolution",
    "standards": "S-003",
    "rule": "guard-band",
    "rule_text": "Guard band: U is taken off each limit",
}
_STUDY: dict[str, dict[str, Any]] = {
    "new": {"subject": "diameter 25", "function": "outside", "basis": "none", "labels": "1\n2"},
    "new-attribute": {"subject": "burr", "good": "A\nB", "bad": "C"},
}


class Seeds:
    """Makes what the address of a page names, once it is asked for: seeds["ready"] is a number to sign."""

    def __init__(self, as_: SignedInAs) -> None:
        self._tara, self._quinn, self._otto = as_("T", tablet=True), as_("Q"), as_("O")

    def __getitem__(self, name: str) -> str:
        made: str = getattr(self, name)()
        return made

    def old_line(self) -> str:
        """Return the id of a line from the old records, of the caliper G-014."""
        sheet = b"Code;Calibrated on;Certificate;Verdict as found\nG-014;2024-03-04;K-1;pass\n"
        file = {"what": "history", "file": (io.BytesIO(sheet), "history.csv")}
        looked = self._quinn.submit("/imports/", file).location
        answer = self._quinn.submit(looked.partition("?")[0].replace("/check", "/bring-in"), page=looked)
        assert answer.status_code == 303, answer.text
        with self._quinn.application.app_context():
            return str(db.session.scalars(select(OldCalibration.id)).one())

    def draft(self) -> str:
        """Return the code of a procedure that is drafted, with a budget, a stack to be proposed and no approval."""
        url, typed = "/calibration/procedures/new", dict(_PROCEDURE)
        answer = self._quinn.submit(url, typed)
        assert answer.status_code == 303, answer.text
        return typed["code"]

    def begun(self, code: str = "G-014", readings: Sequence[str] = CALIPER[:1]) -> str:
        """Return a calibration with its first reading."""
        page = self._tara.get(f"/calibration/start/{code}").text
        room = {name: "20.3" for name in ("temperature", "humidity") if f'name="{name}"' in page}
        room["humidity"] = "45" if "humidity" in room else ""
        chosen = re.search(r'name="standard" value="([^"]+)" checked', page)
        standard = {"standard": chosen[1]} if chosen else {}
        answer = self._tara.submit(f"/calibration/start/{code}", {**standard, **room, "soaked": "y", "confirmed": "y"})
        number = _number(answer)
        self._read(number, readings)
        return number

    def _read(self, number: str, readings: Sequence[str]) -> None:
        for value in readings:
            place = self._tara.get(f"/calibration/{number}/next").location.split("?")[0]
            page = self._tara.get(place).text
            names = re.findall(r'data-number[^>]* name="(\w+)"|name="(reference|indication|difference)"', page)
            name = next(filter(None, names[0]))
            assert self._tara.submit(place, {name: value}).status_code == 303, value

    def weighed(self) -> str:
        """Return a comparison with its first of three differences."""
        return self.begun("G-021", ("0.010",))

    def typed_twice(self) -> str:
        """Return a calibration in which standard and gauge are both read."""
        return self.begun("G-018", ())

    def failed(self) -> str:
        """Return a calibration that failed as found and waits for the word on adjusting."""
        return self.begun(readings=TOO_LONG)

    def adjusted(self) -> str:
        """Return a calibration at its first reading as left."""
        number = self.failed()
        self._tara.submit(f"/calibration/{number}/adjust", {"adjusted": "yes", "words": "jaws lapped"})
        return number

    def ready(self) -> str:
        """Return a calibration to be signed."""
        return self.begun(readings=CALIPER)

    def held_back(self) -> str:
        """Return a calibration that failed, was not adjusted, and left a look-back to do."""
        number = self.failed()
        self._tara.submit(f"/calibration/{number}/adjust", {"adjusted": "no"})
        return self._signed(number)

    def performed(self) -> str:
        """Return a calibration that waits for its review."""
        return self._signed(self.ready())

    def _signed(self, number: str) -> str:
        page = f"/calibration/{number}/check"
        answer = self._tara.submit(f"/calibration/{number}/sign", {"secret": self._tara.secret}, page=page)
        assert answer.status_code == 303
        return number

    def closed(self) -> str:
        """Return a calibration that was reviewed, with its certificate."""
        number = self.performed()
        signed = {"user_name": self._quinn.who.user_name, "secret": self._quinn.secret, "outcome": "accept"}
        assert self._quinn.submit(f"/calibration/{number}/review", signed).status_code == 303
        return number

    def job(self) -> str:
        """Return a job that has ended, and what it made was printed."""
        self.closed()
        page = self._quinn.submit("/calibration/certificates", page="/calibration/").location
        Runner(self._quinn.application).run_waiting()
        assert self._quinn.submit(f"{page}/print", page=page).status_code == 303
        return str(page.rsplit("/", 1)[1])

    def sheet(self) -> str:
        """Return what names a file in the address of its dry run: a gauge is new, one changed, one refused."""
        rows = (
            b"Code;Name;Serial;Unit;Tolerance\nG-014;Vernier caliper;X-1;;\nG-900;Steel rule;R-9;mm;\nG-014;Twice;;;\n"
        )
        answer = self._quinn.submit("/imports/", {"what": "gauges", "file": (io.BytesIO(rows), "gauges.csv")})
        assert answer.status_code == 303, answer.text
        return str(answer.location.partition("?")[2])

    def scale(self) -> str:
        """Return the code of a gauge that is checked in use, and due."""
        if self._quinn.get("/checks/gauges/G-016/now").status_code != 200:
            checked_in_october(self._quinn.application)
        return "G-016"

    def row(self) -> str:
        """Return a value of that gauge."""
        return self.scale() and "1"

    def month(self) -> str:
        """Return the number of a month of checks that was reviewed."""
        self.scale()
        page = self._quinn.get("/checks/gauges/G-016/months/2026-10").text
        found = re.search(r"IUC-\d{4}-\d{5}", page) if "Reviewed as" in page else None
        return found[0] if found else review_october(self._quinn)

    def amending(self) -> str:
        """Return a calibration that is being corrected."""
        number = self.closed()
        given = {"kind": "correction", "reason": "the sheet says something else"}
        assert self._tara.submit(f"/calibration/{number}/amend", given).status_code == 303
        return number

    def code(self) -> str:
        """Return the code of an issued certificate."""
        page = self._quinn.get(f"/calibration/{self.closed()}/certificate.pdf")
        assert page.status_code == 200
        with self._quinn.application.app_context():
            return db.session.scalars(select(IssuedPdf.code)).one()

    def to_approve(self) -> str:
        """Return a word for the address of the page that approves a policy, once there is a draft."""
        given = {"title": "Signing", "text": "I sign what I saw.", "change": "Shorter."}
        assert self._quinn.submit("/settings/policy/draft", given).status_code == 303
        return "drafted"

    def legal_hold(self) -> str:
        """Return the id of a legal hold."""
        given = {"reason": "Claim of a customer.", "numbers": self.begun(), "kind": "", "equipment": ""}
        return str(self._quinn.submit("/settings/retention/holds/new", given).location).rsplit("/", 1)[1]

    def lot(self) -> str:
        """Return the id of a lot of the reference material S-006."""
        with self._quinn.application.app_context():
            lots = select(StandardCertificate.id).join(Equipment, Equipment.id == StandardCertificate.standard_id)
            return str(db.session.scalars(lots.where(Equipment.code == "S-006")).first())

    def held(self) -> str:
        """Return the id of a hold."""
        given = {"reason": "damaged", "remark": "fell from the bench"}
        assert self._tara.submit("/equipment/G-014/hold", given).status_code == 303
        return "1"

    def studying(self, kind: str = "new") -> str:
        """Return a gauge study with the first value of the first of two appraisers."""
        with self._quinn.application.app_context():
            wanted = select(Person.id).where(Person.user_name.in_(("otto", "tara"))).order_by(Person.user_name.desc())
            people = [str(each) for each in db.session.scalars(wanted)]
        page = f"/studies/gauges/G-014/{kind}"
        answer = self._quinn.submit(page, {**_STUDY[kind], "appraisers": people, "repeats": "2"})
        number = str(answer.location).rsplit("/", 1)[1]
        self._measure(self._tara, number)
        return number

    def _measure(self, client: PlantClient, number: str) -> bool:
        """Give the next value of an appraiser; returns whether there was one to give."""
        at = client.get(f"/studies/{number}/next").location
        if "/turns/" not in at:
            return False
        typed = {"value": f"25.{at[-1]}0"} if "data-number" in client.get(at).text else {"call": "pass"}
        assert client.submit(at, typed).status_code == 303
        return True

    def judging(self) -> str:
        """Return a study of pass and fail with its first judgement."""
        return self.studying("new-attribute")

    def studied(self) -> str:
        """Return a gauge study of which every value is in."""
        number = self.studying()
        for client in (self._tara, self._otto):
            while self._measure(client, number):
                pass
        return number

    def evaluated(self) -> str:
        """Return a gauge study that was signed."""
        number = self.studied()
        given = {"user_name": self._quinn.who.user_name, "secret": self._quinn.secret}
        answer = self._quinn.submit(f"/studies/{number}/sign", given, page=f"/studies/{number}/check")
        assert answer.status_code == 303, answer.text
        return number

    def putting_right(self) -> str:
        """Return a gauge study whose amendment is under way."""
        number = self.evaluated()
        given = {"kind": "correction", "reason": "the drawing says 24 to 25.5"}
        assert self._quinn.submit(f"/studies/{number}/amend", given).status_code == 303
        page = f"/studies/{number}/amendment/set-up"
        assert self._quinn.submit(page, {"subject": "the bore", "basis": "none"}).status_code == 303
        return number

    def entered(self) -> str:
        """Return an outside calibration whose certificate was typed in."""
        file: dict[str, Any] = {"file": (io.BytesIO(_PDF), "certificate.pdf")}
        return _number(self._quinn.submit("/calibration/gauges/G-008/certificate", {**_CERTIFICATE, **file}))

    def checked(self) -> str:
        """Return an outside calibration whose checks are answered."""
        number = self.entered()
        answers = {f"answer_{n}": "yes" for n in range(_OUTSIDE_CHECKS)}
        assert self._quinn.submit(f"/calibration/outside/{number}/checks", answers).status_code == 303
        return number


def _number(answer: TestResponse) -> str:
    found = re.search(r"CAL-\d{4}-\d{5}", answer.location or "")
    assert found is not None, answer.text
    return found[0]
