"""What every test of the application shares: a demo plant without history, its clock, and browsers of its cast."""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import databases
import hypothesis
import pytest
import quick  # before any application is made
from databases import Keeper, said_to
from flask import Flask
from plant_client import GAUGE_ROOM, TABLET_OF, ClockAt, PlantClient, Post, SignedInAs, device_key, sign_in, watch_over
from sqlalchemy import select
from stages import Reach, Stages, Value
from werkzeug.test import TestResponse

from techfloor import clock, store
from techfloor.app import create_app
from techfloor.cli.demo import cast
from techfloor.cli.demo.days import ANCHOR
from techfloor.cli.demo.load import load
from techfloor.migrations.upgrade import engine_for, upgrade
from techfloor.people.models import Device
from techfloor.people.sessions import token_hash
from techfloor.places import actions as places
from techfloor.settings import Settings
from techfloor.store import db

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=BERLIN)
"""When tests happen unless they say otherwise: the demo's anchor day, 10:00 at the plant."""

hypothesis.settings.register_profile("untimed", deadline=None)  # a busy machine is no defect of what is tested
hypothesis.settings.load_profile("untimed")

_PACKAGE = Path(__file__).parent.parent / "techfloor"
_MAKES_THE_TEMPLATE = (
    "cli/demo",
    "migrations",
    "store",
    "places",
    "people",
    "records",
    "equipment",
    "measures",
    "duties/calibration",
    "duties/gauge_studies",
    "duties/in_use_checks",
    "reports/models.py",
)
_TEMPLATES_KEPT = 10


@pytest.fixture(autouse=True)
def clock_at() -> Iterator[ClockAt]:
    """The clock, standing at NOW until the test sets it."""
    with ExitStack() as set_clocks:

        def at(moment: datetime | str) -> datetime:
            if isinstance(moment, str):
                moment = datetime.fromisoformat(moment).replace(tzinfo=BERLIN)
            set_clocks.enter_context(clock.set_to(moment))
            return moment

        at(NOW)
        yield at


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the long form of the tests be asked for."""
    parser.addoption("--long", action="store_true", help="run the long form of the tests that have one")
    parser.addoption("--postgresql", metavar="URL", help="keep the records on this cluster, a superuser's URL")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Where the tests of a browser alone are asked for, import no others: that takes longer than many of them."""
    if config.option.markexpr != "browser" or not collection_path.match("test_*.py"):
        return None
    return "mark.browser" not in collection_path.read_text("utf-8") or None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what keeps records, and leave the long form out unless it was asked for."""
    for item in items:
        if "settings" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.database)
        if item.get_closest_marker("long") and not config.getoption("--long"):
            item.add_marker(pytest.mark.skip(reason="the long form runs with --long"))
    if config.getoption("--postgresql") and not config.getoption("--long"):
        of_pages = [item for item in items if item.get_closest_marker("pages")]
        config.hook.pytest_deselected(items=of_pages)
        items[:] = [item for item in items if not item.get_closest_marker("pages")]


def pytest_collection_finish() -> None:
    """All modules are imported now, and stay."""
    quick.collect_less()


@pytest.fixture(scope="session")
def keeper(request: pytest.FixtureRequest) -> Iterator[Keeper]:
    """Where this run keeps its records: SQLite files, or the cluster that --postgresql names."""
    with closing(databases.keeper(request.config.getoption("--postgresql"))) as made:
        yield made


@pytest.fixture(scope="session")
def template(keeper: Keeper) -> Path:
    """An instance with the demo plant without history and its cast of seven, made once for a state of the sources."""
    return _kept(keeper, "plain", lambda settings: load(settings, today=ANCHOR, history=False, who=cast.CAST))


@pytest.fixture(scope="session")
def history_template(keeper: Keeper) -> Path:
    """An instance with the whole demo plant: everybody, and three years of calibrations."""
    return _kept(keeper, "history", lambda settings: load(settings, today=ANCHOR))


def _kept(keeper: Keeper, name: str, fill: Callable[[Settings], None]) -> Path:
    """Return a template, made by the first process that needs it while the others wait."""
    folder = Path(tempfile.gettempdir()) / f"techfloor-tests-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    made = folder / f"{keeper.place}-{name}-{_state_of_sources()}"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            _make_template(keeper, folder, made, fill)
        made.touch()  # what is in use is not the oldest
    return made


def _state_of_sources() -> str:
    digest = hashlib.sha256(Path(__file__).read_bytes() + Path(quick.__file__).read_bytes())
    for room in _MAKES_THE_TEMPLATE:
        for file in sorted([_PACKAGE / room, *(_PACKAGE / room).rglob("*")]):
            if file.suffix in {".py", ".toml", ".json"} and "views" not in file.parts:
                digest.update(f"{file.relative_to(_PACKAGE)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:24]


def _make_template(keeper: Keeper, folder: Path, made: Path, fill: Callable[[Settings], None]) -> None:
    """Make a template beside and name it when it is whole; the oldest make room."""
    others = [each for each in folder.iterdir() if each.is_dir()]
    for old in sorted(others, key=lambda each: each.stat().st_mtime, reverse=True)[_TEMPLATES_KEPT:]:
        shutil.rmtree(old, ignore_errors=True)
    beside = Path(tempfile.mkdtemp(prefix="making-", dir=folder))
    settings = keeper.of(beside, made.name)
    with clock.set_to(NOW):
        upgrade(settings)
        fill(settings)
        _hand_out_keys(settings)
    beside.rename(made)


def _hand_out_keys(settings: Settings) -> None:
    """Give each tablet a key that the tests know."""
    app = create_app(settings)
    with app.app_context():
        with store.act("people:device:enrol"):
            for device in db.session.scalars(select(Device)):
                device.key_hash = token_hash(device_key(device.name))
        db.session.remove()
    _close(app)


def _close(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    for handler in app.logger.handlers[:]:
        app.logger.removeHandler(handler)
        handler.close()


@pytest.fixture
def with_history() -> bool:
    """Whether the test's plant has its history; a module or folder that needs it overrides this with True."""
    return False


@pytest.fixture
def settings(with_history: bool, request: pytest.FixtureRequest, tmp_path: Path, keeper: Keeper) -> Iterator[Settings]:
    """The settings of a fresh copy of the template."""
    made = request.getfixturevalue("history_template" if with_history else "template")
    copied = keeper.copy(made, tmp_path / "instance")
    yield copied
    keeper.drop(copied)


@pytest.fixture
def instance(settings: Settings) -> Path:
    """The folder of the test's own instance."""
    return settings.instance


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application of the test's own instance."""
    made = create_app(settings)
    made.test_client_class = PlantClient
    watch_over(made)
    yield made
    _close(made)


@pytest.fixture
def behind_the_back(settings: Settings, keeper: Keeper) -> Callable[..., None]:
    """Run statements as somebody who holds the database."""

    def run(*statements: str) -> None:
        with engine_for(keeper.master_url(settings)).connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(said_to(connection.dialect.name, statement))
                connection.commit()

    return run


@pytest.fixture
def forget(behind_the_back: Callable[..., None]) -> Callable[[str], None]:
    """Make a procedure of the demo plant unknown, with its approval, as in a plant that never took it over."""

    def run(code: str) -> None:
        behind_the_back(
            "DROP TRIGGER tf_record_signed",
            "DROP TRIGGER tf_record_update",
            "DROP TRIGGER tf_definition_update",
            f"UPDATE record SET number = 'OLD-{code}' WHERE number = '{code}'",
            f"UPDATE definition SET code = 'OLD-{code}' WHERE code = '{code}'",
        )

    return run


@pytest.fixture
def as_(app: Flask) -> SignedInAs:
    """Browsers of the cast."""

    def signed_in_as(key: str, *, tablet: bool | str = False) -> PlantClient:
        who = cast.person(key)
        name = tablet if isinstance(tablet, str) else TABLET_OF.get(who.area, GAUGE_ROOM) if tablet else ""
        return sign_in(app, who, name, clock.now)

    return signed_in_as


@pytest.fixture(scope="session")
def stages(keeper: Keeper, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stages]:
    """The stages that tests of this process reached."""
    made = Stages(keeper, tmp_path_factory.mktemp("stages"))
    yield made
    made.drop()


@pytest.fixture
def reach(stages: Stages, app: Flask, settings: Settings, clock_at: ClockAt) -> Reach:
    """Bring the test's plant to a stage that other tests ask for too."""

    def at_stage(make: Callable[[], Value]) -> Value:
        value, ended = stages.reach(app, settings, make)
        clock_at(ended)
        return value

    return at_stage


@pytest.fixture
def nobody(app: Flask) -> PlantClient:
    """A browser in which nobody is signed in, on no enrolled device."""
    client = app.test_client()
    assert isinstance(client, PlantClient)
    return client


@pytest.fixture
def post() -> Post:
    """Send a form as a browser would."""

    def send(client: PlantClient, url: str, data: dict[str, str] | None = None, *, page: str = "") -> TestResponse:
        return client.submit(url, data, page=page)

    return send


@pytest.fixture
def profile(app: Flask) -> Callable[[str], None]:
    """Switch the plant to another profile: small, iso9001 or regulated."""

    def choose(name: str) -> None:
        with app.app_context(), store.act("places:profile:choose"):
            places.choose_profile(name)

    return choose
