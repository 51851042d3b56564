"""The shipped unit files and the Containerfile say what is true of the program."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import typer

from bot.cli import build
from bot.settings import Settings
from bot.settings.model import PREFIX
from bot.texts import speaker

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "bot" / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
PROGRAM = "/opt/sammadag/bin/sammadag"
HARDENING = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "CapabilityBoundingSet": "",
    "StateDirectory": "sammadag",
    "StateDirectoryMode": "0700",
    "UMask": "0077",
}


def directives(unit):
    """Return (name, value) of every directive of a unit, sections and comments left out."""
    lines = unit.read_text("utf-8").splitlines()
    plain = [line for line in lines if line and not line.startswith(("#", "["))]
    return [tuple(line.split("=", 1)) for line in plain]


def instructions():
    """Return (word, rest) of every instruction of the Containerfile."""
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [tuple(line.split(maxsplit=1)) for line in joined.splitlines()]


def all_of(word):
    return [rest for found, rest in instructions() if found == word]


def command_for(arguments):
    """Return the command that arguments of the program call; fails if there is none."""
    command = typer.main.get_command(build(speaker("sv")))
    options = {name for option in command.params for name in option.opts}
    rest = list(arguments)
    while rest and rest[0].startswith("-"):
        assert rest[0] in options
        rest = rest[2:]
    found = command
    while rest and rest[0] in getattr(found, "commands", {}):
        found = found.commands[rest.pop(0)]
    assert not hasattr(found, "commands"), arguments
    return found


def called_program(line):
    """Return the arguments of the program in a command line, also within a shell's."""
    words = shlex.split(line.replace("$$", "$"))
    if words[:2] == ["/bin/sh", "-c"]:
        words = shlex.split(words[2].removeprefix("exec "))
    assert words[0] == PROGRAM
    return words[1:]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_calls_a_command_that_exists(unit):
    (start,) = [value for name, value in directives(unit) if name == "ExecStart"]
    assert command_for(called_program(start)).name in {"run", "backup"}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_hardened(unit):
    found = dict(directives(unit))
    assert {name: found.get(name) for name in HARDENING} == HARDENING
    assert found["User"] == "sammadag"


def test_the_service_starts_again_after_a_crash_and_not_with_wrong_settings():
    found = dict(directives(DEPLOY / "sammadag.service"))
    assert (found["Restart"], found["RestartPreventExitStatus"]) == ("on-failure", "2")


def settings_in_text(text):
    return re.findall(rf"Environment={PREFIX}([A-Z_]+)=%d/(\S+)", text)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_every_secret_of_a_unit_is_a_setting_and_is_loaded(unit):
    text = unit.read_text("utf-8")
    loaded = set(re.findall(r"LoadCredential=(\S+?):", text))
    named = settings_in_text(text)
    assert ("SECRET_KEY_FILE", "secret.key") in named
    for name, credential in named:
        assert credential in loaded
        field = Settings.model_fields
        *sections, last = name.lower().split("__")
        for section in sections:
            (model,) = [
                kind
                for kind in (field[section].annotation, *field[section].annotation.__args__)
                if hasattr(kind, "model_fields")
            ]
            field = model.model_fields
        assert last in field


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
def test_systemd_finds_no_fault_in_the_units(tmp_path):
    for unit in DEPLOY.glob("sammadag*"):
        text = unit.read_text("utf-8").replace(PROGRAM, "/bin/true")
        (tmp_path / unit.name).write_text(text, "utf-8")
    files = sorted(str(path) for path in tmp_path.iterdir())
    found = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *files], capture_output=True, text=True
    )
    assert (found.returncode, found.stderr) == (0, "")


def test_everything_that_the_image_copies_is_there():
    sources = [
        source
        for line in all_of("COPY")
        if not line.startswith("--from")
        for source in line.split()[:-1]
    ]
    assert [source for source in sources if not (ROOT / source).exists()] == []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    packaging = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {
        *(name.split("/")[0] for name in packaging["packages"]),
        *packaging["force-include"],
        project["project"]["readme"],
        *project["project"]["license-files"],
    }
    assert needed <= set(sources)


def test_the_image_takes_only_packages_of_the_lock():
    installs = " ".join(all_of("RUN"))
    assert "--require-hashes" in installs
    assert installs.count("pip install") == installs.count("--no-index") == 2
    extras = re.search(r"sammadag\[([a-z,]+)\]", installs)[1].split(",")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert set(extras) <= set(project["project"]["optional-dependencies"])
    assert {"exchange", "graph", "imap", "postgres"} <= set(extras)


def test_the_container_runs_as_nobody_special():
    (user,) = all_of("USER")
    assert all(int(part) >= 1000 for part in user.split(":"))


def test_the_container_starts_and_asks_after_the_program_by_commands_that_exist():
    (start,) = all_of("CMD")
    (health,) = all_of("HEALTHCHECK")
    for line in (start, health.partition("CMD")[2]):
        program, *arguments = re.findall('"([^"]+)"', line)
        assert program == "sammadag"
        assert command_for(arguments).name in {"run", "health"}


def test_what_the_container_sets_are_settings():
    (environment,) = all_of("ENV")
    names = re.findall(rf"{PREFIX}([A-Z_]+)=", environment)
    known = {*(name.upper() for name in Settings.model_fields), "CONFIG"}
    assert names
    assert {name.split("__")[0] for name in names} <= known
