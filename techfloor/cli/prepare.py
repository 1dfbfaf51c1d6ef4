"""What a command needs of its instance: the database at its newest, and the demo plant where it is asked for."""

from techfloor.cli.steps import StepError, progress
from techfloor.cli.system import NETWORK_FILE_SYSTEMS, file_system
from techfloor.migrations.upgrade import UpgradeFailed, upgrade
from techfloor.settings import Settings


def prepare(settings: Settings, *, demo: bool) -> None:
    """Bring the database up to date, and load the demo plant into an instance that has none yet.

    Raises StepError for a database that cannot be brought up to date, and for SQLite on a disk of another machine.
    """
    kind = file_system(settings.instance)
    if settings.database_file and kind in NETWORK_FILE_SYSTEMS:
        raise StepError(
            f"{settings.instance} is on a network file system ({kind}), where SQLite loses records. Name a folder on a "
            "disk of this machine: --instance DIR"
        )
    try:
        upgrade(settings)
    except UpgradeFailed as error:
        raise StepError(str(error)) from error
    if demo:
        from techfloor.cli.demo.load import load_once  # noqa: PLC0415 - a real plant never meets it

        load_once(settings, tell=progress("Loading the demo plant", "acts of three years"))
