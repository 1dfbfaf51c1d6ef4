"""A plant in the middle of its work, the same for all attacks: what is refused leaves it as it was."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path

import pytest
from browser.seeding import Seeds
from check_work import checked_in_october, review_october
from conftest import NOW
from databases import Keeper
from flask import Flask
from plant_client import PlantClient, sign_in, watch_over
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from attacks.doors import Door, Doors
from attacks.papers import PAPER, Paper, papers
from techfloor import clock
from techfloor.app import create_app
from techfloor.cli.demo import cast
from techfloor.duties.calibration.models import Ambient, Reading
from techfloor.duties.gauge_studies.models import StudyAppraiser, StudyValue
from techfloor.equipment.models import Equipment
from techfloor.house import errors
from techfloor.people.views import sign_in as sign_in_pages
from techfloor.records.models import Record
from techfloor.reports import pdf
from techfloor.store import db

_READS = ("SELECT", "BEGIN", "PRAGMA", "SHOW")


@dataclass(frozen=True)
class Seen:
    """A page as somebody saw it whom its door lets in."""

    client: PlantClient
    page: str
    door: Door
    status: int
    text: str


@dataclass(frozen=True)
class Form:
    """A form of a page, and who may send it."""

    client: PlantClient
    page: str
    paper: Paper
    door: Door

    def send(self, **others: str) -> TestResponse:
        """Send it filled in, with other values in some boxes; one over what stands already as it stands now."""
        paper = self._opened() if "base" in self.paper.boxes else self.paper
        return self.client.post(paper.action or self.page, data=paper.filled(**others))

    def _opened(self) -> Paper:
        return next(each for each in papers(self.client.get(self.page).text) if each.action == self.paper.action)


_MADE = (
    "code",
    "held_back",
    "performed",
    "ready",
    "lot",
    "checked",
    "studying",
    "studied",
    "evaluated",
    "putting_right",
)


def _of_study(number: str) -> dict[str, str]:
    """Return a value of a study under way, and an appraiser who has not begun."""
    study = select(Record.id).where(Record.number == number).scalar_subquery()
    value = select(StudyValue.id).where(StudyValue.record_id == study)
    appraiser = select(StudyAppraiser.id).where(StudyAppraiser.record_id == study, StudyAppraiser.n == 2)
    return {
        "value": str(db.session.scalars(value).one()),
        "appraiser": str(db.session.scalars(appraiser).one()),
    }


def let_go(app: Flask) -> None:
    """Let go of the database and the log of an application."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    for handler in app.logger.handlers[:]:
        app.logger.removeHandler(handler)
        handler.close()


class Besieged:
    """The plant with its work, and a browser at a desk for each of the cast."""

    def __init__(self, keeper: Keeper, template: Path, folder: Path) -> None:
        self.settings = keeper.copy(template, folder / "instance")
        self.app = create_app(self.settings)
        self.app.test_client_class = PlantClient
        watch_over(self.app)
        self._clients: dict[tuple[str, bool | str], PlantClient] = {}
        self._tokens: dict[PlantClient, str] = {}
        self.written: list[str] = []
        self.doors = Doors(self.app, self._work())

    def _work(self) -> dict[str, str]:
        """Make work in every state, and return what addresses name it by."""
        seeds = Seeds(self.as_)
        names = {name: seeds[name] for name in _MADE}
        closed = self.as_("Q").get("/records?q=CAL").text
        assert "CAL-2026-00001" in closed
        names |= {"closed": "CAL-2026-00001", "begun": seeds.begun("G-021", ("0.010",)), "held": seeds.held()}
        names["draft"], names["old_line"] = seeds.draft(), seeds.old_line()
        with self.app.app_context():
            record_id = db.session.scalars(select(Record.id).where(Record.number == names["begun"])).one()
            names["reading"] = str(db.session.scalars(select(Reading.id).where(Reading.record_id == record_id)).one())
            ambient = select(Ambient.id).where(Ambient.record_id == record_id)
            names["ambient"] = str(db.session.scalars(ambient).first())
            names |= _of_study(names["studying"])
        # The caliper reaches no 200 g: its check is of the scale, as the addresses of this duty name it.
        rows = checked_in_october(self.app)
        return names | {"checked_row": str(rows[-1]), "month": review_october(self.as_("Q"))}

    def as_(self, key: str, *, tablet: bool | str = False) -> PlantClient:
        """Return the browser of one of the cast, the same each time; of nobody for the empty key."""
        if (key, tablet) not in self._clients:
            name = "T-04" if tablet is True else tablet or ""
            made = sign_in(self.app, cast.person(key), name, clock.now) if key else self.app.test_client()
            assert isinstance(made, PlantClient)
            self._clients[key, tablet] = made
        return self._clients[key, tablet]

    @cached_property
    def pages(self) -> list[Seen]:
        """Return every page, asked for once by somebody whom its door lets in, five minutes later."""
        for key in ("Q", "D", "T"):
            self.as_(key, tablet=key == "T")
        with clock.set_to(NOW + timedelta(minutes=5)), self.noting(self.written):
            return [self._seen(door) for door in self.doors if door.method == "GET"]

    def _seen(self, door: Door) -> Seen:
        page = self.doors.address(door)
        for key in ("Q", "D", "T"):  # Tara last, at the tablet on which she has the calibrations under way
            client = self.as_(key, tablet=key == "T")
            if self.doors.lets_in(door, frozenset(client.who.roles)):
                answer = client.get(page)
                if answer.status_code == 200:
                    break
        return Seen(client, page, door, answer.status_code, answer.text if answer.mimetype == "text/html" else "")

    @cached_property
    def forms(self) -> list[Form]:
        """Return every form that a page shows, with who may send it."""
        found = [(seen, paper) for seen in self.pages if seen.status == 200 for paper in papers(seen.text)]
        return [Form(seen.client, seen.page, paper, seen.door) for seen, paper in found]

    @contextmanager
    def noting(self, found: list[str]) -> Iterator[None]:
        """Note every statement inside the block that does not only read."""

        def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            if not statement.lstrip().upper().startswith(_READS):
                found.append(" ".join(statement.split()))

        with self.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield
        finally:
            event.remove(engine, "before_cursor_execute", note)

    @property
    def ids_by_kind(self) -> dict[str, str]:
        """Return the id of a piece of equipment of each kind."""
        with self.app.app_context():
            return {row.kind: str(row.id) for row in db.session.execute(select(Equipment.kind, Equipment.id))}

    def token(self, key: str) -> str:
        """Return the form token of one of the cast at a desk."""
        return self.token_of(self.as_(key))

    def token_of(self, client: PlantClient) -> str:
        """Return the form token of a browser, good as long as its session."""
        if client not in self._tokens:
            page = "/about" if hasattr(client, "who") else "/sign-in"
            self._tokens[client] = client.hidden(page, "/display")["csrf_token"]
        return self._tokens[client]


@contextmanager
def besieged(keeper: Keeper, template: Path, folder: Path) -> Iterator[Besieged]:
    """Give a plant in the middle of its work."""
    with clock.set_to(NOW), pytest.MonkeyPatch.context() as patched:
        patched.setattr(pdf, "render", lambda *_given, **_named: PAPER)  # drawing is attacked elsewhere
        made = Besieged(keeper, template, folder)
    yield made
    let_go(made.app)
    keeper.drop(made.settings)


@pytest.fixture(scope="package")
def plant(keeper: Keeper, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Besieged]:
    """The plant, made once for all tests that leave it as it was."""
    with besieged(keeper, template, tmp_path_factory.mktemp("besieged")) as made:
        yield made


@pytest.fixture
def bare_refusals(plant: Besieged, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer who is refused without a page: of thousands that are, only the answer counts."""
    for key in ("", *"TSIQAD"):
        plant.token(key)  # a page gives it
    plant.token_of(plant.as_("T", tablet=True))
    monkeypatch.setattr(errors, "render_template", lambda *_given, **_named: "")
    monkeypatch.setattr(sign_in_pages, "render_template", lambda *_given, **_named: "")
