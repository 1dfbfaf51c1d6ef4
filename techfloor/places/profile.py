"""The plant profile: what a small, an ISO 9001 or a regulated plant is asked for, and where this plant differs."""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

PROFILES = ("small", "iso9001", "regulated")


@functools.cache
def _table() -> dict[str, dict[str, object]]:
    """Return every setting as "section.key" with its value in each profile."""
    source = resources.files(__package__).joinpath("profiles.toml").read_text("utf-8")
    table: dict[str, dict[str, object]] = {}
    for section, settings in tomllib.loads(source).items():
        for key, values in settings.items():
            table[f"{section}.{key}"] = values
    return table


def keys() -> list[str]:
    """Return the names of all settings."""
    return list(_table())


def note(key: str) -> str:
    """Return the words that explain a setting, '' where it needs none."""
    return str(_table()[key].get("note", ""))


@dataclass(frozen=True)
class Profile:
    """The settings in force: those of a profile, with what this plant has changed."""

    name: str
    changed: Mapping[str, object]

    def __getitem__(self, key: str) -> object:
        """Return the value of "section.key"; raises KeyError for a setting that does not exist."""
        return self.changed.get(key, _table()[key][self.name])

    def text(self, key: str) -> str:
        """Return a setting whose value is words."""
        return str(self[key])

    def on(self, key: str) -> bool:
        """Return a setting that is yes or no."""
        return bool(self[key])

    def whole(self, key: str) -> int:
        """Return a setting that is a whole number."""
        return int(str(self[key]))
