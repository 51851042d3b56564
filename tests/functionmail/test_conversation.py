"""Which case a mail belongs to: proof joins, a guess never does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functionmail.conversation import Because, Candidates, candidates, join, primary_mailbox
from functionmail.identity import Identity, OwnId
from functionmail.message import Address, Message

US = Identity(keys=(b"k" * 32,), domain="stad.example")
STRANGER = Identity(keys=(b"x" * 32,), domain="stad.example")
CASE = "2018-000123"
OURS = US.own_message_id(CASE, 1)
ANNA = "anna@bolaget.example"


def mail(**fields) -> Message:
    return Message(**{"message_id": "new@x.example", "content_hash": "", **fields})


def joined(message: Message, sender: str = ANNA, **known):
    lookups = {
        "cases_by_message_id": {"anna-1@bolaget.example": 7},
        "case_of_number": {CASE: 7},
        "senders_on": {7: {ANNA}},
        "is_organisation": lambda domain: domain == "bolaget.example",
        **known,
    }
    return join(candidates(message, US), sender=sender, **lookups)


def test_our_own_ids_and_the_others_are_told_apart():
    found = candidates(mail(in_reply_to=(OURS,), references=("a@x", OURS, "b@x")), US)

    assert found == Candidates(own=(OwnId(case_number=CASE, n=1),), stored=("b@x", "a@x"))


def test_the_nearest_mail_comes_first():
    found = candidates(mail(in_reply_to=("near@x",), references=("far@x", "near@x")), US)

    assert found.stored == ("near@x", "far@x")


def test_made_up_ids_and_the_mail_itself_are_not_looked_up():
    found = candidates(mail(references=("sha256.00@missing.invalid", "new@x.example")), US)

    assert found.stored == ()


def test_an_id_made_with_a_foreign_key_is_just_another_mail():
    forged = STRANGER.own_message_id(CASE, 1)

    assert candidates(mail(in_reply_to=(forged,)), US) == Candidates(stored=(forged,))


def test_a_case_reference_counts_only_with_the_right_check_letters():
    right = f"SV: Anstånd {US.case_reference(CASE)}"
    wrong = f"SV: Anstånd {STRANGER.case_reference(CASE)}"

    assert candidates(mail(subject=right), US).reference is not None
    assert candidates(mail(subject=wrong), US).reference is None


@pytest.mark.parametrize("sender", [ANNA, "kollega@annat.example", ""])
def test_an_answer_to_our_mail_joins_whoever_sends_it(sender):
    found = joined(mail(in_reply_to=(OURS,)), sender=sender)

    assert (found.case, found.because) == (7, Because.OWN_ID)


@pytest.mark.parametrize("sender", [ANNA, "bo@bolaget.example"])
def test_a_known_thread_joins_its_sender_and_colleagues(sender):
    found = joined(mail(references=("anna-1@bolaget.example",)), sender=sender)

    assert (found.case, found.because) == (7, Because.THREAD)


@pytest.mark.parametrize("sender", ["bo@annat.example", "bo@bolaget.example.evil.example", ""])
def test_a_stranger_who_names_a_known_mail_is_not_joined(sender):
    assert joined(mail(references=("anna-1@bolaget.example",)), sender=sender) is None


def test_people_of_one_public_mail_domain_are_strangers_to_each_other():
    found = joined(
        mail(references=("anna-1@bolaget.example",)),
        sender="bo@bolaget.example",
        is_organisation=lambda domain: False,
    )

    assert found is None


def test_the_case_reference_joins_the_sender_of_the_case():
    found = joined(mail(subject=f"Anstånd {US.case_reference(CASE)}"))

    assert (found.case, found.because) == (7, Because.REFERENCE)


@pytest.mark.parametrize("sender", ["bo@bolaget.example", "bo@annat.example", ""])
def test_the_case_reference_joins_nobody_else(sender):
    assert joined(mail(subject=f"Anstånd {US.case_reference(CASE)}"), sender=sender) is None


def test_a_case_number_without_check_letters_joins_nobody():
    assert joined(mail(subject="Anstånd [#2018-000123]")) is None


def test_our_own_id_outweighs_a_thread_of_another_case():
    found = joined(
        mail(in_reply_to=("other@bolaget.example",), references=(OURS,)),
        cases_by_message_id={"other@bolaget.example": 8},
        senders_on={8: {ANNA}, 7: set()},
    )

    assert found.case == 7


def test_a_case_that_is_not_known_joins_nothing():
    assert joined(mail(in_reply_to=(OURS,)), case_of_number={}) is None


def test_a_mail_that_names_nothing_opens_a_case():
    assert joined(mail(subject="Anstånd")) is None


@given(st.lists(st.text(max_size=8), max_size=200), st.lists(st.text(max_size=8), max_size=5))
def test_at_most_fifty_ids_are_looked_up_and_none_twice(references, in_reply_to):
    message = mail(references=tuple(references), in_reply_to=tuple(in_reply_to))

    found = candidates(message, US)

    assert len(found.stored) <= 50
    assert len(set(found.stored)) == len(found.stored)


BOXES = {"kr@stad.example": "kr", "lr@stad.example": "lr", "info@stad.example": "info"}


@pytest.mark.parametrize(
    ("to", "cc", "expected"),
    [
        (["lr@stad.example", "kr@stad.example"], [], "lr"),
        (["bo@x.example", "kr@stad.example"], ["lr@stad.example"], "kr"),
        (["bo@x.example"], ["lr@stad.example"], "lr"),
        (["bo@x.example"], [], "info"),
        ([], [], "info"),
    ],
)
def test_the_first_function_mailbox_in_to_then_cc_answers(to, cc, expected):
    message = mail(
        to=tuple(Address(address=address) for address in to),
        cc=tuple(Address(address=address) for address in cc),
    )

    assert primary_mailbox(message, BOXES, "info") == expected
