"""One act at a time works on one piece of equipment: everybody who asks for that names it in one way."""

from techfloor.store import alone


def alone_with(code: str) -> None:
    """Wait until no other act works on a piece of equipment, typed in any case, and keep the others out.

    It is the turn that a page asks for with `alone="equipment:{code}"`.
    """
    alone(f"equipment:{code}".casefold())
