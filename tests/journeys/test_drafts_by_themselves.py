"""Letters that the house drafts, or sends, when their time has come, as the list K1 to K30 says.

All stories share one house: each writes a mail of its own and looks at the case that it makes.
"""

from __future__ import annotations

from itertools import count

import pytest

from bot.registers import EntryKind, Facts, Register, Step
from bot.reply_rules import DraftState
from bot.vocabulary import ProcessKey, Status
from functionmail.connectors.maildir import SENT, deliver
from functionmail.connectors.maildir_files import make_subfolder
from tests.city import City, mail
from tests.letters import ENGLISH, ORDINARY, PROTECTED
from tests.reply_stories import drafts, people, work_off

OPEN = DraftState.OPEN
OURS = "kundreskontra@exempelstad.example"
PAID = {
    "subject": "[KR] Bestridande – faktura 40012345",
    "text": "Hej!\n\nVi bestrider faktura 40012345. Den är redan betald den 3 februari.\n\nKarin",
}


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    folder = tmp_path_factory.mktemp("house")
    made = City(
        folder / "mail",
        f"sqlite:///{folder / 'sammadag.db'}",
        ("kundreskontra", "info", "leverantorsreskontra", "hyresadministration"),
        brakes={"mailbox_per_hour": 1000, "everything_per_hour": 1000},
    )
    yield made
    made.close()


numbers = count(1)


@pytest.fixture
def sender():
    return f"Karin <karin.{next(numbers)}@kund.example>"


def opened(city, whoever, **letter):
    city.post(**{"sender": whoever, **letter})
    work_off(city)
    return city.cases()[-1]


def open_drafts(city, case):
    return [draft for draft in drafts(city, case) if draft.state is OPEN]


def drafted(city, case):
    return [draft.template for draft in open_drafts(city, case)]


def holes(city, draft):
    return city.app.replies.show(draft.id).holes


def wait(city, **span):
    city.later(**span)
    city.app.reply_timer.run_due()
    city.app.dispatch.run_due()


def prompts(city, case):
    return [
        alert
        for alert in city.notifier.alerts
        if alert.code.value == "delay_near" and alert.case_number == str(case.number)
    ]


@pytest.mark.parametrize(
    ("template", "letter", "lacks"),
    [
        ("already_paid", PAID, {"paid_on"}),
        (
            "who_does_what",
            {
                "subject": "Bygglov",
                "text": "Hej!\n\nJag vill söka bygglov för ett uterum. Hur gör jag?\n\nKarin",
            },
            {"topic", "recipient", "recipient_contact"},
        ),
        (
            "supplier_reference",
            {
                "subject": "[LR] Leverantörsfaktura 1047",
                "text": "Hej!\n\nVår faktura 1047 kom i retur för att referensen saknas. Vilken "
                "referens ska vi skriva?\n\nKarin",
            },
            set(),
        ),
        (
            "unknown_payment",
            {
                "subject": "[KB] Inbetalning",
                "sender": "Eva <eva.larsson@exempelstad.example>",
                "text": "Hej!\n\nVi har fått en okänd inbetalning på 4 500 kr. Vem har betalat "
                "in den?\n\nEva",
            },
            set(),
        ),
        (
            "system_guidance",
            {
                "subject": "[SY] Systemfel i Agresso",
                "text": "Hej!\n\nHur gör jag för att hitta rapporten i Agresso?\n\nKarin",
            },
            set(),
        ),
        (
            "fee_check",
            {
                "subject": "[AVG] Avgift",
                "text": "Hej!\n\nVarför gör ni en efterkontroll av avgiften i förskolan?\n\nKarin",
            },
            set(),
        ),
        (
            "authorisation_needed",
            {
                "subject": "[HYR] Hyra",
                "text": "Hej!\n\nJag är god man och vill veta hyran för lägenheten.\n\nKarin",
            },
            set(),
        ),
    ],
)
def test_the_letter_that_a_mail_asks_for_is_drafted_and_never_sent(
    city, sender, template, letter, lacks
):
    case = opened(city, sender, **letter)
    (draft,) = [draft for draft in open_drafts(city, case) if draft.template == template]
    assert set(holes(city, draft)) == lacks


def test_what_somebody_outside_asks_of_an_unknown_payment_is_left_to_a_person(city, sender):
    text = "Hej!\n\nVi har fått en okänd inbetalning på 4 500 kr. Vem har betalat in den?\n\nKarin"
    case = opened(city, sender, subject="[KB] Inbetalning", text=text)
    assert "unknown_payment" not in drafted(city, case)


@pytest.mark.parametrize("letter", [ORDINARY, ENGLISH, PROTECTED], ids=["sv", "en", "protected"])
def test_a_mail_that_asks_for_no_letter_of_its_own_gets_none(city, sender, letter):
    fitting = {draft.occasion for draft in drafts(city, opened(city, sender, **letter))}
    assert not any((occasion or "").startswith("fitting:") for occasion in fitting)


def test_what_was_drafted_for_the_mail_is_gone_once_a_person_answers(city, sender):
    case = opened(city, sender, **PAID)
    anna = people(city, 1)[0]
    draft = city.app.replies.draft(case, "working_on_it", by=anna)
    assert holes(city, draft) == ()
    city.app.replies.send(draft.id, by=anna)
    city.app.dispatch.run_due()
    assert "already_paid" not in drafted(city, case)


def test_what_was_drafted_for_the_mail_is_gone_once_somebody_answers_in_outlook(city, sender):
    city.look()  # what lies in Sent at the first look is no answer
    case = opened(city, sender, **PAID)
    assert "already_paid" in drafted(city, case)
    reference = city.app.identity.case_reference(str(case.number))
    content = mail("Den är betald.", sender=OURS, to=sender, subject=f"SV: faktura {reference}")
    sent = make_subfolder(city.folder / "kundreskontra", SENT)
    deliver(sent, "1.outlook", content, city.clock.now())
    city.look()
    assert "answered" in city.events(case)
    assert "already_paid" not in drafted(city, case)


def test_before_the_time_to_answer_passes_a_letter_is_drafted_and_the_owner_told(city, sender):
    case = opened(city, sender, **ORDINARY)
    anna = people(city, 1)[0]
    case = city.app.casework.take(case, by=anna)
    wait(city, hours=24)
    assert prompts(city, case) == []
    wait(city, days=7)  # whatever days off the clock of the house has come to
    (alert,) = prompts(city, case)
    assert alert.to == anna
    (late,) = [draft for draft in open_drafts(city, case) if draft.template == "delayed"]
    assert set(holes(city, late)) == {"reason", "new_date"}
    wait(city, days=7)
    assert len(prompts(city, case)) == 1


@pytest.mark.parametrize("how", ["answered", "closed"])
def test_nobody_is_prompted_about_a_customer_who_has_heard_from_us(city, sender, how):
    case = opened(city, sender, **ORDINARY)
    anna = people(city, 1)[0]
    if how == "answered":
        draft = city.app.replies.draft(case, "working_on_it", by=anna)
        city.app.replies.edit(draft.id, by=anna, given={"next_news_by": "2031-01-31"})
        city.app.replies.send(draft.id, by=anna)
        city.app.dispatch.run_due()
    else:
        city.app.casework.close(case, by=anna)
    wait(city, days=6)
    assert prompts(city, case) == []
    assert "delayed" not in drafted(city, case)


def test_a_day_that_a_letter_promised_is_kept_in_sight(city, sender):
    case = opened(city, sender, **ORDINARY)
    anna = people(city, 1)[0]
    draft = city.app.replies.draft(case, "working_on_it", by=anna)
    promised = draft.given["next_news_by"]
    city.app.replies.send(draft.id, by=anna)
    city.app.dispatch.run_due()
    wait(city, days=7)
    (alert,) = prompts(city, case)
    assert str(alert.values["until"]).startswith(promised)
    assert "delayed" in drafted(city, case)


def test_a_case_that_is_opened_again_has_its_time_anew(city, sender):
    case = opened(city, sender, **ORDINARY)
    anna = people(city, 1)[0]
    city.app.casework.close(case, by=anna)
    wait(city, days=7)
    city.app.casework.reopen(city.cases()[-1], by=anna)
    wait(city, days=7)
    assert len(prompts(city, case)) == 1


def remarked(city, case):
    step = Step(
        kind=EntryKind.OPENED,
        text="Kunden tycker att svaret dröjde.",
        facts=Facts(process=ProcessKey("kundreskontra")),
    )
    return city.app.registers.open(Register.REMARKS, step, by=people(city, 1)[0], case=case)


def test_who_sent_a_remark_is_thanked_by_itself_and_told_who_answers_and_when(city, sender):
    case = opened(city, sender, **ORDINARY)
    remark = remarked(city, case)
    wait(city, minutes=1)
    (thanks,) = drafts(city, case)
    assert (thanks.template, thanks.state, thanks.automatic) == (
        "remark_received",
        DraftState.SENT,
        True,
    )
    unit = city.app.knowledge.units[remark.facts.unit]
    assert unit.name.in_language("sv") in thanks.text
    assert thanks.given["answer_by"] == remark.facts.due.isoformat()


def test_each_remark_is_thanked_for_once_and_a_protected_one_by_a_person(city, sender):
    case = opened(city, sender, **PROTECTED)
    remarked(city, case)
    wait(city, minutes=1)
    remarked(city, case)
    wait(city, minutes=1)
    thanked = [draft for draft in drafts(city, case) if draft.template == "remark_received"]
    assert [draft.state for draft in thanked] == [OPEN, OPEN]
    assert len({draft.occasion for draft in thanked}) == 2


def test_a_closed_case_gets_its_thanks_too(city, sender):
    case = opened(city, sender, **ORDINARY)
    city.app.casework.close(case, by=people(city, 1)[0])
    remarked(city, case)
    wait(city, minutes=1)
    assert [draft.template for draft in drafts(city, case)] == ["remark_received"]
    assert city.cases()[-1].status is Status.CLOSED
