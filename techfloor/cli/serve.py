"""serve: sets one instance up and serves it from one process, until Ctrl-C or the end of the terminal."""

import argparse
import os
import time
from functools import partial
from importlib import import_module
from pathlib import Path

from techfloor import settings as house_settings
from techfloor.cli import system
from techfloor.cli.environment import ROOT
from techfloor.cli.floor import refuse_old
from techfloor.cli.instance import DEMO_MARK
from techfloor.cli.listening import check_free, resolve
from techfloor.cli.lock import locked
from techfloor.cli.steps import StepError, say
from techfloor.settings import Settings, SettingsError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the options of the command."""
    parser.add_argument("--demo", action="store_true", help="serve the demo plant, in an instance folder of its own")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; 0.0.0.0 lets tablets in")
    parser.add_argument("--port", type=int, default=8080, help="port to listen on (8080)")
    parser.add_argument("--open-browser", action="store_true", help="open the first page when it is ready")
    parser.add_argument("--instance", type=Path, metavar="DIR", help="folder of the database and files (instance/)")


def run(args: argparse.Namespace) -> int:
    """Prepare the instance and serve it; raises StepError, in a sentence, for what stands in the way."""
    began = time.monotonic()
    refuse_old()
    address = resolve(args.host, args.port)
    instance = _instance(args)
    try:
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(instance / "server.lock", partial(_refuse_second, instance)):
            os.environ["TECHFLOOR_SERVED_URL"] = address.lan_url
            settings = _settings(instance, demo=args.demo)
            check_free(address)
            _warn_without_pdf()
            # Only here do the packages come in: the options above are read before they are installed.
            server = import_module("techfloor.cli.server")
            code: int = server.serve(settings, address, began, open_browser=args.open_browser)
            return code
    except PermissionError as error:
        raise StepError(f"{error.filename} cannot be written. Name another folder: --instance DIR") from error
    except KeyboardInterrupt:
        say("Stopped.")
        return 130


def _instance(args: argparse.Namespace) -> Path:
    if args.instance:
        return Path(args.instance).resolve()
    usual = Path(os.environ.get(house_settings.INSTANCE) or ROOT / "instance").resolve()
    return usual / "demo" if args.demo else usual


def _refuse_second(instance: Path) -> None:
    raise StepError(f"A server already runs on {instance}. Stop that one first, or name another folder: --instance DIR")


def _settings(instance: Path, *, demo: bool) -> Settings:
    # The worker reads its settings anew, from the same place: what was typed here reaches it as variables.
    os.environ[house_settings.INSTANCE] = str(instance)
    if demo:
        os.environ["TECHFLOOR_DEMO"] = "true"
    try:
        settings = house_settings.load(instance)
    except SettingsError as error:
        raise StepError(str(error)) from error
    _keep_apart(settings)
    return settings


def _keep_apart(settings: Settings) -> None:
    """Raise StepError where demo records and real ones would meet in one database."""
    mark = settings.instance / DEMO_MARK
    if not settings.demo and mark.exists():
        raise StepError(f"{settings.instance} holds the demo plant. Start it with --demo, or name another folder.")
    if settings.demo and settings.database_url:
        raise StepError("The demo plant keeps a database of its own: take the setting “database_url” away.")
    if settings.demo and not mark.exists():
        if (settings.instance / "techfloor.sqlite").exists():
            raise StepError(f"{settings.instance} holds real records. Name another folder for the demo plant.")
        mark.write_text(
            "This folder holds the demo plant and nothing real. Delete it whole to be rid of it.\n", "utf-8"
        )


def _warn_without_pdf() -> None:
    lacking = system.missing_pdf_packages()
    if lacking:
        say(f"! Everything but PDFs works. They need this line: {system.install_line(lacking)}")
