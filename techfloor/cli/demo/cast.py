"""The people of the demo plant; their passwords and PINs exist only here and open nothing but a demo."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from techfloor.people.rules import initials_of

MACHINING, MOULDING, FILLING, ASSEMBLY = "machining", "moulding", "filling", "assembly"


@dataclass(frozen=True)
class Person:
    """Somebody of the demo plant; `key` is the letter in the cast, the user name for everybody else.

    `area` is "" for people of the whole plant. The first letter of a name tells the role or the area.
    """

    key: str
    name: str
    user_name: str
    initials: str
    roles: tuple[str, ...]
    area: str
    password: str
    pin: str
    badge: str


@dataclass(frozen=True)
class Account:
    """What the start prints, so that a visitor can sign in."""

    role: str
    user_name: str
    password: str
    pin: str


def _person(number: int, key: str, name: str, role: str, area: str, pin: str) -> Person:
    user_name = name.split(maxsplit=1)[0].lower()
    return Person(
        key=key or user_name,
        name=name,
        user_name=user_name,
        initials=initials_of(name, ()),
        roles=(role,),
        area=area,
        password=f"demo-plant-{user_name}",
        pin=pin,
        badge=f"DEMO-{number:04d}",
    )


CAST: tuple[Person, ...] = (
    _person(1, "T", "Tara Kowalski", "technician", MACHINING, "274913"),
    _person(2, "O", "Otto Lindqvist", "technician", ASSEMBLY, "618305"),
    _person(3, "S", "Selma Brandt", "supervisor", MACHINING, "905172"),
    _person(4, "I", "Ivo Marchetti", "trainer", "", "431860"),
    _person(5, "Q", "Quinn Bauer", "quality", "", "752094"),
    _person(6, "A", "Amal Haddad", "auditor", "", "389617"),
    _person(7, "D", "Dana Weiss", "administrator", "", "840256"),
)

_OTHERS: tuple[tuple[str, str, str], ...] = (
    *(
        (name, "technician", MACHINING)
        for name in (
            "Teodor Falk",
            "Thea Novak",
            "Tomas Reyes",
            "Tilda Okafor",
            "Tarik Demir",
            "Tove Sandgren",
            "Timo Vesala",
        )
    ),
    *(
        (name, "technician", MOULDING)
        for name in (
            "Mira Costa",
            "Mateo Duran",
            "Malin Ekberg",
            "Milan Horvat",
            "Mona Ibsen",
            "Marek Zelenka",
        )
    ),
    *(
        (name, "technician", FILLING)
        for name in ("Femke Visser", "Felix Aumann", "Fatima Rahal", "Finn Gallagher", "Freya Thorsen")
    ),
    *((name, "technician", ASSEMBLY) for name in ("Olga Petrenko", "Oskar Nyman", "Oona Laine", "Orhan Aksoy")),
    ("Samir Castell", "supervisor", FILLING),
    ("Quentin Moreau", "quality", ""),
)


def people() -> tuple[Person, ...]:
    """List everybody, the cast of seven first; role_account of plant.toml counts them all."""
    return CAST + tuple(_others())


def _others() -> Iterator[Person]:
    taken = {who.initials for who in CAST}
    for number, (name, role, area) in enumerate(_OTHERS, start=len(CAST) + 1):
        # Steps of a prime through six digits: never twice the same PIN, none of the kind 111111 or 123456.
        pin = f"{(100_000 + number * 71_993) % 900_000 + 100_000}"
        somebody = _person(number, "", name, role, area, pin)
        yield replace(somebody, initials=initials_of(name, taken))
        taken.add(initials_of(name, taken))


def person(key: str) -> Person:
    """Find somebody by key; raises KeyError for a key that nobody has."""
    return {somebody.key: somebody for somebody in people()}[key]


def accounts() -> list[Account]:
    """List the seven accounts of the cast for printing at the start."""
    return [Account(who.roles[0], who.user_name, who.password, who.pin) for who in CAST]
