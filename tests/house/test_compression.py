"""Answers are small on the air, and their length tells nothing of what they hold."""

import gzip
import re

import pytest
from flask import Flask

from .conftest import VisitAs

GZIP = {"Accept-Encoding": "gzip, deflate"}


def test_a_page_comes_packed_to_who_takes_it(visit: VisitAs) -> None:
    client = visit("technician")
    plain, packed = client.get("/more"), client.get("/more", headers=GZIP)

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert b"All places" in gzip.decompress(packed.data)
    assert len(packed.data) < len(plain.data) / 2
    assert plain.vary.as_set() == packed.vary.as_set() >= {"accept-encoding"}


def test_the_length_of_a_page_is_blurred(visit: VisitAs) -> None:
    client = visit("technician")

    assert len({len(client.get("/about", headers=GZIP).data) for _ in range(12)}) > 1


@pytest.mark.parametrize("name", ["css/base.css", "js/number.js", "icons.svg"])
def test_a_static_file_comes_packed_and_is_kept_by_the_browser(house_app: Flask, visit: VisitAs, name: str) -> None:
    stamp = re.search(r'href="/static/(v\w+)/css/base.css"', visit("technician").get("/more").text)
    assert stamp

    client = house_app.test_client()
    answer = client.get(f"/static/{stamp[1]}/{name}", headers=GZIP, buffered=True)

    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.cache_control.max_age == 31_536_000
    assert gzip.decompress(answer.data) == client.get(f"/static/{stamp[1]}/{name}", buffered=True).data


def test_a_font_and_a_refusal_without_words_go_as_they_are(house_app: Flask) -> None:
    answer = house_app.test_client().get("/static/vendor/fonts/plex-sans-400.woff2", headers=GZIP, buffered=True)

    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers


def test_a_browser_that_has_the_file_gets_no_second_copy(house_app: Flask) -> None:
    client = house_app.test_client()
    first = client.get("/static/css/base.css", headers=GZIP, buffered=True)

    again = client.get("/static/css/base.css", headers={**GZIP, "If-None-Match": first.headers["ETag"]}, buffered=True)

    assert (again.status_code, again.data) == (304, b"")
