"""How values stand on a page: what belongs together stays on one line."""

import pytest
from flask import Flask
from markupsafe import Markup

from techfloor.web.show import unbroken, weekdays

pytestmark = pytest.mark.pages


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("100.0 N·m clockwise", "100.0 N·m"),
        ("Click torque wrench 20-100 N m", "20-100 N m"),
        ("± 0.10 mm", "± 0.10 mm"),
        ("error −0.51 %", "−0.51 %"),
        ("18 Mar 2027, in 116 days", "18 Mar 2027"),
    ],
)
def test_what_belongs_together_stays_on_one_line(text: str, whole: str) -> None:
    assert f'<span class="nowrap">{whole}</span>' in unbroken(text)


@pytest.mark.parametrize("text", ["M10x1 6H go/no-go", "CAL-2026-00035", "in 116 days", "4 1/2 digits", "5 masses"])
def test_other_words_stay_as_they_are(text: str) -> None:
    assert unbroken(text) == text


def test_tags_are_left_alone_and_signs_are_escaped() -> None:
    assert unbroken(Markup('<a title="5 mm">x</a>')) == '<a title="5 mm">x</a>'
    assert unbroken("<b>5 mm") == '&lt;b&gt;<span class="nowrap">5 mm</span>'


@pytest.mark.parametrize(
    ("days", "shown"),
    [
        (["mon", "tue", "wed", "thu", "fri"], "Mon–Fri"),
        (["sat", "sun"], "Sat, Sun"),
        (["fri", "mon", "tue", "wed"], "Mon–Wed, Fri"),
        ([], ""),
    ],
)
def test_days_of_the_week_are_read_as_runs(app: Flask, days: list[str], shown: str) -> None:
    with app.test_request_context():
        assert weekdays(days) == shown
