"""Signing in: once, with the right trust, and for all mailboxes of the account together."""

from __future__ import annotations

import io
import logging
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from functionmail.connectors.exchange import Access, Auth, Endpoint, Server
from functionmail.connectors.exchange_endpoint import REFUSED_FOR_S
from functionmail.errors import MailboxUnavailable, SignInRefused
from tests.ews.house import ACCOUNT, PASSWORD, House
from tests.ews.server import EwsServer

MAIL = b"Message-ID: <1@kund.example>\r\nSubject: Faktura\r\n\r\nHej\r\n"
FAR_AHEAD = 4_000_000_000.0
WRONG = "fel-lösenord"


def test_a_wrong_password_is_tried_once(house):
    house.password = WRONG
    source = house.source()
    with pytest.raises(SignInRefused) as caught:
        source.fetch(None)
    assert house.ews.sign_ins == 1
    assert not caught.value.retryable
    assert WRONG not in str(caught.value)
    assert ACCOUNT not in str(caught.value)


def test_a_password_that_one_mailbox_was_refused_with_is_not_tried_by_the_next(house):
    house.password = WRONG
    endpoint = house.endpoint()
    for name in ("kundreskontra", "leverantor"):
        house.add(name)
    sources = [house.source(house.box(name, endpoint)) for name in ("kundreskontra", "leverantor")]
    for source in sources:
        with pytest.raises(SignInRefused):
            source.fetch(None)
    with pytest.raises(SignInRefused):
        house.sender(house.box(endpoint=endpoint)).find_sent("x@y")
    assert house.ews.sign_ins == 1


def test_many_mailboxes_that_begin_at_once_try_a_wrong_password_once(house):
    house.password = WRONG
    endpoint = house.endpoint()
    sources = [house.source(house.box(endpoint=endpoint)) for _ in range(8)]
    refused = []

    def fetch(source):
        try:
            source.fetch(None)
        except SignInRefused:
            refused.append(source)

    threads = [threading.Thread(target=fetch, args=(source,)) for source in sources]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(refused), house.ews.sign_ins) == (8, 1)


def test_a_password_that_was_put_right_is_read_anew_after_a_while(house):
    house.password = WRONG
    source = house.source()
    with pytest.raises(SignInRefused):
        source.fetch(None)
    house.password = PASSWORD
    house.clock.now += REFUSED_FOR_S
    assert source.fetch(None).messages == ()


def test_a_password_that_is_changed_while_we_run_is_told_once(house):
    source = house.source()
    source.fetch(None)
    house.user.password = "nytt"
    before = house.ews.sign_ins
    for _ in range(3):
        with pytest.raises(SignInRefused):
            source.fetch(None)
    assert house.ews.sign_ins == before + 1


def test_a_refusal_is_one_even_when_the_server_closes_the_connection_with_it(house):
    # The library takes any answer with "Connection: close" for a busy server.
    house.ews.fail(status=401, headers={"Connection": "close"})
    with pytest.raises(SignInRefused):
        house.source().fetch(None)


@pytest.fixture
def ntlm(house, tmp_path, monkeypatch):
    """A house whose server wants NTLM, as Exchange does in most cities."""
    users = tmp_path / "users"
    domain, name = ACCOUNT.split("\\")
    users.write_text(f"{domain}:{name}:{PASSWORD}\n", "utf-8")
    monkeypatch.setenv("NTLM_USER_FILE", str(users))
    house.ews.speaks_ntlm = True
    return house


def test_ntlm_opens_a_mailbox_and_keeps_the_connection(ntlm):
    ntlm.deliver(MAIL)
    source = ntlm.source(ntlm.box(endpoint=ntlm.endpoint(auth=Auth.NTLM)))
    assert len(source.fetch(None).messages) == 1
    source.fetch(None)
    assert ntlm.ews.sign_ins == 1


def test_a_wrong_password_is_tried_once_by_ntlm(ntlm):
    ntlm.password = WRONG
    source = ntlm.source(ntlm.box(endpoint=ntlm.endpoint(auth=Auth.NTLM)))
    for _ in range(2):
        with pytest.raises(SignInRefused):
            source.fetch(None)
    assert ntlm.ews.sign_ins == 1


def test_forbidden_is_a_refusal(house):
    house.ews.fail(status=403)
    with pytest.raises(SignInRefused):
        house.source().fetch(None)


def test_no_request_is_spent_on_guessing_how_to_speak_to_the_server(house):
    house.deliver(MAIL)
    house.source().fetch(None)
    assert house.ews.calls == ["SyncFolderItems", "GetItem"]


def test_mailboxes_of_one_account_share_its_connections(house):
    endpoint = house.endpoint()
    house.add("kundreskontra")
    first, second = (house.box(name, endpoint) for name in ("info", "kundreskontra"))
    for box in (first, second):
        house.source(box).fetch(None)
    assert endpoint.account("a@b.example").protocol is endpoint.account("c@d.example").protocol
    assert endpoint.account("a@b.example").protocol.session_pool_size == 1


def test_what_the_library_logs_stays_out_of_our_log(house, monkeypatch):
    # It logs whole requests, mail and all, when something surprises it.
    def surprise(*_args, **_more):
        raise RuntimeError("en överraskning")

    sender = house.sender()
    monkeypatch.setattr(requests.Session, "post", surprise)
    logged = io.StringIO()
    handler = logging.StreamHandler(logged)
    logging.getLogger().addHandler(handler)
    with pytest.raises(RuntimeError):
        sender.save_draft("1@exempelstad.example", MAIL)
    logging.getLogger().removeHandler(handler)
    assert logged.getvalue() == ""


def test_impersonation_acts_as_the_mailbox(house):
    house.user.full_access.clear()
    house.user.impersonates.add("info@exempelstad.example")
    house.deliver(MAIL)
    endpoint = house.endpoint(access=Access.IMPERSONATION)
    assert len(house.source(house.box(endpoint=endpoint)).fetch(None).messages) == 1


def test_delegation_impersonates_nobody(house):
    house.user.full_access.clear()
    house.user.impersonates.add("info@exempelstad.example")
    with pytest.raises(SignInRefused):
        house.source().fetch(None)


@pytest.mark.parametrize(
    "url", ["http://mail.exempelstad.example/EWS", "http://192.0.2.7/EWS", "ftp://127.0.0.1", ""]
)
def test_a_password_goes_over_no_network_in_the_clear(url):
    with pytest.raises(ValueError, match="https"):
        Server(url=url)


@pytest.mark.parametrize(
    "url", ["https://mail.exempelstad.example/EWS", "http://127.0.0.1:8/EWS", "http://[::1]/EWS"]
)
def test_what_is_encrypted_or_goes_nowhere_is_allowed(url):
    assert Server(url=url).url == url


@pytest.fixture
def certificate(tmp_path) -> Path:
    """A certificate of the city's own for 127.0.0.1, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Exempelstad")])
    begins = datetime(2020, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=36500))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "city.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


@pytest.fixture
def safe_house(certificate) -> Iterator[House]:
    made = House(EwsServer(certificate=str(certificate)))
    made.add("info")
    yield made
    made.close()


def test_a_certificate_of_the_citys_own_authority_is_trusted_when_it_is_named(
    safe_house, certificate
):
    safe_house.deliver(MAIL)
    endpoint = safe_house.endpoint(ca_file=certificate)
    assert len(safe_house.source(safe_house.box(endpoint=endpoint)).fetch(None).messages) == 1


def test_a_certificate_that_nobody_vouches_for_is_told_to_a_person(safe_house):
    with pytest.raises(SignInRefused, match="certificate"):
        safe_house.source().fetch(None)
    assert safe_house.ews.sign_ins == 0


def test_a_file_that_holds_no_certificate_is_an_error_at_once(tmp_path):
    file = tmp_path / "empty.pem"
    file.write_text("inget\n")
    server = Server(url="https://mail.exempelstad.example/EWS", ca_file=file)
    with pytest.raises(ssl.SSLError, match="certificate"):
        Endpoint(server, str)


@pytest.fixture
def tokens(safe_house, certificate):
    """An endpoint that signs in with tokens of an authority, and its house."""
    safe_house.user.impersonates.add("info@exempelstad.example")
    safe_house.password = safe_house.ews.client_secret

    def make(**more):
        return safe_house.endpoint(
            auth=Auth.OAUTH2,
            access=Access.IMPERSONATION,
            tenant="exempelstad",
            client_id="sammadag",
            authority=safe_house.ews.base,
            ca_file=certificate,
            **more,
        )

    safe_house.deliver(MAIL)
    return safe_house, make


def test_a_token_opens_a_mailbox(tokens):
    house, make = tokens
    assert len(house.source(house.box(endpoint=make())).fetch(None).messages) == 1
    assert house.ews.tokens_given == 1


def test_a_token_that_is_too_old_is_fetched_anew(tokens, monkeypatch):
    house, make = tokens
    house.ews.token_life_s = 1
    source = house.source(house.box(endpoint=make()))
    checkpoint = source.fetch(None).checkpoint
    house.deliver(MAIL)
    monkeypatch.setattr("time.time", lambda: FAR_AHEAD)
    assert len(source.fetch(checkpoint).messages) == 1
    assert house.ews.tokens_given == 2


def test_a_token_that_was_withdrawn_is_fetched_anew_once(tokens):
    house, make = tokens
    source = house.source(house.box(endpoint=make()))
    checkpoint = source.fetch(None).checkpoint
    house.ews.tokens.clear()
    house.deliver(MAIL)
    assert len(source.fetch(checkpoint).messages) == 1


def test_a_token_that_is_refused_though_it_is_new_needs_a_person(tokens):
    house, make = tokens
    house.ews.fail("SyncFolderItems", status=401, times=0)
    with pytest.raises(SignInRefused):
        house.source(house.box(endpoint=make())).fetch(None)
    assert house.ews.calls.count("SyncFolderItems") == 2


def test_a_token_that_never_comes_is_waited_for_no_longer_than_for_a_mail(tokens):
    # The library holds the lock of its credentials while it waits, and needs it to close.
    house, make = tokens
    source = house.source(house.box(endpoint=make(), deadline_s=0.3))
    house.ews.fail("token", hang=True)
    with pytest.raises(MailboxUnavailable):
        source.fetch(None)
    source = house.source(house.box(endpoint=house.endpoints[-1]))
    assert len(source.fetch(None).messages) == 1


def test_a_wrong_secret_is_tried_once(tokens):
    house, make = tokens
    house.password = WRONG
    source = house.source(house.box(endpoint=make()))
    for _ in range(2):
        with pytest.raises(SignInRefused):
            source.fetch(None)
    assert house.ews.calls == ["token"]


def test_a_session_that_was_lost_for_want_of_a_token_does_not_stop_us_for_ever(tokens):
    # The library never puts a session back that it could not renew (its issue 1373).
    house, make = tokens
    endpoint = make(connections=1)
    source = house.source(house.box(endpoint=endpoint))
    hasty = house.source(house.box(endpoint=endpoint, deadline_s=0.5))
    checkpoint = source.fetch(None).checkpoint
    secret, house.ews.client_secret = house.ews.client_secret, "annan"
    house.ews.fail("SyncFolderItems", drop=True)
    for _ in range(2):
        with pytest.raises((MailboxUnavailable, SignInRefused)):
            hasty.fetch(checkpoint)
    house.ews.client_secret = secret
    house.clock.now += REFUSED_FOR_S
    house.deliver(MAIL)
    assert len(source.fetch(checkpoint).messages) == 1
