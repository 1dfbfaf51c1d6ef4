"""The settings say in a sentence what is wrong with them."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from techfloor.settings import SettingsError, load


def test_an_instance_without_a_file_has_the_usual_settings(tmp_path: Path) -> None:
    settings = load(tmp_path, {})
    assert settings.database == f"sqlite:///{tmp_path / 'techfloor.sqlite'}"
    assert not settings.demo


def test_a_variable_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "techfloor.toml").write_text("max_upload_mb = 5\n", "utf-8")
    assert load(tmp_path, {}).max_upload_mb == 5
    assert load(tmp_path, {"TECHFLOOR_MAX_UPLOAD_MB": "7"}).max_upload_mb == 7


def test_the_variable_of_the_instance_folder_is_no_setting_of_it(tmp_path: Path) -> None:
    assert load(tmp_path, {"TECHFLOOR_INSTANCE": "/elsewhere"}).instance == tmp_path


def test_an_unknown_setting_names_the_nearest_known_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no setting “publicurl”\. Did you mean “public_url”"):
        load(tmp_path, {"TECHFLOOR_PUBLICURL": "x"})


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('max_upload_mb = "many"', "takes a whole number"),
        ("public_url = 5", "takes a str"),
        ('secure_cookies = "perhaps"', "takes true or false"),
        ("public_url = ", "cannot be read"),
    ],
)
def test_a_value_of_a_wrong_kind_is_refused(tmp_path: Path, line: str, sentence: str) -> None:
    (tmp_path / "techfloor.toml").write_text(line, "utf-8")
    with pytest.raises(SettingsError, match=sentence):
        load(tmp_path, {})


@pytest.mark.parametrize(
    ("hosts", "found"),
    [
        ("first,second", ("first,second", "5432,5432")),
        ("first:6001,second", ("first,second", "6001,5432")),
        ("10.0.0.1:6001,10.0.0.2:6002", ("10.0.0.1,10.0.0.2", "6001,6002")),
    ],
)
def test_several_hosts_are_named_as_postgresql_names_them(tmp_path: Path, hosts: str, found: tuple[str, str]) -> None:
    url = f"postgresql://app:secret@{hosts}/plant?target_session_attrs=read-write"
    settings = load(tmp_path, {"TECHFLOOR_DATABASE_URL": url})
    _none, given = make_url(settings.database).get_dialect()().create_connect_args(make_url(settings.database))
    assert (given["host"], given["port"]) == found
    assert (given["user"], given["dbname"], given["target_session_attrs"]) == ("app", "plant", "read-write")
    assert settings.database_role == "app"
