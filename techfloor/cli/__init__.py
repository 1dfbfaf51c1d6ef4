"""The commands of `python3 -m techfloor`, each a module with `add_arguments(parser)` and `run(args) -> int`.

A module of a command is imported when it is asked for, so that no command waits for what another needs. One
that imports only the standard library at its top can answer `--help` before any package is installed.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from techfloor import __version__
from techfloor.cli.steps import StepError

COMMANDS = {
    "serve": ("techfloor.cli.serve", "start the server, with everything it needs"),
    "unlock": ("techfloor.cli.unlock", "let somebody in again whom wrong tries have locked out"),
    "verify": ("techfloor.cli.verify", "check the trail of an instance, or an issued PDF"),
    "backup": ("techfloor.cli.backup", "copy all records and files, while the server goes on"),
    "restore": ("techfloor.cli.restore", "put a backup back"),
    "upgrade": ("techfloor.cli.upgrade", "bring the records of an older version up to this one, after a backup"),
    "export": ("techfloor.cli.export", "write a record out whole, with its PDFs and its trail"),
    "validate": ("techfloor.cli.validate", "show on this machine what the clauses ask, as a report"),
    "doctor": ("techfloor.cli.doctor", "look the machine and an instance over"),
    "test": ("techfloor.cli.testing", "run the checks that every change must pass"),
}


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read the command line; exits with a sentence when it is wrong, as argparse does.

    A command that sets `rest=[]` as a default takes the words it does not know itself, under that name.
    """
    parser = argparse.ArgumentParser(prog="python3 -m techfloor", description="The records of a plant floor.")
    parser.add_argument("--version", action="version", version=f"techfloor {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)
    for name, (module, line) in COMMANDS.items():
        command = commands.add_parser(name, help=line, description=line.capitalize() + ".")
        if argv and argv[0] == name:
            import_module(module).add_arguments(command)
    args, rest = parser.parse_known_args(argv)
    if rest and not hasattr(args, "rest"):
        parser.error(f"unknown: {' '.join(rest)}")
    if rest:
        args.rest = rest
    return args


def main(argv: Sequence[str]) -> int:
    """Run one command; returns its exit code, which is 1 after a StepError, whose sentence is shown."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace", line_buffering=True)
    args = parse(argv)
    module, _ = COMMANDS[args.command]
    try:
        code: int = import_module(module).run(args)
    except StepError as error:
        print(error, file=sys.stderr)
        return 1
    return code
