"""Categories and folders: beside those of people, wherever they put a mail."""

from __future__ import annotations

import pytest

from functionmail.errors import MailboxUnavailable, MessageGone
from functionmail.message import MessageKey

MAIL = b"Message-ID: <1@kund.example>\r\nSubject: Hej\r\n\r\nHej\r\n"
CASE = frozenset({"case"})


@pytest.fixture
def item(house):
    return house.deliver(MAIL)


@pytest.fixture
def source(house, item):
    return house.source()


@pytest.fixture
def key(source) -> MessageKey:
    return source.fetch(None).messages[0].key


def test_a_category_that_a_person_sets_at_the_same_time_stays(house, item, source, key):
    house.ews.before("UpdateItem", lambda: house.ews.world.categorise(item, "Anna"))
    source.label(key, CASE)
    assert sorted(item.categories) == ["Anna", "case"]


def test_people_who_never_stop_changing_a_mail_are_left_in_peace_for_now(house, item, source, key):
    house.ews.before("UpdateItem", lambda: house.ews.world.categorise(item, "Anna"), times=99)
    with pytest.raises(MailboxUnavailable):
        source.label(key, CASE)


def test_a_mail_that_a_person_moves_while_it_is_labelled_is_labelled_where_it_lies(
    house, item, source, key
):
    world = house.ews.world
    target = world.add_folder(world.box_of(item), "Annas", house.folder("inbox"))
    house.ews.before("UpdateItem", lambda: world.move(item, target))
    source.label(key, CASE)
    assert (item.categories, item.folder) == (["case"], target)


def test_after_a_restart_a_mail_is_found_deep_in_peoples_folders(house, item, key):
    world = house.ews.world
    box = world.box_of(item)
    above = world.add_folder(box, "2026", house.folder("msgfolderroot"))
    world.move(item, world.add_folder(box, "Mars", above))
    house.source().label(key, CASE)
    assert item.categories == ["case"]


def test_a_mail_below_what_people_deleted_is_gone(house, item, key):
    world = house.ews.world
    below = world.add_folder(world.box_of(item), "Gammalt", house.folder("deleteditems"))
    world.move(item, below)
    with pytest.raises(MessageGone):
        house.source().label(key, CASE)


def test_another_mail_of_the_same_second_is_not_labelled_instead(house, item, source, key):
    other = house.deliver(MAIL, received=item.received)
    house.ews.world.delete(item)
    with pytest.raises(MessageGone):
        house.source().label(key, CASE)
    assert other.categories == []


def test_a_key_that_is_not_ours_is_of_no_mail(source):
    with pytest.raises(MessageGone):
        source.label(MessageKey("m1"), CASE)


def test_labels_that_stand_there_already_are_not_written_again(house, source, key):
    source.label(key, CASE)
    source.label(key, CASE)
    assert house.ews.calls.count("UpdateItem") == 1


def test_the_last_label_can_be_taken_off(item, source, key):
    source.label(key, CASE)
    source.label(key, frozenset(), instead_of=CASE)
    assert item.categories == []


def test_a_folder_beside_the_inbox_is_used_where_people_have_one(house, item, source, key):
    world = house.ews.world
    beside = world.add_folder(world.box_of(item), "Hanterat", house.folder("msgfolderroot"))
    source.move(key, "hanterat")
    assert item.folder is beside


def test_a_path_of_folders_is_made_below_the_inbox(house, item, source, key):
    source.move(key, "Samma dag/Klart")
    assert (item.folder.name, item.folder.parent.name) == ("Klart", "Samma dag")
    assert item.folder.parent.parent is house.folder("inbox")


def test_a_folder_that_people_deleted_meanwhile_is_made_anew(house, item, source, key):
    source.move(key, "Klart")
    world = house.ews.world
    box = world.box_of(item)
    del world.folders[item.folder.id], box.folders[item.folder.id]
    other = house.deliver(MAIL)
    source.move(source.fetch(None).messages[0].key, "Klart")
    assert other.folder.name == "Klart"
    assert other.folder.id in box.folders


def test_a_moved_mail_is_labelled_without_a_search(house, item, source, key):
    source.move(key, "Klart")
    house.ews.calls.clear()
    source.label(key, CASE)
    assert house.ews.calls == ["GetItem", "UpdateItem"]
    assert item.categories == ["case"]
