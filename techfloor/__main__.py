"""python3 -m techfloor <command>: raises the environment the command needs, then hands over to it.

This file and techfloor/__init__.py keep to words that every Python since 2.7 can parse, so that an old one
says which version is needed instead of showing a syntax error.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 (the very Pythons that are too old come here)
    sys.exit(
        "techfloor needs Python 3.11 or newer, and this is " + sys.version.split()[0] + ". "
        "Start it with a newer one, for example: python3.11 -m techfloor"
    )

if __name__ == "__main__":
    from techfloor.cli import environment

    sys.exit(environment.start(sys.argv[1:]))
