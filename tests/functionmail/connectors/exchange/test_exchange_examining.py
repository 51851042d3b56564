"""What an Exchange server tells an operator of a mailbox before anything goes wrong."""

from __future__ import annotations

import pytest

from functionmail.connectors.examining import Ability, Examinable
from functionmail.connectors.exchange import Access
from functionmail.errors import MailboxUnavailable, SignInRefused
from tests.ews.world import MORNING

ADDRESS = "info@exempelstad.example"
MAIL = b"Message-ID: <1@kund.example>\r\nSubject: Faktura\r\n\r\nHej\r\n"


def found(*parts):
    return {one.what: one for part in parts for one in part.examine().findings}


def able(*parts):
    return {what: one.ok for what, one in found(*parts).items()}


def make_read_only(house):
    house.user.full_access.discard(ADDRESS)
    house.user.read_only.add(ADDRESS)


def test_an_account_with_full_access_may_do_all_that_the_server_tells_of(house):
    house.deliver(MAIL)
    source, sender = house.source(), house.sender()
    assert isinstance(source, Examinable)
    assert isinstance(sender, Examinable)
    assert able(source, sender) == dict.fromkeys(set(Ability) - {Ability.SEND}, True)


def test_folders_are_named(house):
    told = found(house.source(), house.sender())
    names = {what: told[what].detail for what in (Ability.READ, Ability.DRAFTS, Ability.SENT)}
    assert names == {
        Ability.READ: "Inkorgen",
        Ability.DRAFTS: "Utkast",
        Ability.SENT: "Skickat",
    }


def test_a_delegate_is_not_said_to_send_as_the_mailbox_since_the_server_does_not_tell(house):
    assert Ability.SEND not in able(house.sender())


def test_an_account_that_acts_as_the_mailbox_may_send_as_it(house):
    house.user.impersonates.add(ADDRESS)
    box = house.box(endpoint=house.endpoint(access=Access.IMPERSONATION))
    assert able(house.sender(box))[Ability.SEND] is True


def test_examining_changes_and_sends_nothing(house):
    item = house.deliver(MAIL)
    before = (item.change_key, item.categories, item.read)
    able(house.source(), house.sender())
    assert (item.change_key, item.categories, item.read) == before
    assert (house.lying_in("drafts"), house.lying_in("sentitems")) == ([], [])
    assert set(house.ews.calls) == {"GetFolder", "FindItem", "GetItem"}


def test_an_account_that_may_only_read_can_neither_mark_nor_save_drafts(house):
    house.deliver(MAIL)
    make_read_only(house)
    assert able(house.source(), house.sender()) == {
        Ability.READ: True,
        Ability.MARK: False,
        Ability.DRAFTS: False,
        Ability.SENT: False,
    }


def test_a_mail_tells_more_of_marking_than_the_folder_that_the_account_does_not_own(house):
    house.ews.world.not_owned = {"Modify", "Delete"}
    house.deliver(MAIL)
    assert able(house.source())[Ability.MARK] is True


def test_an_empty_inbox_of_somebody_else_leaves_open_whether_mail_can_be_marked(house):
    house.ews.world.not_owned = {"Modify", "Delete"}
    assert able(house.source()) == {Ability.READ: True}


@pytest.mark.parametrize(
    ("closed", "what"), [("drafts", Ability.DRAFTS), ("sentitems", Ability.SENT)]
)
def test_a_folder_that_is_closed_hides_nothing_else(house, closed, what):
    house.user.closed.add(closed)
    told = found(house.source(), house.sender())
    assert {one for one in told if not told[one].ok} == {what}
    assert told[what].detail == "give the service account rights on the mailbox"


def test_the_servers_clock_is_told(house):
    house.ews.shows = MORNING
    assert house.source().examine().server_time == MORNING


def test_a_mailbox_without_rights_needs_a_person(house):
    house.user.full_access.clear()
    with pytest.raises(SignInRefused, match="give the service account rights on the mailbox"):
        house.source().examine()


def test_a_wrong_password_is_refused_and_tried_once(house):
    house.password = "fel"
    source = house.source()
    with pytest.raises(SignInRefused):
        source.examine()
    assert house.ews.sign_ins == 1


@pytest.mark.parametrize("call", ["GetFolder", "FindItem", "GetItem"])
def test_a_connection_that_breaks_says_nothing_of_rights(house, call):
    house.deliver(MAIL)
    house.ews.fail(call, drop=True)
    with pytest.raises(MailboxUnavailable):
        house.source().examine()
