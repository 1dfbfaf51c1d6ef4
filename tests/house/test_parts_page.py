"""The page of parts, rendered by plain Jinja as the app renders it, is sound HTML that every reader can use."""

import gzip
import re
from collections import Counter
from pathlib import Path
from typing import Any

import html5lib  # type: ignore[import-untyped]
import pytest
from fontTools.ttLib import TTFont
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Form, HiddenField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional

from house.parts_render import STATIC, environment, render, shell
from techfloor.house.parts import samples

SIGNS = "−±µμ·°Ω²³–—×✓✕→≤≥ÄÖÜäöüßéèñçčłőșž€…‘’“”"
PAGE_WEIGHT = 150 * 1024


@pytest.fixture(scope="module")
def page() -> str:
    return render()


@pytest.fixture(scope="module")
def tree(page: str) -> Any:
    return html5lib.parse(page, namespaceHTMLElements=False)


@pytest.mark.parametrize(
    "changes",
    [{}, {"page_kind": "desk"}, {"visitor": None, "rail": [], "bar": []}, {"glove": True, "theme": "dark"}],
    ids=["tablet", "desk", "signed out", "glove and dark"],
)
def test_is_valid_html(changes: dict[str, Any]) -> None:
    html5lib.HTMLParser(strict=True).parse(render(**changes))


def test_has_one_main_heading(tree: Any) -> None:
    assert len(tree.findall(".//h1")) == 1


def test_uses_every_id_once(tree: Any) -> None:
    counts = Counter(node.get("id") for node in tree.iter() if node.get("id"))
    assert [name for name, count in counts.items() if count > 1] == []


def test_labels_every_control(tree: Any) -> None:
    named = {label.get("for") for label in tree.iter("label")}
    inside = {control for label in tree.iter("label") for control in label.iter("input")}
    controls = [node for tag in ("input", "select", "textarea") for node in tree.iter(tag)]
    shown = [node for node in controls if node.get("type") != "hidden"]
    assert [node.get("id") for node in shown if node.get("id") not in named and node not in inside] == []


def test_points_only_at_what_is_there(tree: Any) -> None:
    ids = {node.get("id") for node in tree.iter()}
    asked: set[str] = set()
    for node in tree.iter():
        for attribute in ("aria-describedby", "aria-labelledby", "for"):
            asked.update((node.get(attribute) or "").split())
        if (node.get("href") or "").startswith("#"):
            asked.add(node.get("href")[1:])
    assert asked - ids == set()


def test_has_no_inline_script_and_no_inline_style(page: str, tree: Any) -> None:
    assert not re.search(r"\sstyle=|\son[a-z]+=", page)
    assert [node for node in tree.iter("script") if not node.get("src")] == []
    assert list(tree.iter("style")) == []


def test_gives_every_posting_form_its_token(tree: Any) -> None:
    posting = [form for form in tree.iter("form") if form.get("method") == "post"]
    bare = [form for form in posting if not any(node.get("name") == "csrf_token" for node in form.iter("input"))]
    assert posting
    assert bare == []


def test_uses_only_icons_that_are_drawn(page: str) -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text()))
    assert set(re.findall(r"icons\.svg#([\w-]+)", page)) <= drawn


def test_says_error_first_in_the_title_of_a_refused_form() -> None:
    refused = environment().get_template("house/parts.html").render(**shell(), **samples(), errors=[("a", "b")])
    assert "<title>Error: Every part" in refused


def test_shows_the_demo_ribbon_only_in_the_demo() -> None:
    plant = {"name": "Plant North", "demo": False, "language": "en"}
    assert 'class="ribbon"' not in render(plant=plant)


def test_escapes_what_people_typed() -> None:
    source = "{% from '_parts/number.html' import number %}{{ number(field, live=live) }}"
    typed = {"id": "n", "name": "n", "label": "<b>", "data": '"><script>', "errors": ["<i>"]}
    html = environment().from_string(source).render(field=typed, live={"unit": "'\"<"})
    assert isinstance(html, str)
    assert not any(bad in html for bad in ("<b>", "<script>", "<i>", "'\"<"))
    assert Markup("&lt;b&gt;") in html


@pytest.mark.parametrize("file", sorted((STATIC / "vendor" / "fonts").glob("plex-*.woff2")), ids=lambda file: file.name)
def test_fonts_hold_every_sign_of_the_plant(file: Path) -> None:
    characters = TTFont(file).getBestCmap()
    assert [sign for sign in SIGNS if ord(sign) not in characters] == []


def test_weighs_little(page: str) -> None:
    text = [page.encode(), *(file.read_bytes() for kind in ("css", "js") for file in (STATIC / kind).iterdir())]
    packed = sum(len(gzip.compress(each, 9)) for each in [*text, (STATIC / "icons.svg").read_bytes()])
    fonts = sum(file.stat().st_size for file in (STATIC / "vendor" / "fonts").glob("plex-*.woff2"))
    assert packed + fonts <= PAGE_WEIGHT


class _Sheet(Form):  # type: ignore[misc]
    entry_key = HiddenField(default="key-1")
    serial = StringField("Serial", [InputRequired("Enter the serial number")])
    note = StringField("Note", [Optional()])
    condition = RadioField("Condition", choices=[SelectChoice("good", "Good"), SelectChoice("worn", "Worn")])
    procedure = SelectField("Procedure", choices=[SelectChoice(5, "CAL-P-05")], coerce=int)
    clean = BooleanField("Clean")


_FORM_SOURCE = """
{%- from '_parts/form.html' import form_open -%}{%- from '_parts/field.html' import field -%}
{%- from '_parts/choice.html' import choice -%}{%- from '_parts/select.html' import select -%}
{%- from '_parts/checkboxes.html' import checkbox -%}{%- from '_parts/error_summary.html' import form_errors -%}
{%- call form_open(form, '/here') -%}
{{ form_errors(form) }}{{ field(form.serial) }}{{ field(form.note) }}{{ choice(form.condition) }}
{{ select(form.procedure) }}{{ checkbox(form.clean) }}
{%- endcall -%}
"""


def test_macros_take_the_fields_of_wtforms() -> None:
    form = _Sheet(MultiDict({"serial": "", "condition": "worn", "procedure": "5", "clean": "y"}))
    assert not form.validate()
    html = environment().from_string(_FORM_SOURCE).render(form=form)
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    chosen = [node.get("value") for node in tree.iter("input") if node.get("checked") is not None]
    hidden = {node.get("name"): node.get("value") for node in tree.iter("input") if node.get("type") == "hidden"}
    assert chosen == ["worn", "y"]
    assert hidden == {"csrf_token": "a-token", "entry_key": "key-1"}
    assert html.count("Enter the serial number") == 2
    assert html.count("(optional)") == 1
    assert 'href="#serial"' in html
