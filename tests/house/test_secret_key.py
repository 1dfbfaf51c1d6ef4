"""The key that signs form cookies is made whole, or not at all."""

from pathlib import Path

import pytest

from techfloor.app import create_app
from techfloor.settings import Settings, SettingsError


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first = create_app(Settings(instance=tmp_path)).secret_key
    assert create_app(Settings(instance=tmp_path)).secret_key == first
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600


def test_an_empty_key_signs_nothing(tmp_path: Path) -> None:
    (tmp_path / "secret.key").touch()
    with pytest.raises(SettingsError, match="is no key"):
        create_app(Settings(instance=tmp_path))
