"""Signing in by certificate and by secret, tokens that end, and what goes wrong there."""

from __future__ import annotations

import pytest

from functionmail.connectors.graph import Certificate, Secret
from functionmail.errors import MailboxUnavailable, SignInRefused
from tests.graph.graph_server import SECRET, Fault
from tests.graph.loopback_ca import authority


def test_a_certificate_signs_in_where_no_secret_does(tenant):
    tenant.server.secret = None
    tenant.connection = tenant.connect(credential=Certificate(lambda: authority().app_pem))
    assert tenant.source().fetch(None).messages == ()


def test_a_wrong_secret_is_tried_once_and_says_what_to_look_at(tenant):
    tenant.connection = tenant.connect(credential=Secret(lambda: "wrong"))
    with pytest.raises(SignInRefused, match=r"AADSTS7000215.*graph\.client_secret_file"):
        tenant.source().fetch(None)
    assert tenant.server.calls.count("token") == 1


def test_a_secret_never_stands_in_an_error_or_a_representation(tenant):
    credential = Secret(lambda: "a-very-secret-one")
    tenant.connection = tenant.connect(credential=credential)
    with pytest.raises(SignInRefused) as caught:
        tenant.source().fetch(None)
    assert "a-very-secret-one" not in repr(caught.value)
    assert repr(credential) == "Secret()"


def test_a_secret_that_was_changed_is_read_anew_by_the_next_call(tenant):
    secrets = ["wrong", SECRET]
    tenant.connection = tenant.connect(credential=Secret(lambda: secrets.pop(0)))
    source = tenant.source()
    with pytest.raises(SignInRefused):
        source.fetch(None)
    assert source.fetch(None).messages == ()


def test_a_certificate_that_is_not_registered_is_refused(tenant):
    other = type(authority())()
    tenant.connection = tenant.connect(credential=Certificate(lambda: other.app_pem))
    with pytest.raises(SignInRefused, match="AADSTS700027"):
        tenant.source().fetch(None)


@pytest.mark.parametrize("pem", ["", "no PEM at all", "-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_file_that_is_no_certificate_is_refused(tenant, pem):
    tenant.connection = tenant.connect(credential=Certificate(lambda: pem))
    with pytest.raises(SignInRefused, match="certificate"):
        tenant.source().fetch(None)


def test_a_secret_file_that_cannot_be_read_is_refused(tenant, tmp_path):
    missing = tmp_path / "secret"
    tenant.connection = tenant.connect(credential=Secret(missing.read_text))
    with pytest.raises(SignInRefused, match="cannot be read"):
        tenant.source().fetch(None)


def test_an_unknown_tenant_is_refused(tenant):
    tenant.connection = tenant.connect(tenant="another")
    with pytest.raises(SignInRefused, match=r"graph\.tenant"):
        tenant.source().fetch(None)


def test_one_token_serves_the_source_and_the_sender(tenant):
    tenant.source().fetch(None)
    tenant.sender().find_sent("c1.0a1b2c@exempelstad.example")
    assert tenant.server.tokens_given == 1


def test_a_token_that_is_no_longer_accepted_is_renewed_once_unseen(tenant):
    source = tenant.source()
    source.fetch(None)
    tenant.server.expire_token()
    assert source.fetch(None).messages == ()
    assert tenant.server.tokens_given == 2


def test_a_mail_is_sent_once_when_the_token_ends_in_between(tenant):
    sender = tenant.sender()
    draft = sender.save_draft("1@x.example", b"Message-ID: <1@x.example>\r\n\r\nHej\r\n")
    tenant.server.fail("send", Fault(401, "InvalidAuthenticationToken"))
    sender.send(draft)
    assert len(tenant.box.in_folder("sentitems")) == 1


def test_a_token_that_is_refused_again_and_again_needs_a_person(tenant):
    tenant.server.fail("delta", Fault(401, "InvalidAuthenticationToken"), times=2)
    with pytest.raises(SignInRefused, match="token"):
        tenant.source().fetch(None)
    assert tenant.server.calls.count("delta") == 2


@pytest.mark.parametrize("route", ["discovery", "token"])
def test_a_sign_in_service_that_is_down_is_unavailable_and_the_next_call_signs_in(tenant, route):
    tenant.server.fail(route, Fault(503, retry_after="40"))
    source = tenant.source()
    with pytest.raises(MailboxUnavailable) as caught:
        source.fetch(None)
    assert caught.value.retry_after_s == 40
    assert source.fetch(None).messages == ()


def test_an_answer_without_a_token_is_not_taken_for_one(tenant):
    tenant.server.fail("token", Fault(200, "odd"))
    with pytest.raises(SignInRefused):
        tenant.source().fetch(None)


@pytest.mark.parametrize("route", ["discovery", "token"])
def test_the_page_of_a_proxy_is_not_taken_for_an_answer_of_entra(tenant, route):
    tenant.server.fail(route, Fault(how="page"))
    with pytest.raises(MailboxUnavailable, match="proxy"):
        tenant.source().fetch(None)


def test_every_call_asks_for_immutable_ids(tenant):
    mail = tenant.box.deliver(b"Subject: 1\r\n\r\nHej\r\n")
    source, sender = tenant.source(), tenant.sender()
    source.fetch(None)
    source.label(mail.key, frozenset({"case"}))
    source.move(mail.key, "Handled")
    sender.send(sender.save_draft("1@x.example", b"Message-ID: <1@x.example>\r\n\r\nHej\r\n"))
    sender.find_sent("1@x.example")
    list(tenant.sent().keys())
    assert tenant.server.without_immutable == []
