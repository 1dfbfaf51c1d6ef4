"""create_app: settings, the database, the rooms and the duties; hands to lower rooms what they need from above."""

import logging
import secrets as random_secrets
import time
from logging.handlers import RotatingFileHandler
from pathlib import Path

from flask import Flask, Response, g, redirect, request, session
from flask_babel import Babel
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from techfloor import clock, roster, store
from techfloor.equipment.actions import following_holds
from techfloor.equipment.certificates import following, following_corrections
from techfloor.equipment.offers import offering
from techfloor.equipment.rules import TRACEABILITY, work_pages
from techfloor.house import digest, drafts, errors, shell
from techfloor.people import sessions
from techfloor.places.queries import PlantFacts, PlantNotice
from techfloor.records import drafts as kept_drafts
from techfloor.records import history
from techfloor.records.submissions import Submissions
from techfloor.reports.job_runner import Runner
from techfloor.settings import Settings, SettingsError
from techfloor.store import blobs, connections
from techfloor.store.acts import new_id
from techfloor.web import compress, cookies, headers, incoming, rates, show
from techfloor.web.access import OPEN
from techfloor.web.visitor import Caller

_TOP = Path(__file__).parent.parent
_KEY_BYTES = 32


class House:
    """What the running application holds, and lower rooms reach by the names they need."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.submissions = Submissions()
        self.blobs = blobs.kept_by(settings)
        self.plant_notice = PlantNotice()
        self.access: dict[str, str] = {}
        self.costly: dict[str, int] = {}
        self.rates = rates.Rates(settings.pages_per_second)
        self.permission_roles = roster.permission_roles()
        self.duties = roster.DUTIES
        self.importers = roster.importers()
        self.keep_draft = drafts.keep_draft
        self.draft_of = kept_drafts.values_of
        self.drop_draft = kept_drafts.drop
        self.who_changed = history.who_changed
        self.jobs: Runner

    def zone(self) -> str:
        """Return the name of the plant's zone."""
        plant: PlantFacts | None = g.plant
        return plant.zone if plant else "UTC"


def create_app(settings: Settings) -> Flask:
    """Return the WSGI application of one instance."""
    app = Flask("techfloor", root_path=str(_TOP / "techfloor"), template_folder=str(_TOP / "templates"))
    app.config.update(
        SECRET_KEY=_secret_key(settings.instance),
        WTF_CSRF_TIME_LIMIT=None,  # the token is tied to the session, not to an hour
        SESSION_COOKIE_NAME=cookies.named("techfloor_form", secure=settings.secure_cookies),
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        MAX_CONTENT_LENGTH=settings.max_upload_mb * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.proxies > 0:  # of what they say, the address alone is believed: where the plant is, `public_url` says
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0)  # type: ignore[method-assign]
    app.extensions["techfloor"] = house = House(settings)
    house.jobs = Runner(app)
    house.jobs.besides.append(digest.send_waiting)
    _log_to(app, settings.instance)
    connections.init_app(app, settings)
    Babel(app, locale_selector=_language)
    _before_each_request(app)
    CSRFProtect(app)  # after the caller is known: a stale token re-shows the form to its owner
    compress.init_app(app)
    headers.init_app(app, over_tls=settings.secure_cookies)
    show.init_app(app)
    shell.init_app(app)
    errors.init_app(app)
    _move_in(app)
    return app


def _secret_key(instance: Path) -> bytes:
    """Return the key that signs form cookies, made once and kept readable by its owner alone."""
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = instance / "secret.key"
    if not file.exists():
        made = file.with_suffix(".new")
        made.touch(mode=0o600)
        made.write_bytes(random_secrets.token_bytes(_KEY_BYTES))
        made.replace(file)  # whole or not at all: a stop in between must not leave an empty key behind
    key = file.read_bytes()
    if len(key) < _KEY_BYTES:
        raise SettingsError(f"{file} is no key. Delete it; a new one is made, and open forms must be opened again.")
    return key


def _log_to(app: Flask, instance: Path) -> None:
    """Write the log into the instance folder, where the reference of an error page can be looked up."""
    handler = RotatingFileHandler(instance / "techfloor.log", maxBytes=5_000_000, backupCount=3, delay=True)
    lines = logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    lines.converter = time.gmtime
    handler.setFormatter(lines)
    app.logger.addHandler(handler)
    app.logger.setLevel(logging.INFO)


def _language() -> str:
    plant: PlantFacts | None = g.get("plant")
    return plant.language if plant else "en"


def _before_each_request(app: Flask) -> None:
    house: House = app.extensions["techfloor"]

    @app.before_request
    def find_caller() -> Response | None:
        g.request_id = new_id()
        g.started = time.perf_counter()
        g.caller, g.plant = Caller(), None
        if request.endpoint == "static":
            return None
        with store.looking_at() as reading:
            g.plant = house.plant_notice.read(reading)
            if g.plant is not None:
                g.caller = sessions.find_caller(reading, cookies.given(), g.plant, house.permission_roles, clock.now())
        _bind_form_cookie(g.caller)
        if request.path != "/healthz":  # open pages ask it by themselves: that is nobody's activity
            sessions.touch(g.caller, clock.now())
        if g.plant is None and house.access.get(request.endpoint or "") != OPEN:
            return redirect("/setup")  # type: ignore[return-value]
        return None

    @app.before_request
    def let_in() -> None:
        if request.endpoint != "static":
            rates.let_through()
        incoming.give_room(request, signed_in=g.caller.visitor is not None)
        incoming.refuse_null(request)


def _bind_form_cookie(found: Caller) -> None:
    """Tie the form token to the login session: a token of another session, or of nobody, is no token here."""
    login = found.visitor.session_id if found.visitor else None
    if session.get("login") != login:
        session.pop("csrf_token", None)
        session["login"] = login


def _move_in(app: Flask) -> None:
    house: House = app.extensions["techfloor"]
    for pages in roster.pages():
        app.register_blueprint(pages)
        house.access.update(pages.access)
        house.costly |= pages.costly
    following[:] = [duty.certificate_withdrawn for duty in roster.DUTIES if duty.certificate_withdrawn is not None]
    following_corrections[:] = [duty.certificate_corrected for duty in roster.DUTIES if duty.certificate_corrected]
    following_holds[:] = [duty.standard_wrong for duty in roster.DUTIES if duty.standard_wrong is not None]
    offering[:] = [duty.offers for duty in roster.DUTIES if duty.offers is not None]
    work_pages.update(duty.work_page for duty in roster.DUTIES if duty.work_page is not None)
    work_pages.update((TRACEABILITY, duty.trace_page) for duty in roster.DUTIES if duty.trace_page is not None)
