"""An outside calibration as quality does it, through the pages: what the scenarios share."""

import io
import re
from typing import Any

from plant_client import PlantClient
from werkzeug.test import TestResponse

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< >>\n%%EOF\n"
CHECKS = 6

PLUG = {
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
    "method": "three wires",
    "environment": "20.0 ± 0.5 °C",
    "cost": "38.00",
}
"""The certificate of the thread plug gauge G-008."""

ROOM = {
    "results-0-function": "temperature",
    "results-0-run": "as_found",
    "results-0-reference": "20.0",
    "results-0-indication": "20.2",
    "results-0-u": "0.1",
    "results-0-k": "2",
}
"""A result of the room logger G-020."""

GO = {
    "results-0-function": "GO pitch diameter",
    "results-0-run": "as_found",
    "results-0-reference": "9.3625",
    "results-0-indication": "9.3641",
    "results-0-u": "0.0012",
    "results-0-k": "2",
}


def pdf(name: str = "certificate.pdf", data: bytes = PDF) -> dict[str, Any]:
    """Return the file box of the form, filled."""
    return {"file": (io.BytesIO(data), name)}


def send_out(client: PlantClient, code: str = "G-020", **more: str) -> TestResponse:
    """Send a gauge out."""
    given = {"sent_on": "2026-11-02", "expected_back": "2026-11-23", "words": "order 4411", **more}
    return client.submit(f"/calibration/gauges/{code}/send-out", given)


def receive(client: PlantClient, code: str = "G-008", **more: Any) -> TestResponse:
    """Enter the certificate that came back with a gauge."""
    return client.submit(f"/calibration/gauges/{code}/certificate", {**PLUG, **pdf(), **more})


def number_of(answer: TestResponse) -> str:
    """Return the number of the record that an answer leads to."""
    found = re.search(r"CAL-\d{4}-\d{5}", answer.location or "")
    assert found, (answer.status_code, problems(answer))
    return found[0]


def answers(no: int | None = None, note: str = "") -> dict[str, str]:
    """Return yes to each check, but for the one with the number `no`."""
    given = {f"answer_{n}": "no" if n == no else "yes" for n in range(CHECKS)}
    return {**given, **({f"note_{no}": note} if note else {})}


def check(client: PlantClient, number: str, **given: str) -> TestResponse:
    """Answer the checks."""
    return client.submit(f"/calibration/outside/{number}/checks", given or answers())


def sign(client: PlantClient, number: str, **more: str) -> TestResponse:
    """Sign that the certificate was read."""
    who = {} if client.tablet else {"user_name": client.who.user_name}
    return client.submit(f"/calibration/outside/{number}/sign", {**who, "secret": client.secret, **more})


def entered(client: PlantClient, code: str = "G-008", **more: Any) -> str:
    """Enter a certificate, answer its checks, sign it, and return its number."""
    number = number_of(receive(client, code, **more))
    assert check(client, number).status_code == 303
    answer = sign(client, number)
    assert answer.status_code == 303, problems(answer)
    return number


def problems(answer: TestResponse) -> list[str]:
    """Return the sentences of the error summary."""
    found = re.search(r"data-error-summary>(.*?)</ul>", answer.text, re.DOTALL)
    return re.findall(r"<li>(?:<a [^>]*>)?(.*?)(?:</a>)?</li>", found[1], re.DOTALL) if found else []
