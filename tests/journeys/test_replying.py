"""Replies that people write: filled from the case, seen, changed, approved, sent once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.errors import DataError, NotFound, ReplyHasHole
from bot.promises import Feedback
from bot.reply_rules import DraftState, Policy
from bot.services.reply_suggestions import Fits
from bot.services.second_person import SecondPerson, Stage
from bot.vocabulary import DraftId, EventKind, Mode, PersonKey, ProcessKey, Status, Verdict
from functionmail.connectors.memory import MemoryMailbox, MemorySender
from functionmail.errors import MailboxUnavailable, Refusal, SendRefused, SendUncertain
from functionmail.parse import parse
from tests.letters import ENGLISH, NO_NUMBER, ORDINARY, PROTECTED, URGENT_INVOICE
from tests.outbox import outbox_of
from tests.reply_stories import drafts, material_with, people, sent_letters, work_off

DONE = {"done_on": "2026-03-03", "measure": "Vi har ändrat er adress."}


@pytest.fixture
def anna(city):
    return people(city, 1)[0]


@pytest.fixture
def bo(city):
    return people(city, 2)[1]


@pytest.fixture
def case(city):
    city.post(**ORDINARY)
    work_off(city)
    return city.cases()[0]


def send(city, draft, by, **how):
    city.app.replies.send(draft.id, by=by, **how)
    city.app.dispatch.run_due()


def done_letter(city, case, by, **given):
    return city.app.replies.draft(case, "done", by=by, given=DONE | given)


def test_the_templates_of_the_matter_are_suggested_before_those_that_fit_all(city, case):
    found = city.app.replies.suggest(case)
    fits = [one.fits for one in found]
    assert fits == sorted(fits, key=list(Fits).index)
    names = [one.template.name for one in found]
    assert "done" in names
    assert not {"received", "tag_hint", "information_needed"} & set(names)


def test_the_question_is_suggested_first_where_facts_are_missing(city):
    city.post(**NO_NUMBER)
    city.work_off()
    first = city.app.replies.suggest(city.cases()[0])[0]
    assert (first.template.name, first.fits) == ("information_needed", Fits.MISSING)


def test_what_may_not_be_sent_from_a_mailbox_is_not_suggested(build_city):
    city = build_city(mode=Mode.SHADOW)
    city.post(**ORDINARY)
    city.work_off()
    assert city.app.replies.suggest(city.cases()[0]) == []


def test_a_draft_is_filled_from_the_case_and_says_what_is_missing(city, anna):
    city.post(**URGENT_INVOICE)
    work_off(city)
    draft = city.app.replies.draft(city.cases()[0], "extension_registered", by=anna)
    sheet = city.app.replies.show(draft.id)
    assert sheet.letter is None
    assert "invoice_numbers" not in sheet.holes
    assert {"decided_by", "new_due_date", "interest"} <= set(sheet.holes)


def test_a_preview_is_what_the_customer_gets(city, case, anna):
    draft = done_letter(city, case, anna)
    shown = city.app.replies.show(draft.id).letter
    send(city, draft, anna)
    (letter,) = [one for one in city.receipts() if one["Auto-Submitted"] is None]
    assert letter["Subject"] == shown.subject
    assert letter.get_body(("plain",)).get_content().split() == shown.text.split()
    assert letter.get_body(("html",)).get_content().split() == shown.html.split()
    assert "tisdag 3 mars" in shown.text


def test_a_reply_goes_to_the_customer_in_their_thread_and_under_our_name(city, case, anna):
    send(city, done_letter(city, case, anna), anna)
    (letter,) = sent_letters(city)
    assert [party.address for party in letter.to] == ["karin@kund.example"]
    assert letter.in_reply_to == ("1@kund.example",)
    assert letter.sender.name == city.app.knowledge.links.sender_name
    assert city.app.identity.case_reference(str(case.number)) in letter.subject


def test_a_persons_reply_is_no_automatic_mail(city, case, anna):
    send(city, done_letter(city, case, anna), anna)
    by_machine = [one["Auto-Submitted"] for one in city.receipts()]
    assert sorted(by_machine, key=str) == [None, "auto-replied"]


def test_a_reply_is_kept_as_sent_with_the_version_of_its_template(city, case, anna):
    send(city, done_letter(city, case, anna), anna)
    (draft,) = drafts(city, case)
    assert draft.state is DraftState.SENT
    assert draft.template_version == city.app.templates.get("done").version
    assert "Vi har ändrat er adress." in draft.text
    assert draft.finished_at == city.clock.now()


def test_a_sent_reply_is_shown_as_it_was_sent_whatever_became_of_the_case(city, case, anna):
    draft = city.app.replies.draft(case, "moved_to_process", by=anna)
    send(city, draft, anna)
    before = city.app.replies.show(draft.id).letter
    city.app.moving.move(case, ProcessKey("leverantorsreskontra"), by=anna)
    after = city.app.replies.show(draft.id).letter
    assert (after.text, after.html, after.version) == (before.text, before.html, before.version)
    assert "leverantörsreskontra" not in after.text


def test_a_sent_reply_counts_as_the_first_answer_of_a_person(city, case, anna):
    city.later(hours=1)
    send(city, done_letter(city, case, anna), anna)
    (answered,) = [e for e in city.history(case) if e.kind is EventKind.ANSWERED]
    assert (answered.actor, answered.data["template"]) == (anna, "done")
    assert answered.working_seconds == 3600
    assert city.cases()[0].status is Status.OPEN


@pytest.mark.parametrize(
    ("said", "event"), [(Feedback.ONGOING, "feedback_ongoing"), (Feedback.DONE, "feedback_done")]
)
def test_what_the_letter_tells_of_the_case_is_noted_as_feedback(city, case, anna, said, event):
    send(city, done_letter(city, case, anna), anna, feedback=said)
    assert event in city.events(case)


def test_without_such_a_word_there_is_no_feedback(city, case, anna):
    send(city, done_letter(city, case, anna), anna)
    assert not any(kind.startswith("feedback") for kind in city.events(case))


def test_a_letter_with_a_hole_is_not_sent_and_the_hole_is_named(city, case, anna):
    draft = city.app.replies.draft(case, "done", by=anna)
    with pytest.raises(ReplyHasHole, match="done_on"):
        city.app.replies.send(draft.id, by=anna)
    city.app.dispatch.run_due()
    assert sent_letters(city) == []


def test_a_person_may_write_the_letter_in_words_of_their_own(city, case, anna):
    draft = done_letter(city, case, anna)
    own = "Hej!\n\nNu är <b>adressen</b> ändrad.\n\nHälsningar\nServiceförvaltningen"
    city.app.replies.edit(draft.id, by=anna, own_text=own)
    send(city, draft, anna)
    (letter,) = sent_letters(city)
    assert letter.text.strip().startswith("Hej!\n\nNu är <b>adressen</b> ändrad.")
    html = drafts(city, case)[0].html
    assert "<b>" not in html
    assert "&lt;b&gt;adressen&lt;/b&gt;" in html


def test_an_empty_letter_is_a_hole(city, case, anna):
    draft = done_letter(city, case, anna)
    city.app.replies.edit(draft.id, by=anna, own_text="  \n ")
    with pytest.raises(ReplyHasHole, match="text"):
        city.app.replies.send(draft.id, by=anna)


def test_a_discarded_draft_is_not_sent(city, case, anna):
    draft = done_letter(city, case, anna)
    city.app.replies.discard(draft.id)
    with pytest.raises(DataError, match="redan skickat eller kastat"):
        city.app.replies.send(draft.id, by=anna)


def test_a_reply_is_sent_once_however_often_people_press(city, case, anna):
    draft = done_letter(city, case, anna)
    send(city, draft, anna)
    with pytest.raises(DataError, match="redan skickat"):
        city.app.replies.send(draft.id, by=anna)
    city.app.dispatch.run_due()
    assert len(sent_letters(city)) == 1


def test_a_draft_that_is_being_sent_is_not_changed_any_more(city, case, anna):
    draft = done_letter(city, case, anna)
    city.app.replies.send(draft.id, by=anna)
    with pytest.raises(DataError):
        city.app.replies.edit(draft.id, by=anna, given={"measure": "Något annat"})


def test_a_draft_that_does_not_exist_is_named(city, case, anna):
    with pytest.raises(NotFound, match="99"):
        city.app.replies.send(DraftId(99), by=anna)


def test_a_line_is_no_letter(city, case, anna):
    with pytest.raises(DataError, match="inget eget brev"):
        city.app.replies.draft(case, "tag_hint", by=anna)


def test_an_english_customer_gets_an_english_letter(city, anna):
    city.post(**ENGLISH)
    work_off(city)
    draft = done_letter(city, city.cases()[0], anna, measure="We have changed your address.")
    send(city, draft, anna)
    (letter,) = [one for one in map(parse, city.sent()) if "changed your address" in one.text]
    assert "Tuesday 3 March" in letter.text


def test_a_person_may_answer_a_protected_case(city, anna):
    city.post(**PROTECTED)
    work_off(city)
    send(city, done_letter(city, city.cases()[0], anna), anna)
    assert len(sent_letters(city)) >= 1
    assert "answered" in city.events(city.cases()[0])


class TestTwoPeople:
    @pytest.fixture
    def city(self, build_city):
        return build_city(material=material_with(two_people=("done",)))

    def test_a_letter_that_needs_two_is_not_sent_by_one(self, city, case, anna):
        draft = done_letter(city, case, anna)
        assert city.app.replies.show(draft.id).two_people
        with pytest.raises(DataError, match="en kollega måste godkänna"):
            city.app.replies.send(draft.id, by=anna)

    def test_the_author_cannot_approve(self, city, case, anna):
        draft = done_letter(city, case, anna)
        with pytest.raises(DataError, match="kan inte godkänna"):
            city.app.replies.approve(draft.id, by=anna)

    def test_a_colleague_approves_and_the_author_sends(self, city, case, anna, bo):
        draft = done_letter(city, case, anna)
        city.app.replies.approve(draft.id, by=bo)
        send(city, draft, anna)
        assert len(sent_letters(city)) == 1
        assert drafts(city, case)[0].approved_by == bo

    def test_who_changes_an_approved_letter_needs_a_new_approval(self, city, case, anna, bo):
        draft = done_letter(city, case, anna)
        city.app.replies.approve(draft.id, by=bo)
        city.app.replies.edit(draft.id, by=bo, given={"measure": "Annat"})
        with pytest.raises(DataError, match="kan inte godkänna"):
            city.app.replies.approve(draft.id, by=bo)
        with pytest.raises(DataError, match="en kollega måste"):
            city.app.replies.send(draft.id, by=anna)

    def test_an_unfinished_letter_is_not_approved(self, city, case, anna, bo):
        draft = city.app.replies.draft(case, "done", by=anna)
        with pytest.raises(ReplyHasHole):
            city.app.replies.approve(draft.id, by=bo)


def test_a_letter_for_two_people_is_found_at_every_stage_on_both_databases(city_on_both):
    city = city_on_both
    anna, bo = people(city, 2)
    city.post(**ORDINARY)
    work_off(city)
    (case,) = city.cases()
    letters = SecondPerson(city.app.database, ("done",), city.app.knowledge.people, city.clock)
    draft = done_letter(city, case, anna)
    (waiting,) = letters.letters()
    assert (waiting.stage, waiting.writers, waiting.approver) == (Stage.WAITING, (anna,), None)
    city.app.replies.approve(draft.id, by=bo, version=waiting.version)
    (approved,) = letters.letters()
    assert (approved.stage, approved.approver) == (Stage.APPROVED, bo)
    with pytest.raises(DataError, match="läs det igen"):
        city.app.replies.approve(draft.id, by=bo, version=waiting.version)
    city.app.replies.discard(draft.id)
    assert [one.stage for one in letters.letters()] == [Stage.DISCARDED]
    city.clock.advance(timedelta(days=15))
    assert letters.letters() == []


class Server(MemorySender):
    """Refuses, loses its line, or is away, as a test wants."""

    refuses_to_save: Refusal | None = None
    refuses_to_send: Refusal | None = None
    in_doubt = False
    away = False

    def save_draft(self, message_id, content):
        if self.refuses_to_save is not None:
            raise SendRefused("kundreskontra", "saving", refusal=self.refuses_to_save)
        return super().save_draft(message_id, content)

    def send(self, draft):
        if self.refuses_to_send is not None:
            raise SendRefused("kundreskontra", "sending", refusal=self.refuses_to_send)
        if self.in_doubt:
            raise SendUncertain("kundreskontra", "sending")
        if self.away:
            raise MailboxUnavailable("kundreskontra", "sending")
        super().send(draft)

    def send_again(self, draft):
        super().send(draft)


class TestTrouble:
    @pytest.fixture
    def box(self):
        return MemoryMailbox("kundreskontra")

    @pytest.fixture
    def server(self, box):
        return Server(box)

    @pytest.fixture
    def outbox(self, city, server):
        return outbox_of(city, {"kundreskontra": server})

    @pytest.fixture
    def letter(self, city, case, anna):
        draft = done_letter(city, case, anna)
        city.app.replies.send(draft.id, by=anna)
        return draft

    @pytest.mark.parametrize("place", ["refuses_to_save", "refuses_to_send"])
    def test_a_refused_reply_is_open_again_and_staff_are_told(
        self, city, case, server, outbox, letter, place
    ):
        setattr(server, place, Refusal.MAILBOX_FULL)
        outbox.run_due()
        assert drafts(city, case)[0].state is DraftState.OPEN
        assert city.events(case)[-1] == "reply_withheld"
        assert "answered" not in city.events(case)
        assert city.alerts() == ["action_failed"]

    @pytest.mark.parametrize("place", ["refuses_to_save", "refuses_to_send"])
    def test_a_refused_reply_can_be_sent_when_the_trouble_is_over(
        self, city, case, anna, box, server, outbox, letter, place
    ):
        setattr(server, place, Refusal.MAILBOX_FULL)
        outbox.run_due()
        setattr(server, place, None)
        city.app.replies.send(letter.id, by=anna)
        outbox.run_due()
        assert len(box.sent) == 1
        assert city.events(case).count("answered") == 1

    def test_a_receipt_whose_draft_is_refused_is_handled_like_one_that_is_not_sent(
        self, city, server, outbox
    ):
        city.post(**ORDINARY, sender="Ny <ny@kund.example>")
        city.take_in()
        server.refuses_to_save = Refusal.TOO_LARGE
        outbox.run_due()
        assert city.withheld(city.cases()[0]) == ["too_large"]
        assert city.alerts() == ["action_failed"]

    def test_a_reply_in_doubt_is_left_to_a_person(self, city, case, box, server, outbox, letter):
        server.in_doubt = True
        outbox.run_due()
        server.in_doubt = False
        city.later(hours=1)
        outbox.run_due()
        assert box.sent == []
        assert city.alerts() == ["reply_uncertain"]
        assert "answered" not in city.events(case)

    @pytest.mark.parametrize(("verdict", "sent"), [(Verdict.SENT, 0), (Verdict.AGAIN, 1)])
    def test_what_the_person_says_of_it_holds(
        self, city, case, anna, box, server, outbox, letter, verdict, sent
    ):
        server.in_doubt = True
        outbox.run_due()
        city.app.casework.settle_sending(case, verdict, by=anna)
        outbox.run_due()
        assert len(box.sent) == sent
        assert city.events(case).count("answered") == 1
        assert drafts(city, case)[0].state is DraftState.SENT

    def test_a_server_that_is_away_is_tried_again_and_the_reply_goes_out_once(
        self, city, case, box, server, outbox, letter
    ):
        server.away = True
        outbox.run_due()
        server.away = False
        city.later(minutes=1)
        outbox.run_due()
        assert len(box.sent) == 1
        assert city.events(case).count("answered") == 1

    def test_a_reply_that_never_goes_out_is_open_again(self, city, case, server, outbox, letter):
        server.away = True
        for _ in range(20):
            outbox.run_due()
            city.later(minutes=20)
        assert drafts(city, case)[0].state is DraftState.OPEN
        assert city.alerts() == ["action_failed"]


def test_a_reply_on_a_phone_case_goes_where_it_is_told_to_and_keeps_the_promise(city, anna):
    from bot.services.phone import NewCall

    call = NewCall(
        process="kundreskontra", matter="kundregister", customer="Karin", callback="070-1740605"
    )
    made = city.app.phone.add(call, by=anna)
    given = {"status": "slutfört", "details": "Adressen är ändrad."}
    without = city.app.replies.draft(made.case, "phone_feedback", by=anna, given=given)
    with pytest.raises(DataError, match="--to"):
        city.app.replies.send(without.id, by=anna)
    draft = city.app.replies.draft(
        made.case, "phone_feedback", by=anna, given=given, to="karin@kund.example"
    )
    send(city, draft, anna, feedback=Feedback.DONE)
    assert len(sent_letters(city, made.case.mailbox)) == 1
    with city.app.database.reading() as work:
        assert work.promises.newest([made.case.id])[made.case.id].kept_with is Feedback.DONE


def test_a_policy_of_off_refuses_a_person_too(build_city):
    from bot.knowledge.replies_file import RuleEntry

    rule = RuleEntry(send=Policy.OFF, template="done")
    city = build_city(material=material_with(rules=(rule,)))
    city.post(**ORDINARY)
    work_off(city)
    with pytest.raises(DataError, match="får inte skickas från"):
        city.app.replies.draft(city.cases()[0], "done", by=PersonKey("anna"))
