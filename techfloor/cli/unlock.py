"""`unlock`: lets a person in again, from the machine itself, where nobody else can.

It takes the lock of wrong tries off; with `--code` it gives a one-time code to who knows neither password nor PIN.
"""

import argparse

from techfloor.cli.instance import add_instance, instance_settings, machine_account
from techfloor.cli.steps import StepError, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `unlock` takes."""
    parser.add_argument("user_name", help="the user name of the person")
    parser.add_argument(
        "--code",
        action="store_true",
        help="give a one-time code: password and PIN end, and the person signs in with it to choose new ones",
    )
    add_instance(parser)


def run(args: argparse.Namespace) -> int:
    """Clear the lock or give the code, as an act of the trail."""
    from sqlalchemy import select  # noqa: PLC0415 - `--help` needs no database

    from techfloor import clock, store  # noqa: PLC0415
    from techfloor.app import create_app  # noqa: PLC0415
    from techfloor.people import actions  # noqa: PLC0415
    from techfloor.people.models import Person  # noqa: PLC0415
    from techfloor.people.secrets import CODE_LIVES  # noqa: PLC0415
    from techfloor.refusals import Refusal  # noqa: PLC0415
    from techfloor.store import db  # noqa: PLC0415

    settings, account, code = instance_settings(args), machine_account(), ""
    with create_app(settings).app_context():
        try:
            person_id = db.session.scalar(select(Person.id).where(Person.user_name == args.user_name))
            if person_id is None:
                raise StepError(f"There is no person with the user name {args.user_name}.")
            if args.code:
                with store.act("people:secret:reset"):
                    code = actions.give_code(None, clock.now(), person_id, account=account)
            else:
                with store.act("people:lock:clear"):
                    actions.clear_lock(None, clock.now(), person_id, account=account)
        except Refusal as no:
            raise StepError(no.sentence) from no
        finally:
            db.session.remove()
            db.engine.dispose()
    if code:
        hours = int(CODE_LIVES.total_seconds() // 3600)
        say(f"\u2713 {args.user_name} signs in with this code, once, within {hours} hours: {code[:4]} {code[4:]}")
    else:
        say(f"\u2713 {args.user_name} can sign in again.")
    return 0
