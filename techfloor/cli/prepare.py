"""What a command needs of its instance: the database at its newest, and the demo plant where it is asked for."""

from techfloor.cli.steps import StepError, progress
from techfloor.migrations.upgrade import UpgradeFailed, upgrade
from techfloor.settings import Settings


def prepare(settings: Settings, *, demo: bool) -> None:
    """Bring the database up to date, and load the demo plant into an instance that has none yet.

    Raises StepError for a database that cannot be brought up to date.
    """
    try:
        upgrade(settings)
    except UpgradeFailed as error:
        raise StepError(str(error)) from error
    if demo:
        from techfloor.cli.demo.load import load_once  # noqa: PLC0415 - a real plant never meets it

        load_once(settings, tell=progress("Loading the demo plant", "acts of three years"))
