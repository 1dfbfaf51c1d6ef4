"""Which instance a command is about: the folder it was given, the demo plant's, or the usual one."""

import argparse
import getpass
import os
from pathlib import Path

from techfloor import settings as all_settings
from techfloor.cli.steps import StepError
from techfloor.settings import Settings

DEMO_MARK = "demo-plant.txt"
"""The file that tells that an instance holds the demo plant."""
ROOT = Path(__file__).parents[2]


def add_instance(parser: argparse.ArgumentParser) -> None:
    """Declare the words that name an instance."""
    parser.add_argument("--instance", type=Path, default=None, metavar="DIR", help="the instance folder (instance/)")
    parser.add_argument("--demo", action="store_true", help="the demo plant")


def instance_settings(args: argparse.Namespace, *, must_exist: bool = True) -> Settings:
    """Return the settings of the instance that was named; raises StepError where there is no database in it."""
    usual = Path(os.environ.get(all_settings.INSTANCE) or ROOT / "instance")
    folder = args.instance or (usual / "demo" if args.demo else usual)
    try:
        settings = all_settings.load(folder)
    except all_settings.SettingsError as error:
        raise StepError(str(error)) from error
    if must_exist and settings.database_file and not settings.database_file.exists():
        raise StepError(f"There is no database in {folder}. Name the folder with --instance.")
    return settings


def machine_account() -> str:
    """Return whose account of this machine runs the command."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "?"  # a container may have no names
