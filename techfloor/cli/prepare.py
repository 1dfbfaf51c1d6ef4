"""What a command needs of its instance: the database at its newest, and the demo plant where it is asked for."""

from techfloor.cli.steps import progress
from techfloor.migrations.upgrade import upgrade
from techfloor.settings import Settings


def prepare(settings: Settings, *, demo: bool) -> None:
    """Bring the database up to date, and load the demo plant into an instance that has none yet."""
    upgrade(settings)
    if demo:
        from techfloor.cli.demo.load import load_once  # noqa: PLC0415 - a real plant never meets it

        load_once(settings, tell=progress("Loading the demo plant", "acts of three years"))
