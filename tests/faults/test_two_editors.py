"""Two who change the same thing at the same time: nobody's change is lost, and whoever comes second sees both."""

import re
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from plant_client import ClockAt, PlantClient, SignedInAs

from techfloor import clock
from techfloor.people.sessions import SESSION_COOKIE
from techfloor.store.acts import new_id
from techfloor.web.editing import EditForm

AREA = {"name": "Machining", "line": "Line 2", "ambient": ""}


def opened(client: PlantClient, page: str) -> dict[str, str]:
    """Open the page of a form, as somebody who will type for a while."""
    return client.hidden(page, page)


@pytest.mark.pages
def test_the_second_of_two_is_shown_both(as_: SignedInAs) -> None:
    first, second = as_("D"), as_("D")
    hidden = opened(second, "/settings/areas/1")
    given = {**AREA, "reason": "x"}
    assert first.submit("/settings/areas/1", {**given, "name": "Turning"}).status_code == 303
    answer = second.post("/settings/areas/1", data={**given, **hidden, "name": "Milling"})
    assert answer.status_code == 409
    assert 'value="Milling"' in answer.text
    said = "20 Nov 2026 10:00:00: “Turning”. Yours: “Milling”."
    assert f'<a href="#name">Name of the area: Dana Weiss, {said}</a>' in unescape(answer.text)
    assert f"</span>Dana Weiss, {said}</span>" in unescape(answer.text)
    assert 'href="/settings/areas/1?fresh=1"' in answer.text
    assert 'value="Turning"' in second.get("/settings/areas/1?fresh=1").text


@pytest.mark.pages
def test_who_has_seen_both_saves_with_one_more_tap(as_: SignedInAs) -> None:
    first, second = as_("D"), as_("D")
    hidden = opened(second, "/settings/areas/1")
    first.submit("/settings/areas/1", {**AREA, "name": "Turning"})
    answer = second.post("/settings/areas/1", data={**AREA, **hidden, "name": "Milling"})
    again = {"base": re.search(r'name="base" value="([^"]*)"', answer.text)[1], "entry_key": new_id()}  # type: ignore[index]
    assert second.post("/settings/areas/1", data={**AREA, **hidden, **again, "name": "Milling"}).status_code == 303
    assert "Milling" in first.get("/settings").text


@pytest.mark.pages
def test_what_only_the_other_changed_is_taken_over_and_shown(as_: SignedInAs) -> None:
    first, second = as_("D"), as_("D")
    page = second.get("/settings/areas/1").text
    boxes = {name: unescape(value) for name, value in re.findall(r'id="(\w+)" name="\w+" value="([^"]*)"', page)}
    hidden = opened(second, "/settings/areas/1")
    first.submit("/settings/areas/1", {**boxes, "line": "Line 9"})
    answer = second.post("/settings/areas/1", data={**boxes, **hidden, "name": "Milling"})
    assert answer.status_code == 409
    assert 'value="Line 9"' in answer.text
    assert 'value="Milling"' in answer.text
    assert "You left it as it was" in answer.text


@pytest.mark.pages
def test_each_box_names_who_changed_that_box(as_: SignedInAs, clock_at: ClockAt) -> None:
    third, page = as_("Q"), "/equipment/G-014/edit"
    card, hidden = filled(third.get(page).text), opened(third, page)
    as_("Q").submit(page, {**card, "functions-0-high": "149", "why": "bent"})
    clock_at("2026-11-20 10:05:07")
    as_("D").submit(page, {**card, "functions-0-high": "149", "why": "bent", "maker": "Mahr"})
    clock_at("2026-11-20 10:06")
    answer = third.post(page, data={**card, **hidden, "functions-0-high": "148", "maker": "Helios", "note": "mine"})
    said = unescape(answer.text)
    assert 'href="#maker">Maker: Dana Weiss, 20 Nov 2026 10:05:07: “Mahr”. Yours: “Helios”.</a>' in said
    assert 'href="#functions-0-name">What it measures: Quinn Bauer, 20 Nov 2026 10:00:00: “' in said
    assert "Note:" not in said


@pytest.mark.pages
def test_of_a_long_text_the_error_shows_where_the_two_part(as_: SignedInAs) -> None:
    second, page = as_("Q"), "/equipment/G-014/edit"
    card, hidden = filled(second.get(page).text), opened(second, page)
    long = "Word " * 100
    as_("Q").submit(page, {**card, "note": f"{long}theirs"})
    said = unescape(second.post(page, data={**card, **hidden, "note": f"{long}mine"}).text)
    assert f"“…{long[-30:]}theirs”. Yours: “…{long[-30:]}mine”." in said


def test_a_form_that_does_not_say_what_it_showed_is_not_taken_on_trust(as_: SignedInAs) -> None:
    client = as_("D")
    hidden = opened(client, "/settings/areas/1") | {"base": ""}
    assert client.post("/settings/areas/1", data={**AREA, **hidden, "name": "Milling"}).status_code == 409


def test_a_gauge_card_says_that_its_functions_were_changed_meanwhile(as_: SignedInAs) -> None:
    first, second = as_("Q"), as_("Q")
    page = "/equipment/G-014/edit"
    card = filled(first.get(page).text)
    hidden = opened(second, page)
    kept = first.submit(page, {**card, "functions-0-high": "149", "why": "bent"})
    assert kept.status_code == 303, kept.text
    answer = second.post(page, data={**card, **hidden, "functions-0-high": "148"})
    assert answer.status_code == 409
    assert "149" in answer.text
    assert 'value="148"' in answer.text


def filled(html: str) -> dict[str, str]:
    """Return what stands in the boxes of a page, as its browser would send it."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input [^>]*>", html):
        name, value = re.search(r' name="([^"]+)"', tag), re.search(r' value="([^"]*)"', tag)
        choice = re.search(r'type="(?:radio|checkbox)"', tag)
        if name and value and 'type="hidden"' not in tag and (not choice or " checked" in tag):
            found[name[1]] = unescape(value[1])
    for name, inside in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)"[^>]* selected', inside) or re.search(
            r'<option value="([^"]*)"', inside
        )
        found[name] = unescape(chosen[1]) if chosen else ""
    for name, inside in re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', html, re.DOTALL):
        found[name] = unescape(inside)
    return found


# Many at once


@dataclass(frozen=True)
class Shared:
    """A form that several people have open, and the box in which each counts one further."""

    page: str
    box: str
    words: str = "{}"


SHARED = (
    Shared("/equipment/G-014/edit", "note"),
    Shared("/equipment/G-014/edit", "limited_use"),
    Shared("/settings/areas/1", "line"),
    Shared("/settings/plant", "address"),
    Shared("/people/{person}/edit", "name", "Tara {}"),
    Shared("/settings/shifts/1", "name", "Early {}"),
)


@dataclass
class Editor:
    """Somebody who opens a form, counts one further and saves, again and again."""

    name: str
    app: Flask
    cookie: str
    edits: int
    begin: threading.Barrier
    moment: datetime
    pages: tuple[Shared, ...]
    kept: Counter[Shared] = field(default_factory=Counter)
    conflicts: int = 0
    others: list[int] = field(default_factory=list)

    def run(self) -> None:
        """Edit until enough were kept."""
        client = FlaskClient(self.app, self.app.response_class)
        client.set_cookie(SESSION_COOKIE, self.cookie)
        with clock.set_to(self.moment):  # each thread has a context of its own
            self.begin.wait(30)
            for n in range(self.edits):
                self._count_on(client, self.pages[n % len(self.pages)])

    def _count_on(self, client: FlaskClient, shared: Shared) -> None:
        page = client.get(shared.page).text
        status, seen = 0, False
        while status != 303:
            status, answer = self._send(client, shared, page, again=seen)
            if status == 409:
                page, seen = answer, True
                self.conflicts += 1
            elif status not in {303, 503}:  # 503: nothing was saved, and it is sent again
                self.others.append(status)
                return
        self.kept[shared] += 1

    def _send(self, client: FlaskClient, shared: Shared, page: str, *, again: bool) -> tuple[int, str]:
        """Save one more than the page says; what it says is theirs, where somebody was faster."""
        values = filled(page)
        theirs = re.search(rf'id="{shared.box}-error".*?“([^”]*)”', page, re.DOTALL)
        if theirs or not again:  # else another box was changed, and this one says what was typed
            count = counted(unescape(theirs[1]) if theirs else values[shared.box])
            values[shared.box] = shared.words.format(f"{count + 1} by {self.name}")  # two who type the same agree
        for name in ("csrf_token", "base"):
            values[name] = re.search(rf'name="{name}" value="([^"]*)"', page)[1]  # type: ignore[index]
        answer = client.post(shared.page, data={**values, "entry_key": new_id(), "reason": "counted"})
        return answer.status_code, answer.text


def edited(app: Flask, as_: SignedInAs, edits: int, editors: int = 8) -> tuple[int, int, list[str]]:
    """Let eight edit the same things; returns how many edits were kept, how many conflicted, and what was lost."""
    reader = as_("D")
    person = re.search(r"/people/(\d+)\"[^>]*>\s*Tara", reader.get("/people/").text)
    pages = tuple(Shared(each.page.format(person=person[1] if person else 1), each.box, each.words) for each in SHARED)
    before = {each: number_in(reader, each) for each in pages}
    begin, found = threading.Barrier(editors), []
    for n in range(editors):
        cookie = as_("D").get_cookie(SESSION_COOKIE)
        assert cookie is not None
        turned = pages[n % len(pages) :] + pages[: n % len(pages)] if n % 2 else pages
        found.append(Editor(f"e{n}", app, cookie.value, edits // editors, begin, clock.now(), turned))
    threads = [threading.Thread(target=each.run) for each in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(900)
    assert [each.others for each in found] == [[]] * editors
    kept = sum((each.kept for each in found), Counter[Shared]())
    lost = [
        f"{each.page} {each.box}: {kept[each]} kept, {number_in(reader, each) - before[each]} there"
        for each in pages
        if number_in(reader, each) - before[each] != kept[each]
    ]
    return sum(kept.values()), sum(each.conflicts for each in found), lost


def number_in(reader: PlantClient, shared: Shared) -> int:
    """Return how far was counted in a box."""
    return counted(filled(reader.get(shared.page).text)[shared.box])


def counted(words: str) -> int:
    """Return the number in "17 by e3", 0 where nobody has counted yet."""
    found = re.search(r"(\d+) by ", words)
    return int(found[1]) if found else 0


@pytest.mark.timeout(1800)
def test_no_edit_of_many_is_lost(app: Flask, as_: SignedInAs, request: pytest.FixtureRequest) -> None:
    kept, conflicts, lost = edited(app, as_, 1600 if request.config.getoption("--long") else 24)
    print(f"{kept} edits kept, {conflicts} conflicts shown")
    assert lost == []
    assert conflicts > 0


def test_without_what_the_form_showed_edits_are_lost(
    app: Flask, as_: SignedInAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same without the comparison must lose some, or it would show nothing."""
    monkeypatch.setattr(EditForm, "beside", lambda form, *_stands: form.opened())
    _kept, _conflicts, lost = edited(app, as_, 24)
    assert lost
