"""`unlock`: takes the lock of wrong tries off a person, from the machine itself, where nobody else can."""

import argparse

from techfloor.cli.instance import add_instance, instance_settings, machine_account
from techfloor.cli.steps import StepError, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `unlock` takes."""
    parser.add_argument("user_name", help="the user name of the person")
    add_instance(parser)


def run(args: argparse.Namespace) -> int:
    """Clear the lock, as an act of the trail."""
    from sqlalchemy import select  # noqa: PLC0415 - `--help` needs no database

    from techfloor import clock, store  # noqa: PLC0415
    from techfloor.app import create_app  # noqa: PLC0415
    from techfloor.people.actions import clear_lock  # noqa: PLC0415
    from techfloor.people.models import Person  # noqa: PLC0415
    from techfloor.store import db  # noqa: PLC0415

    settings = instance_settings(args)
    with create_app(settings).app_context():
        try:
            person_id = db.session.scalar(select(Person.id).where(Person.user_name == args.user_name))
            if person_id is None:
                raise StepError(f"There is no person with the user name {args.user_name}.")
            with store.act("people:lock:clear"):
                clear_lock(None, clock.now(), person_id, account=machine_account())
        finally:
            db.session.remove()
            db.engine.dispose()
    say(f"\u2713 {args.user_name} can sign in again.")
    return 0
