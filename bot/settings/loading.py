"""Settings: the only reader of the environment and of sammadag.toml.

Order, later wins: the file (``--config``, else ``SAMMADAG_CONFIG``, else
``./sammadag.toml``), the environment (``SAMMADAG_`` + name, ``__`` between levels), flags.
Without a file the sample city and a SQLite file in the user's data folder serve.
"""

from __future__ import annotations

import os
import secrets
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource
from pydantic_settings.exceptions import SettingsError as NotJson

from bot.errors import Saying, SettingsError
from bot.settings.model import PREFIX, Settings
from bot.texts.bad_values import not_toml, toml_line, what_is_wrong

_NOT_SETTINGS = ("SAMMADAG_CONFIG",)
_TEST_PREFIX = "SAMMADAG_TEST_"
_SQLITE = "sqlite:///"
_SECRETS = {
    "secret_key": "secret_key_file",
    "old_secret_keys": "old_secret_key_files",
    "password": "password_file",
    "client_secret": "client_secret_file",
    "bot_token": "bot_token_file",
    "app_token": "app_token_file",
    "signing_secret": "signing_secret_file",
    "metrics_token": "metrics_token_file",
}
"""Settings that must not stand in the file, and those that name a file of their own."""


def load(config: Path | None = None, flags: Mapping[str, Any] | None = None) -> Settings:
    """Return the settings that hold now.

    Raises:
        SettingsError: A file that is missing or no TOML; a key or variable that is unknown
            (with the nearest name) or has a bad value.
    """
    file = _find_file(config)
    content = {} if file is None else _read_toml(file)
    secret = next((name for name in _names_in(content) if name in _SECRETS), None)
    if secret is not None:
        raise SettingsError(
            "{file}: hemligheter hör inte hemma här; lägg {name} i en egen fil och ange den i "
            "{instead}",
            file=file,
            name=secret,
            instead=_SECRETS[secret],
        )
    _refuse_unknown_variables()
    given = {key: value for key, value in (flags or {}).items() if value is not None}
    try:
        return _layered(given, content)()
    except ValidationError as error:
        raise _explained(error, file, given) from error
    except NotJson as error:
        raise _not_json(error) from error


def _names_in(table: Mapping[str, Any]) -> Iterator[str]:
    for name, value in table.items():
        yield name
        if isinstance(value, Mapping):
            yield from _names_in(value)


def _layered(flags: Mapping[str, Any], content: Mapping[str, Any]) -> type[Settings]:
    class Layered(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return (
                InitSettingsSource(settings_cls, init_kwargs=dict(flags)),
                env_settings,
                InitSettingsSource(settings_cls, init_kwargs=dict(content)),
            )

    return Layered


def resolve_database_url(settings: Settings) -> str:
    """Return the database address; makes the user's data folder when that is the default.

    Raises:
        SettingsError: That folder cannot be made.
    """
    if settings.database_url:
        return settings.database_url
    folder = data_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            "database_url: mappen {folder} kan inte skapas; ange en annan databas", folder=folder
        ) from error
    return f"sqlite:///{folder / 'sammadag.db'}"


def data_folder() -> Path:
    """Return the folder for this user's own data."""
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "sammadag"


def secret_keys(settings: Settings, database_url: str) -> tuple[bytes, ...]:
    """Return the secret keys, the current one first; makes one beside a SQLite file if needed.

    Raises:
        SettingsError: A named file cannot be read, a key is too short, or PostgreSQL is
            used without a key: two workers must share one.
    """
    current = _current_key(settings, database_url)
    old = [key.get_secret_value() for key in settings.old_secret_keys]
    old += [_read_secret(path) for path in settings.old_secret_key_files]
    keys = tuple(key.encode() for key in (current, *old))
    if any(len(key) < 16 for key in keys):
        raise SettingsError("secret_key: en nyckel måste ha minst 16 tecken")
    return keys


def secret_text(given: SecretStr | None, file: Path | None, *, variable: str = "") -> str:
    """Return a secret that is given, or else that of a file; empty where there is neither.

    Args:
        variable: Another program's name for it in the environment, which serves last.

    Raises:
        SettingsError: The file cannot be read.
    """
    if given is not None:
        return given.get_secret_value()
    return os.environ.get(variable, "").strip() if file is None else _read_secret(file)


def _current_key(settings: Settings, database_url: str) -> str:
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    file = secret_file(settings, database_url)
    if file is None:
        raise SettingsError(
            "secret_key: PostgreSQL kräver en nyckel; ange SAMMADAG_SECRET_KEY eller "
            "secret_key_file"
        )
    if settings.secret_key_file is not None or file.exists():
        return _read_secret(file)
    return _make_secret(file)


def secret_file(settings: Settings, database_url: str) -> Path | None:
    """Return the file of the secret key, which may not be there yet; None: there is no file."""
    if settings.secret_key is not None:
        return None
    if settings.secret_key_file is not None:
        return settings.secret_key_file
    if not database_url.startswith(_SQLITE):
        return None
    return Path(database_url.removeprefix(_SQLITE)).with_suffix(".key")


def _make_secret(path: Path) -> str:
    """Make a key that is there whole or not at all, however full the disk; the first one holds."""
    key = secrets.token_urlsafe(32)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        return _read_secret(path)
    except OSError as error:
        raise SettingsError(
            "secret_key: {file} kan inte skrivas bredvid databasen; kontrollera mappens "
            "rättigheter och utrymme",
            file=path.name,
        ) from error
    finally:
        draft.unlink(missing_ok=True)
    return key


def _read_secret(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            "nyckelfilen {path} går inte att läsa; kontrollera att den finns och rättigheterna",
            path=path,
        ) from error


def _find_file(config: Path | None) -> Path | None:
    named = config or (Path(value) if (value := os.environ.get("SAMMADAG_CONFIG")) else None)
    if named is not None:
        if not named.is_file():
            raise SettingsError("{file}: det finns ingen sådan inställningsfil", file=named)
        return named
    here = Path("sammadag.toml")
    return here if here.is_file() else None


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        line = toml_line(error)
        if line is None:
            raise SettingsError("{file}: {what}", file=file, what=not_toml()) from error
        raise SettingsError(
            "{file} rad {line}: {what}", file=file, line=line, what=not_toml()
        ) from error
    except UnicodeDecodeError as error:
        raise SettingsError("{file}: är inte UTF-8; spara den som UTF-8", file=file) from error
    except OSError as error:
        raise SettingsError(
            "{file}: går inte att läsa; kontrollera rättigheterna", file=file
        ) from error


def _refuse_unknown_variables() -> None:
    known = {name.upper() for name in Settings.model_fields}
    for variable in sorted(os.environ):
        if not variable.startswith(PREFIX) or variable in _NOT_SETTINGS:
            continue
        if variable.startswith(_TEST_PREFIX):
            continue
        name = variable.removeprefix(PREFIX).split("__")[0].upper()
        if name not in known:
            nearest = _nearest(name, known)
            raise SettingsError(
                "{variable}: {what}",
                variable=variable,
                what=_unknown_setting(nearest and f"{PREFIX}{nearest}"),
            )


def _explained(
    error: ValidationError, file: Path | None, flags: Mapping[str, object]
) -> SettingsError:
    first = error.errors(include_url=False, include_input=False)[0]
    path = [str(part) for part in first["loc"]]
    if first["type"] == "extra_forbidden":
        what = _unknown_setting(_nearest(path[-1], _names_at(path[:-1])))
    else:
        what = what_is_wrong(first["type"], first.get("ctx", {}))
    where, variable = ".".join(path), _variable(path)
    if variable is not None:
        return SettingsError("{variable}: {what}", variable=variable, what=what)
    if file is None or path[0] in flags:
        return SettingsError("inställningen {where}: {what}", where=where, what=what)
    return SettingsError("{file}: {where}: {what}", file=file, where=where, what=what)


def _variable(path: list[str]) -> str | None:
    """Return the variable of the environment that gives a setting, None if there is none."""
    wanted = (PREFIX + "__".join(path)).upper()
    return next((name for name in os.environ if name.upper() == wanted), None)


def _not_json(error: NotJson) -> SettingsError:
    """Explain that a variable for a list or a whole section holds no JSON."""
    name = next((known for known in Settings.model_fields if f'"{known}"' in str(error)), "")
    variable = f"{PREFIX}{name.upper()}"
    field = Settings.model_fields.get(name)
    if field is not None and get_origin(field.annotation) is tuple:
        return SettingsError(
            '{variable}: är ingen lista; skriv den som JSON: ["första", "andra"]', variable=variable
        )
    return SettingsError(
        "{variable}: är inte JSON; ge hellre varje del för sig, som {variable}__DEL",
        variable=variable,
    )


def _unknown_setting(nearest: str | None) -> Saying:
    if nearest is None:
        return Saying("det finns ingen sådan inställning")
    return Saying("det finns ingen sådan inställning; menade du {nearest}?", nearest=nearest)


def _names_at(path: list[str]) -> set[str]:
    model: Any = Settings
    for part in path:
        if _is_section(model):
            field = model.model_fields.get(part)
            model = None if field is None else _without_none(field.annotation)
        else:
            model = (get_args(model) or (None,))[-1]
    return set(model.model_fields) if _is_section(model) else set()


def _without_none(annotation: object) -> object:
    """Return the section of a setting that may be left out."""
    kinds = get_args(annotation)
    return kinds[0] if type(None) in kinds else annotation


def _is_section(model: object) -> bool:
    return isinstance(model, type) and issubclass(model, BaseModel)


def _nearest(name: str, names: set[str]) -> str | None:
    found = get_close_matches(name, sorted(names), n=1, cutoff=0.5)
    return found[0] if found else None
