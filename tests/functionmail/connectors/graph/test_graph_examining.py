"""What Graph tells an operator of a mailbox before anything goes wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functionmail.connectors.examining import Ability, Examinable
from functionmail.connectors.graph import Secret
from functionmail.connectors.graph_tokens import permissions_in
from functionmail.errors import MailboxUnavailable, SignInRefused
from tests.graph.graph_mailbox import DRAFTS, INBOX, MORNING, SENT
from tests.graph.graph_server import Fault

MAIL = b"Message-ID: <1@kund.example>\r\nSubject: Faktura\r\n\r\nHej\r\n"


def found(*parts):
    return {one.what: one for part in parts for one in part.examine().findings}


def able(*parts):
    return {what: one.ok for what, one in found(*parts).items()}


def test_an_application_with_all_rights_may_do_everything(tenant):
    source, sender = tenant.source(), tenant.sender()
    assert isinstance(source, Examinable)
    assert isinstance(sender, Examinable)
    assert able(source, sender) == dict.fromkeys(Ability, True)


def test_folders_are_named(tenant):
    told = found(tenant.source(), tenant.sender())
    names = [told[what].detail for what in (Ability.READ, Ability.DRAFTS, Ability.SENT)]
    assert names == ["Inkorg", "Utkast", "Skickat"]


def test_examining_changes_and_sends_nothing(tenant):
    mail = tenant.box.deliver(MAIL)
    mail.categories.append("Annas")
    log = list(tenant.box.log)
    able(tenant.source(), tenant.sender())
    assert tenant.box.log == log
    assert (tenant.box.in_folder(INBOX), mail.categories) == ([mail], ["Annas"])
    assert tenant.box.in_folder(DRAFTS) + tenant.box.in_folder(SENT) == []


@pytest.mark.parametrize(
    ("rights", "missing"),
    [
        ({"Mail.Read"}, {Ability.MARK, Ability.DRAFTS, Ability.SEND}),
        ({"Mail.ReadWrite"}, {Ability.SEND}),
        ({"Mail.Read", "Mail.Send"}, {Ability.MARK, Ability.DRAFTS}),
    ],
)
def test_a_right_that_is_missing_is_found(tenant, rights, missing):
    tenant.server.rights = rights
    told = found(tenant.source(), tenant.sender())
    assert {what for what in told if not told[what].ok} == missing
    assert all("lacks the right" in told[what].detail for what in missing)


def test_a_server_that_knows_its_ids_by_their_looks_tells_as_much(tenant):
    tenant.server.fail("patch", Fault(400, "ErrorInvalidIdMalformed"))
    assert able(tenant.source())[Ability.MARK] is True


def test_an_answer_that_says_nothing_of_rights_leaves_them_open(tenant):
    tenant.server.fail("send", Fault(507, "ErrorQuotaExceeded"))
    assert Ability.SEND not in able(tenant.sender())


def test_the_servers_clock_is_told(tenant):
    tenant.server.shows = MORNING
    assert tenant.source().examine().server_time == MORNING


def test_permissions_that_were_granted_for_every_mailbox_are_told(tenant):
    tenant.server.granted_in_entra = {"Mail.Send", "Mail.ReadWrite", "User.Read.All"}
    assert tenant.source().examine().too_wide == ("Mail.ReadWrite", "Mail.Send")


def test_permissions_by_rbac_stand_in_no_token(tenant):
    assert tenant.source().examine().too_wide == ()


@given(st.text() | st.from_regex(r"[\w-]*\.[\w-]*\.[\w-]*", fullmatch=True))
def test_a_token_of_any_shape_is_read_without_a_fault(token):
    assert permissions_in(token) == frozenset()


@pytest.mark.parametrize(
    "payload", ["bnVsbA", "W10", "e30", "eyJyb2xlcyI6MX0", "eyJyb2xlcyI6WzFdfQ"]
)
def test_claims_that_hold_no_permissions_give_none(payload):
    assert permissions_in(f"e30.{payload}.x") == frozenset()


def test_an_application_without_rights_needs_a_person(tenant):
    tenant.server.rights = set()
    with pytest.raises(SignInRefused, match="lacks the right"):
        tenant.source().examine()


def test_a_wrong_secret_is_refused(tenant):
    tenant.connection = tenant.connect(credential=Secret(lambda: "fel"))
    with pytest.raises(SignInRefused, match="the secret is wrong"):
        tenant.source().examine()


@pytest.mark.parametrize(
    ("part", "route"), [("source", "folder"), ("source", "patch"), ("sender", "send")]
)
def test_a_connection_that_breaks_says_nothing_of_rights(tenant, part, route):
    examined = getattr(tenant, part)()
    tenant.server.fail(route, Fault(how="drop"), times=9)
    with pytest.raises(MailboxUnavailable):
        examined.examine()
