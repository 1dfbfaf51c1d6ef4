"""People from a sheet: added and changed by the actions of their pages; a secret never comes by a file."""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from techfloor import clock
from techfloor.imports import cards, cells
from techfloor.people import actions
from techfloor.people.models import Person, PersonRole
from techfloor.people.roles import Role, role_title
from techfloor.people.rules import PersonEntry, check_roles, tidy_initials, tidy_name, tidy_user_name
from techfloor.places.here import plant, today
from techfloor.refusals import Refusal
from techfloor.store import db
from techfloor.web.importing import Column, Deed, Difference, Importer, Plan, Planned, Values
from techfloor.web.visitor import visitor

COLUMNS = (
    Column(
        "user_name",
        _l("User name"),
        ("user", "login", "account", "username", "benutzername", "kennung"),
        needed=True,
        hint=_l("by it a row is known again"),
    ),
    Column("name", _l("Name"), ("full name", "employee", "person", "mitarbeiter"), hint=_l("of what is new")),
    Column(
        "initials", _l("Initials"), ("short", "kurzel", "kuerzel"), hint=_l("made from the name where nothing is said")
    ),
    Column("roles", _l("Roles"), ("role", "function", "rolle", "rollen"), hint=_l("separated by commas")),
    Column("area", _l("Area"), ("department", "location", "bereich", "abteilung")),
    Column("last_day", _l("Last day"), ("until", "ends", "leaves on", "letzter tag")),
)
_ROLE = (
    "“%(typed)s” is no role. Write: technician, supervisor, trainer, quality, auditor, administrator.",
    "“%(typed)s” is no role. Did you mean “%(nearest)s”?",
)


class _Held:
    """The persons of these user names as they stand, and whose initials are taken."""

    def __init__(self, names: Collection[str] | None) -> None:
        wanted = select(Person).order_by(Person.user_name)
        rows = db.session.scalars(wanted if names is None else wanted.where(Person.user_name.in_(names))).all()
        self.persons = {row.user_name: row for row in rows}
        self.roles: dict[int, frozenset[str]] = {}
        held = db.session.execute(select(PersonRole.person_id, PersonRole.role))
        for person_id, role in held:
            self.roles[person_id] = self.roles.get(person_id, frozenset()) | {role}
        self.initials: dict[str, Any] = {
            row.initials: row.user_name for row in db.session.execute(select(Person.initials, Person.user_name))
        }
        self.places = cards.Places()

    def entry(self, user_name: str) -> PersonEntry | None:
        """Return a person as they would be entered."""
        row = self.persons.get(user_name)
        if row is None:
            return None
        return PersonEntry(
            row.name, row.user_name, self.roles.get(row.id, frozenset()), row.area_id, row.initials, row.last_day
        )


def begin(names: Collection[str]) -> Plan:
    """Read what the rows with these user names need, and return what each would do."""
    held = _Held([name.strip().lower() for name in names])

    def plan(values: Values) -> Planned:
        user_name = tidy_user_name(values.get("user_name", ""))
        stands = held.entry(user_name)
        entry = _entry(values, user_name, stands, held)
        _check(entry, stands, held)
        notes = tuple(_unusual(entry, stands))
        if stands is None:
            new = Planned(user_name, entry.name, "/people/", Deed.NEW, notes=notes)
            return replace(new, do=lambda _run: actions.create_person(clock.now(), entry, **_profile()))
        row = held.persons[user_name]
        changed = tuple(_differences(stands, entry, held.places))
        done = Planned(
            user_name, entry.name, f"/people/{row.id}", Deed.CHANGED if changed else Deed.SAME, changed, notes
        )
        return replace(done, do=lambda _run: _change(row.id, entry))

    return plan


def _profile() -> dict[str, bool]:
    return {"administrator_may_make_records": plant().profile.on("people.administrator_may_hold_record_roles")}


def _entry(values: Values, user_name: str, stands: PersonEntry | None, held: _Held) -> PersonEntry:
    area_id = held.places.area(values)
    return PersonEntry(
        name=tidy_name(cells.text(values, "name", stands.name if stands else "")),
        user_name=user_name,
        roles=_roles(values) or (stands.roles if stands else frozenset()),
        area_id=area_id or (stands.area_id if stands else None),
        initials=cells.text(values, "initials", stands.initials if stands else "").upper(),
        last_day=cells.day(values, "last_day", stands.last_day if stands else None),
    )


def _roles(values: Values) -> frozenset[str]:
    known = {role_title(role): role.value for role in Role} | {role.value: role.value for role in Role}
    words = [word.strip() for word in re.split(r"[,;/·+|]", values.get("roles", "")) if word.strip()]
    return frozenset(role for word in words if (role := cells.one_of({"roles": word}, "roles", known, _ROLE)))


def _check(entry: PersonEntry, stands: PersonEntry | None, held: _Held) -> None:
    check_roles(entry.roles, **_profile())
    tidy_initials(entry.initials, {short for short, owner in held.initials.items() if owner != entry.user_name})
    if entry.initials:
        held.initials.setdefault(entry.initials, entry.user_name)
    if stands is None:
        return
    row = held.persons[entry.user_name]
    if entry.roles != stands.roles and row.id == visitor().person_id:
        raise Refusal("Your own roles are not changed by a file. Change them on your page in People.", field="roles")


def _unusual(entry: PersonEntry, stands: PersonEntry | None) -> Iterator[Refusal]:
    over = entry.last_day is not None and entry.last_day < today()
    if over and (stands is None or stands.last_day != entry.last_day):
        yield Refusal("The last day is over: %(name)s signs in no more.", name=entry.name)


def _differences(stands: PersonEntry, entry: PersonEntry, places: cards.Places) -> Iterator[Difference]:
    before, after = _values(stands, places), _values(entry, places)
    return (Difference(key, before[key], after[key]) for key in before if before[key] != after[key])


def _change(person_id: int, entry: PersonEntry) -> None:
    actions.edit_person(person_id, name=entry.name, initials=entry.initials, area_id=entry.area_id)
    actions.set_last_day(person_id, entry.last_day)
    actions.set_roles(clock.now(), person_id, entry.roles, **_profile())


def _values(entry: PersonEntry, places: cards.Places) -> dict[str, str]:
    return {
        "user_name": entry.user_name,
        "name": entry.name,
        "initials": entry.initials,
        "roles": ", ".join(role.value for role in Role if role in entry.roles),
        "area": places.name("area", entry.area_id),
        "last_day": str(entry.last_day or ""),
    }


def all_there_is() -> Iterator[Values]:
    """Say everybody who works here as a file would."""
    held = _Held(None)
    here = (held.entry(name) for name, row in held.persons.items() if row.active)
    return (_values(entry, held.places) for entry in here if entry is not None)


PEOPLE = Importer(
    "people", _l("People"), "people", "people:manage", COLUMNS, "user_name", begin, all_there_is,
    (
        {"user_name": "mara", "name": "Mara Sand", "initials": "MS", "roles": "technician"},
        {"user_name": "ben", "name": "Ben Okoro", "roles": "supervisor, trainer"},
    ),
)  # fmt: skip
