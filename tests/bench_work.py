"""Doing a calibration as a technician does it, through the pages: what the scenarios share."""

import re
from collections.abc import Mapping, Sequence

from plant_client import PlantClient
from werkzeug.test import TestResponse

AMBIENT = {"temperature": "20.3", "humidity": "45", "buffer temperature": "25.0"}


def start(client: PlantClient, code: str, ambient: Mapping[str, str] | None = None, **more: str) -> str:
    """Start a calibration and return its number."""
    page = client.get(f"/calibration/start/{code}").text
    given = {name: value for name, value in {**AMBIENT, **(ambient or {})}.items() if f'name="{name}"' in page}
    chosen = re.search(r'name="standard" value="([^"]+)" checked', page)
    standard = {"standard": chosen[1]} if chosen else {}
    answer = client.submit(f"/calibration/start/{code}", {**standard, **given, "soaked": "y", "confirmed": "y", **more})
    assert answer.status_code == 303, answer.text
    return re.search(r"CAL-\d{4}-\d{5}", answer.location)[0]  # type: ignore[index]


def place(client: PlantClient, number: str) -> str:
    """Return the page where the calibration stands."""
    answer = client.get(f"/calibration/{number}/next")
    assert answer.status_code == 303
    return answer.location.split("?")[0]


def give(client: PlantClient, number: str, **values: str) -> TestResponse:
    """Give one reading at the place where the calibration stands."""
    return client.submit(place(client, number), values)


def give_all(client: PlantClient, number: str, field: str, readings: Sequence[str]) -> None:
    """Give readings one after the other; each must be kept."""
    for value in readings:
        answer = give(client, number, **{field: value})
        assert answer.status_code == 303, (value, problems(answer))


def problems(answer: TestResponse) -> list[str]:
    """Return the sentences of the error summary, or the one beside the one box of the page."""
    beside = re.search(r'class="error-text".*?Error: </span>(.*?)</span>', answer.text, re.DOTALL)
    found = re.search(r"data-error-summary>(.*?)</ul>", answer.text, re.DOTALL)
    if beside and not found:
        return [beside[1]]
    return re.findall(r"<li>(?:<a [^>]*>)?(.*?)(?:</a>)?</li>", found[1], re.DOTALL) if found else []


def sign(client: PlantClient, number: str, **more: str) -> TestResponse:
    """Sign the calibration as performed."""
    who = {} if client.tablet else {"user_name": client.who.user_name}
    return client.submit(
        f"/calibration/{number}/sign",
        {**who, "secret": client.secret, **more},
        page=f"/calibration/{number}/check",
    )


def review(client: PlantClient, number: str, outcome: str = "accept", **more: str) -> TestResponse:
    """Review the calibration."""
    return client.submit(
        f"/calibration/{number}/review",
        {"user_name": client.who.user_name, "secret": client.secret, "outcome": outcome, **more},
    )


def eventful(client: PlantClient) -> str:
    """Do a calibration with all that a program has words for: room, soak, a correction, a point not measured."""
    number = start(client, "G-014", {"temperature": "23.9"}, soaked="", condition="damaged", damage="scratched")
    answer = give(client, number, indication="0.20")
    reading = re.search(r"after=(\d+)", answer.location)[1]  # type: ignore[index]
    client.submit(f"/calibration/{number}/correct/{reading}", {"indication": "0.00", "reason": "mistyped"})
    give_all(client, number, "indication", ["25.00", "50.05", "100.00", "150.10"])
    client.submit(f"{place(client, number)}/cannot", {"reason": "gauge damaged", "why": "jaw chipped"})
    client.submit(f"/calibration/{number}/adjust", {"adjusted": "no", "words": ""})
    assert sign(client, number).status_code == 303
    return number
