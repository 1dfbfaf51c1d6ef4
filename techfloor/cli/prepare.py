"""What a command needs of its instance: its folder, the database at its newest, the demo plant where it is asked."""

from techfloor.cli.steps import StepError, progress
from techfloor.cli.system import NETWORK_FILE_SYSTEMS, file_system
from techfloor.cli.upgrade import bring_up
from techfloor.settings import Settings


def prepare(settings: Settings, *, demo: bool) -> None:
    """Bring the database up to date, an older one after a backup, and load the demo plant where it is asked for once.

    Raises StepError for a database that cannot be brought up to date, and for SQLite on a disk of another machine.
    """
    kind = file_system(settings.instance)
    if settings.database_file and kind in NETWORK_FILE_SYSTEMS:
        raise StepError(
            f"{settings.instance} is on a network file system ({kind}), where SQLite loses records. Name a folder on a "
            "disk of this machine: --instance DIR"
        )
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    bring_up(settings)
    if demo:
        from techfloor.cli.demo.load import load_once  # noqa: PLC0415 - a real plant never meets it

        load_once(settings, tell=progress("Loading the demo plant", "acts of three years"))
