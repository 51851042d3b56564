"""A throw-away Dovecot, and fresh accounts on it.

Durability is off: it serves tests and measurements of behaviour, not of disks. It listens on
loopback only, keeps everything in a temporary folder of its own and ends with the process
that started it.
"""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
START_SECONDS = 30
SMALL_BYTES = 20_000
_ACCOUNTS = 2000
_SMALL_ACCOUNTS = 50


class NoDovecot(Exception):
    """No Dovecot can be started here; says what was looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DovecotAccount:
    """An account of its own; its folders have no mail yet.

    Attributes:
        folder: Its Maildir.
    """

    user: str
    password: str
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Dovecot:
    """A running server.

    Attributes:
        imap_port, imaps_port, lmtp_port: On HOST; STARTTLS is offered on the first.
        ca_file: The authority that signed its certificate for 127.0.0.1 and localhost.
        accounts, small_accounts: Users and passwords that are left. Dovecot looks for new
            users once a second, so all are made before it starts.
    """

    root: Path
    imap_port: int
    imaps_port: int
    lmtp_port: int
    ca_file: Path
    accounts: list[tuple[str, str]]
    small_accounts: list[tuple[str, str]]

    def add_account(self, *, small: bool = False) -> DovecotAccount:
        """Return an account that nobody used; it has Drafts (Utkast) and Sent (Skickat).

        Args:
            small: It has room for SMALL_BYTES only.
        """
        user, password = (self.small_accounts if small else self.accounts).pop()
        return DovecotAccount(user=user, password=password, folder=self.root / "mail" / user)

    def deliver(self, account: DovecotAccount, content: bytes) -> None:
        """Deliver a mail as another mail server does, by LMTP."""
        with smtplib.LMTP(HOST, self.lmtp_port, timeout=30) as lmtp:
            lmtp.sendmail("sender@elsewhere.example", [account.user], content)

    def administer(self, *words: str) -> None:
        """Run doveadm."""
        command = ["doveadm", "-c", self.root / "dovecot.conf", *words]
        subprocess.run(command, check=True, capture_output=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    uid: int
    gid: int
    user: str
    group: str


@contextmanager
def dovecot_server() -> Iterator[Dovecot]:
    """Start a server and stop it afterwards.

    Raises:
        NoDovecot: It is not installed, or without LMTP.
        RuntimeError: It did not start; carries the end of its log.
    """
    program = shutil.which("dovecot", path=":".join([*os.get_exec_path(), "/usr/sbin"]))
    if program is None or not Path("/usr/lib/dovecot/lmtp").exists():
        raise NoDovecot("no Dovecot with IMAP and LMTP (dovecot-imapd, dovecot-lmtpd)")
    root = Path(tempfile.mkdtemp(prefix="sammadag-imap-"))
    try:
        root.chmod(0o755)
        with _running(program, root) as server:
            yield server
    finally:
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def _running(program: str, root: Path) -> Iterator[Dovecot]:
    ca_file = make_certificate(root / "tls")
    ports = free_ports(3)
    server = Dovecot(
        root=root,
        imap_port=ports[0],
        imaps_port=ports[1],
        lmtp_port=ports[2],
        ca_file=ca_file,
        accounts=[_new_account("box") for _ in range(_ACCOUNTS)],
        small_accounts=[_new_account("small") for _ in range(_SMALL_ACCOUNTS)],
    )
    mail = _mail_account()
    for name in ("run", "mail"):
        (root / name).mkdir()
    os.chown(root / "mail", mail.uid, mail.gid)
    (root / "users").write_text("".join(_users(server, mail)), "ascii")
    (root / "dovecot.conf").write_text(_configuration(server, mail), "utf-8")
    command = [*_ending_with_us(), program, "-F", "-c", str(root / "dovecot.conf")]
    with (root / "output").open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_until_ready(process, server)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=START_SECONDS)


def _new_account(kind: str) -> tuple[str, str]:
    return f"{kind}-{uuid.uuid4().hex[:12]}@exempelstad.example", uuid.uuid4().hex


def _users(server: Dovecot, mail: _Account) -> Iterator[str]:
    """Yield the lines of Dovecot's passwd-file."""
    for accounts, extra in (
        (server.accounts, ""),
        (server.small_accounts, f"userdb_quota_rule=*:bytes={SMALL_BYTES}"),
    ):
        for user, password in accounts:
            home = server.root / "mail" / user
            yield f"{user}:{{PLAIN}}{password}:{mail.uid}:{mail.gid}::{home}::{extra}\n"


def _configuration(server: Dovecot, mail: _Account) -> str:
    is_root = os.geteuid() == 0
    internal, login = ("dovecot", "dovenull") if is_root else (mail.user, mail.user)
    return f"""
base_dir = {server.root}/run
state_dir = {server.root}/run
log_path = {server.root}/log
protocols = imap lmtp
listen = {HOST}
ssl = yes
ssl_cert = <{server.root}/tls/server.pem
ssl_key = <{server.root}/tls/server.key
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
auth_failure_delay = 0
default_internal_user = {internal}
default_internal_group = {grp.getgrgid(pwd.getpwnam(internal).pw_gid).gr_name}
default_login_user = {login}
default_vsz_limit = 1G
first_valid_uid = 1
mail_uid = {mail.user}
mail_gid = {mail.group}
mail_location = maildir:{server.root}/mail/%u
mail_plugins = acl quota
mail_fsync = never
mail_max_userip_connections = 100
mailbox_idle_check_interval = 1 secs
passdb {{
  driver = passwd-file
  args = {server.root}/users
}}
userdb {{
  driver = passwd-file
  args = {server.root}/users
}}
plugin {{
  acl = vfile::cache_secs=0
  quota = maildir:User quota
}}
protocol imap {{
  mail_plugins = $mail_plugins imap_acl imap_quota
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Utkast {{
    special_use = \\Drafts
    auto = create
  }}
  mailbox Skickat {{
    special_use = \\Sent
    auto = create
  }}
}}
service imap-login {{
  chroot =
  service_count = 0
  process_min_avail = 1
  inet_listener imap {{
    port = {server.imap_port}
  }}
  inet_listener imaps {{
    port = {server.imaps_port}
  }}
}}
service imap {{
  service_count = 100
  process_limit = 500
}}
service lmtp {{
  inet_listener lmtp {{
    address = {HOST}
    port = {server.lmtp_port}
  }}
  unix_listener lmtp {{
    mode = 0600
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
  unix_listener stats-reader {{
    mode = 0600
  }}
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
service ipc {{
  chroot =
}}
service auth {{
  unix_listener auth-userdb {{
    mode = 0666
  }}
}}
"""


def _mail_account() -> _Account:
    """Return who owns the mail: a server refuses to read mail as root."""
    entry = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    group = grp.getgrgid(entry.pw_gid).gr_name
    return _Account(uid=entry.pw_uid, gid=entry.pw_gid, user=entry.pw_name, group=group)


def make_certificate(folder: Path) -> Path:
    """Make an authority, and a certificate of it for 127.0.0.1 and localhost, with openssl.

    Returns:
        The authority's own certificate; ``server.pem`` and ``server.key`` lie beside it.
    """
    folder.mkdir()
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    authority = [
        *("req", "-x509", *curve, "-days", "2", "-subj", "/CN=Test authority"),
        *("-keyout", "ca.key", "-out", "ca.pem"),
        *("-addext", "keyUsage=critical,keyCertSign,cRLSign"),
    ]
    request = [
        *("req", *curve, "-subj", "/CN=localhost"),
        *("-keyout", "server.key", "-out", "server.csr"),
    ]
    (folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n", "ascii")
    sign = [
        *("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key"),
        *("-CAcreateserial", "-days", "2", "-extfile", "names", "-out", "server.pem"),
    ]
    for words in (authority, request, sign):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)
    return folder / "ca.pem"


def free_ports(count: int) -> list[int]:
    """Return ports on loopback where nobody listens now."""
    sockets = [socket.create_server((HOST, 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _ending_with_us() -> list[str]:
    """Return a prefix that stops the server even when this process is killed."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", "--"] if setpriv else []


def _wait_until_ready(process: subprocess.Popen[bytes], server: Dovecot) -> None:
    limit = time.monotonic() + START_SECONDS
    while time.monotonic() < limit and process.poll() is None:
        with suppress(OSError), socket.create_connection((HOST, server.imap_port), 5) as greeted:
            greeted.settimeout(5)
            if greeted.recv(64).startswith(b"* OK"):
                return
        time.sleep(0.02)
    texts = [path.read_text("utf-8", "replace") for path in server.root.glob("[lo][ou]*[gt]")]
    raise RuntimeError(f"Dovecot did not start: {' / '.join(texts)[-600:]}")
