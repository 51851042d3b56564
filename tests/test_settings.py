from __future__ import annotations

import os
import resource
import stat

import pytest

from bot.errors import SettingsError
from bot.settings import load, resolve_database_url, secret_keys
from bot.vocabulary import Mode


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch, tmp_path):
    for name in list(os.environ):  # noqa: TID251 - the test must not inherit settings
        if name.startswith("SAMMADAG_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)


def written(tmp_path, text, name="my.toml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_the_defaults_serve():
    settings = load()
    assert resolve_database_url(settings).endswith("/data/sammadag/sammadag.db")
    assert settings.mailboxes == {}


def test_a_file_in_the_working_folder_is_read(tmp_path):
    written(tmp_path, "twin_wait = 7", "sammadag.toml")
    assert load().twin_wait == 7


def test_a_file_that_begins_with_a_byte_order_mark_is_read(tmp_path):
    # Notepad writes one.
    file = written(tmp_path, "\ufefftwin_wait = 7")
    assert load(file).twin_wait == 7


def test_the_environment_wins_over_the_file_and_flags_over_both(tmp_path, monkeypatch):
    file = written(tmp_path, 'database_url = "sqlite:///file.db"\ntwin_wait = 7')
    monkeypatch.setenv("SAMMADAG_DATABASE_URL", "sqlite:///environment.db")
    assert load(file).database_url == "sqlite:///environment.db"
    assert load(file, {"database_url": "sqlite:///flag.db"}).database_url == "sqlite:///flag.db"
    assert load(file).twin_wait == 7


def test_a_flag_that_was_not_given_changes_nothing(tmp_path):
    file = written(tmp_path, 'database_url = "sqlite:///file.db"')
    assert load(file, {"database_url": None}).database_url == "sqlite:///file.db"


def test_levels_of_the_environment_are_parted_by_two_underscores(tmp_path, monkeypatch):
    file = written(tmp_path, '[mailboxes.info]\npath = "/mail"\nmode = "auto"')
    monkeypatch.setenv("SAMMADAG_MAILBOXES__info__MODE", "shadow")
    assert load(file).mailboxes["info"].mode is Mode.SHADOW


def test_a_mailbox_is_off_unless_it_says_otherwise(tmp_path):
    file = written(tmp_path, '[mailboxes.info]\npath = "/mail"')
    assert load(file).mailboxes["info"].mode is Mode.OFF


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param('databse_url = "x"', "menade du database_url", id="top"),
        pytest.param('[log]\nlevl = "info"', "menade du level", id="section"),
        pytest.param('[mailboxes.info]\npath = "x"\nmoed = "auto"', "menade du mode", id="mailbox"),
        pytest.param('[brakes]\nmailbox_per_hour = "x"', "brakes.mailbox_per_hour", id="number"),
        pytest.param("twin_wait = -1", "twin_wait", id="bound"),
        pytest.param("a = ", "my.toml", id="no-toml"),
        pytest.param('secret_key = "x"', "hemligheter hör inte hemma här", id="secret"),
        pytest.param(
            '[mailboxes.info]\npath = "x"\nanswer_from = 2026-01-01T00:00:00',
            "answer_from",
            id="naive-time",
        ),
    ],
)
def test_a_bad_setting_is_named_in_one_line(tmp_path, text, says):
    with pytest.raises(SettingsError, match=says) as caught:
        load(written(tmp_path, text))
    assert "\n" not in str(caught.value)


def test_an_unknown_variable_is_refused_with_the_nearest_name(monkeypatch):
    monkeypatch.setenv("SAMMADAG_POL_SECONDS", "2")
    with pytest.raises(SettingsError, match="menade du SAMMADAG_POLL_SECONDS"):
        load()


@pytest.mark.parametrize(
    ("variable", "says"),
    [
        ("SAMMADAG_OLD_SECRET_KEYS", r'skriv den som JSON: \["första", "andra"\]'),
        ("SAMMADAG_MONTHLY_MAIL", "skriv den som JSON"),
        ("SAMMADAG_MAILBOXES", "som SAMMADAG_MAILBOXES__DEL"),
    ],
)
def test_a_variable_that_holds_no_list_or_section_says_how_to_write_it(monkeypatch, variable, says):
    monkeypatch.setenv(variable, "hemligt ord")
    with pytest.raises(SettingsError, match=says) as caught:
        load()
    assert "hemligt" not in str(caught.value)


def test_variables_of_the_tests_are_left_alone(monkeypatch):
    monkeypatch.setenv("SAMMADAG_TEST_ANYTHING", "2")
    load()


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SettingsError, match=r"nowhere\.toml"):
        load(tmp_path / "nowhere.toml")


def test_a_secret_key_is_made_once_beside_a_sqlite_file_for_its_owner_only(tmp_path):
    url = f"sqlite:///{tmp_path / 'a.db'}"
    first = secret_keys(load(), url)
    assert secret_keys(load(), url) == first
    assert stat.S_IMODE((tmp_path / "a.key").stat().st_mode) == 0o600


@pytest.fixture
def full_disk():
    """Let no file of this process grow, until the test says so."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)

    def set_full(full):
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, usual[1]) if full else usual)

    yield set_full
    set_full(False)


def test_a_full_disk_leaves_no_half_key_and_the_next_start_makes_one(tmp_path, full_disk):
    url = f"sqlite:///{tmp_path / 'a.db'}"
    full_disk(True)
    with pytest.raises(SettingsError, match=r"a\.key kan inte skrivas.*utrymme"):
        secret_keys(load(), url)
    full_disk(False)
    assert list(tmp_path.iterdir()) == []
    assert len(secret_keys(load(), url)[0]) > 16


def test_postgresql_needs_a_secret_key_that_all_workers_share():
    with pytest.raises(SettingsError, match="PostgreSQL kräver"):
        secret_keys(load(), "postgresql://localhost/x")


def test_old_keys_stand_behind_the_current_one(tmp_path, monkeypatch):
    old = written(tmp_path, "an old key of some length\n", "old.key")
    monkeypatch.setenv("SAMMADAG_SECRET_KEY", "the current key of some length")
    file = written(tmp_path, f'old_secret_key_files = ["{old}"]')
    assert secret_keys(load(file), "postgresql://x") == (
        b"the current key of some length",
        b"an old key of some length",
    )


def test_a_short_key_is_refused(monkeypatch):
    monkeypatch.setenv("SAMMADAG_SECRET_KEY", "short")
    with pytest.raises(SettingsError, match="16 tecken"):
        secret_keys(load(), "postgresql://x")


def test_secrets_never_show_in_a_printed_settings_object(monkeypatch):
    monkeypatch.setenv("SAMMADAG_SECRET_KEY", "very-secret-value-here")
    assert "very-secret-value-here" not in repr(load())
