import re
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from bot.vocabulary import EventKind, PersonKey, Status, Urgency
from tests.city import mail
from tests.letters import NO_NUMBER, ORDINARY, PROTECTED, URGENT_INVOICE
from tests.web.conftest import HOLDERS
from tests.web_city import HANDLER, text_of

COLLEAGUE = PersonKey("amir-haddad")


@pytest.fixture
def browser(web_city):
    return web_city.browser()


def case_of(city, letter, **parts):
    city.post(**{**letter, **parts})
    city.work_off()
    return city.cases()[-1]


def now_of(city, case):
    return next(one for one in city.cases() if one.id == case.id)


def undo_of(page):
    """Return the form of a page that takes the last act back, as it would be sent."""
    (found,) = re.findall(
        r'action="(/cases/[^"?]*/undo)".*?name="seen" value="([^"]+)"', page.text, re.S
    )
    return found[0], {"seen": found[1]}


def undo(browser, case):
    path, fields = undo_of(browser.get(f"/cases/{case.number}"))
    return browser.done(path, **fields)


def test_the_page_shows_what_the_customer_wrote_and_what_it_is_about(city, browser):
    case = case_of(city, ORDINARY)
    page = browser.get(f"/cases/{case.number}")
    assert page.status_code == 200
    said = text_of(page)
    assert "Vår förening har fått ny adress" in said
    assert "karin@kund.example" in said
    assert "Kundreskontra" in said
    assert "ämnesraden är märkt" in said


def test_a_short_number_opens_the_newest_such_case(city, browser):
    case = case_of(city, ORDINARY)
    assert str(case.number) in text_of(browser.get(f"/cases/{case.number.serial}"))


def test_what_a_mail_says_is_text_and_never_html(city, browser):
    case = case_of(city, ORDINARY, text="Hej <script>alert(1)</script><b>nu</b>")
    page = browser.get(f"/cases/{case.number}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_every_view_of_a_case_is_an_event(city, browser):
    case = case_of(city, ORDINARY)
    browser.get(f"/cases/{case.number}")
    viewed = [one for one in city.history(case) if one.kind is EventKind.VIEWED]
    assert [one.actor for one in viewed] == [HANDLER]


def test_asking_who_else_is_there_is_no_view(city, browser):
    case = case_of(city, ORDINARY)
    browser.get(f"/cases/{case.number}/others")
    assert "viewed" not in city.events(case)


def test_colleagues_who_look_at_the_same_case_see_each_other_for_a_minute(city, web_city, browser):
    case = case_of(city, ORDINARY)
    web_city.browser(COLLEAGUE).get(f"/cases/{case.number}")
    assert "Amir Haddad" in text_of(browser.get(f"/cases/{case.number}/others"))
    city.later(seconds=61)
    assert "Amir Haddad" not in text_of(browser.get(f"/cases/{case.number}/others"))


def test_a_protected_case_is_as_if_it_did_not_exist(city, browser):
    case = case_of(city, PROTECTED)
    hidden = browser.get(f"/cases/{case.number}")
    none = browser.get("/cases/2026-999999")
    assert hidden.status_code == none.status_code == 404
    said = text_of(hidden).replace(str(case.number), "N")
    assert said == text_of(none).replace("2026-999999", "N")
    assert "viewed" not in city.events(case)


@pytest.mark.parametrize("act", ["take", "close", "feedback", "correct", "undo", "merge"])
def test_nothing_can_be_done_with_a_case_that_is_hidden(city, browser, act):
    case = case_of(city, PROTECTED)
    assert browser.post(f"/cases/{case.number}/{act}", said="done").status_code == 404
    assert now_of(city, case) == case


def test_a_protected_case_opens_for_those_who_may_see_it(city, web_city):
    case = case_of(city, PROTECTED)
    holder = web_city.browser(PersonKey(HOLDERS_PROTECTED))
    page = holder.get(f"/cases/{case.number}")
    assert page.status_code == 200
    assert "Skyddade uppgifter" in text_of(page)


HOLDERS_PROTECTED = next(key for right, key in HOLDERS.items() if right == "protected")


def test_taking_a_case_makes_somebody_its_owner_and_can_be_undone(city, browser):
    case = case_of(city, ORDINARY)
    page = browser.done(f"/cases/{case.number}/take")
    assert "Du har tagit ärendet" in text_of(page)
    assert now_of(city, case).owner == HANDLER
    undo(browser, case)
    assert now_of(city, case).owner is None
    assert now_of(city, case).status is Status.NEW
    assert city.events(case)[-2:] == ["undone", "viewed"]


def test_whoever_comes_too_late_is_told_that_somebody_else_has_the_case(city, web_city, browser):
    case = case_of(city, ORDINARY)
    web_city.browser(COLLEAGUE).done(f"/cases/{case.number}/take")
    answer = browser.post(f"/cases/{case.number}/take")
    assert answer.status_code == 409
    assert "redan taget" in text_of(answer)
    assert now_of(city, case).owner == COLLEAGUE


def test_a_case_can_be_taken_over(city, web_city, browser):
    case = case_of(city, ORDINARY)
    web_city.browser(COLLEAGUE).done(f"/cases/{case.number}/take")
    browser.done(f"/cases/{case.number}/take", over="1")
    assert now_of(city, case).owner == HANDLER


def test_a_case_is_handed_over_to_a_colleague_and_their_team(city, browser):
    case = case_of(city, ORDINARY)
    page = browser.done(f"/cases/{case.number}/give", to=f"person:{COLLEAGUE}")
    assert "Amir Haddad" in text_of(page)
    after = now_of(city, case)
    assert after.owner == COLLEAGUE
    assert after.team == city.app.knowledge.people[COLLEAGUE].team
    given = next(one for one in city.history(case) if one.kind is EventKind.HANDED_OVER)
    assert given.data == {"to": COLLEAGUE, "team": after.team}


def test_a_case_is_handed_over_to_a_team_where_nobody_owns_it_yet(city, browser):
    case = case_of(city, ORDINARY)
    browser.done(f"/cases/{case.number}/take")
    team = next(key for key in city.app.knowledge.teams if key != case.team)
    browser.done(f"/cases/{case.number}/give", to=f"team:{team}")
    assert (now_of(city, case).team, now_of(city, case).owner) == (team, None)


def test_handing_over_to_nobody_shows_the_page_again_with_the_reason(city, browser):
    case = case_of(city, ORDINARY)
    answer = browser.post(f"/cases/{case.number}/give", to="person:nobody")
    assert answer.status_code == 422
    assert 'id="to-error"' in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_a_corrected_assessment_is_an_event_and_can_be_undone(city, browser):
    case = case_of(city, ORDINARY)
    matter = next(key for key in city.app.knowledge.matters if key != case.matter)
    browser.done(
        f"/cases/{case.number}/correct",
        process=case.process,
        matter=matter,
        urgent="no",
        customer="",
    )
    assert now_of(city, case).matter == matter
    retagged = next(one for one in city.history(case) if one.kind is EventKind.RETAGGED)
    assert retagged.data == {"matter_before": case.matter, "matter": matter}
    undo(browser, case)
    assert now_of(city, case).matter == case.matter


def test_a_case_that_somebody_calls_urgent_gets_a_deadline_and_is_watched_over(city, browser):
    case = case_of(city, ORDINARY)
    typed = {"process": case.process, "matter": case.matter, "customer": ""}
    page = browser.done(f"/cases/{case.number}/correct", urgent="collections", **typed)
    assert now_of(city, case).handle_by is not None
    assert "Handläggs före" in text_of(page)
    city.app.dispatch.run_due()
    assert city.alerts() == ["urgent"]
    undo(browser, case)
    assert now_of(city, case).urgent is Urgency.NO
    assert now_of(city, case).handle_by is None
    with city.app.database.reading() as work:
        assert work.watches.get(case.id) is None


def test_a_correction_to_another_process_goes_to_its_team_and_tells_the_customer_nothing(
    city, browser
):
    case = case_of(city, ORDINARY)
    process = "systemforvaltning" if "systemforvaltning" in city.app.knowledge.processes else None
    process = process or next(key for key in city.app.knowledge.processes if key != case.process)
    sent = len(city.sent())
    typed = {"matter": case.matter, "urgent": "no", "customer": ""}
    browser.done(f"/cases/{case.number}/correct", process=process, **typed)
    after = now_of(city, case)
    assert after.process == process
    assert after.team == city.app.knowledge.team_for(process, None, case.mailbox)
    city.app.dispatch.run_due()
    assert len(city.sent()) == sent


def test_nothing_to_correct_is_said_and_what_was_chosen_stays(city, browser):
    case = case_of(city, ORDINARY)
    typed = {"process": case.process, "matter": case.matter, "urgent": "no", "customer": ""}
    answer = browser.post(f"/cases/{case.number}/correct", **typed)
    assert answer.status_code == 409
    assert f'value="{case.matter}" selected' in answer.text


def test_a_case_is_merged_into_another_one_and_stands_by_itself_again(city, browser):
    stays = case_of(city, ORDINARY)
    case = case_of(city, ORDINARY, subject="[KR] Kundregister – igen")
    browser.done(f"/cases/{case.number}/merge", into=str(stays.number))
    said = text_of(browser.get(f"/cases/{case.number}"))
    assert f"sammanslaget och går vidare i {stays.number}" in said
    assert now_of(city, case).status is Status.CLOSED
    assert now_of(city, stays).status is Status.NEW
    undo(browser, case)
    assert now_of(city, case).status is Status.NEW
    assert "sammanslaget" not in text_of(browser.get(f"/cases/{case.number}"))


def test_a_case_is_not_merged_into_one_that_the_viewer_may_not_see(city, browser):
    hidden = case_of(city, PROTECTED)
    case = case_of(city, ORDINARY)
    there, nowhere = (
        browser.post(f"/cases/{case.number}/merge", into=number)
        for number in (str(hidden.number), "2026-999999")
    )
    assert there.status_code == nowhere.status_code
    assert there.status_code >= 400
    assert now_of(city, case) == case


def test_a_case_moves_to_the_process_that_it_belongs_to_and_back(city, browser):
    case = case_of(city, ORDINARY)
    process = next(key for key in city.app.knowledge.processes if key != case.process)
    browser.done(f"/cases/{case.number}/move", new_process=process)
    assert now_of(city, case).process == process
    assert "moved_process" in city.events(case)


def test_an_urgent_case_does_not_close_without_the_stop_tick(city, browser):
    case = case_of(city, URGENT_INVOICE)
    answer = browser.post(f"/cases/{case.number}/close")
    assert answer.status_code == 422
    assert 'id="confirmed-error"' in answer.text
    assert 'id="reason-error"' in answer.text
    assert now_of(city, case).status is not Status.CLOSED


def test_an_urgent_case_closes_with_the_stop_tick_and_its_reason(city, browser):
    case = case_of(city, URGENT_INVOICE)
    browser.done(f"/cases/{case.number}/close", confirmed="yes", reason="due_date_moved")
    assert now_of(city, case).status is Status.CLOSED
    assert {"stop_confirmed", "closed"} <= set(city.events(case))


def test_a_taken_back_stop_is_watched_over_again(city, browser):
    case = case_of(city, URGENT_INVOICE)
    stop = {"confirmed": "yes", "reason": "credited", "only_stop": "1"}
    browser.done(f"/cases/{case.number}/close", **stop)
    assert now_of(city, case).stop_confirmed
    undo(browser, case)
    assert not now_of(city, case).stop_confirmed
    with city.app.database.reading() as work:
        assert work.watches.get(case.id).next_at is not None


def test_an_urgent_case_shows_why_its_deadline_is_when_it_is(city, browser):
    case = case_of(city, URGENT_INVOICE)
    said = text_of(browser.get(f"/cases/{case.number}"))
    assert "Handläggs före" in said
    assert "40012345" in said
    assert "Kvittera larmet" in said


def test_an_acknowledged_alarm_says_who_did_it(city, browser):
    case = case_of(city, URGENT_INVOICE)
    page = browser.done(f"/cases/{case.number}/acknowledge")
    assert "Agneta Brandt kvitterade larmet" in text_of(page)


def test_feedback_that_it_is_done_closes_the_case_and_can_be_undone(city, browser):
    case = case_of(city, ORDINARY)
    browser.done(f"/cases/{case.number}/feedback", said="done")
    assert now_of(city, case).status is Status.CLOSED
    undo(browser, case)
    assert now_of(city, case).status is Status.NEW


def test_a_case_waits_for_the_customer_and_goes_on(city, browser):
    case = case_of(city, ORDINARY)
    browser.done(f"/cases/{case.number}/wait", waits_for="waiting_customer")
    assert now_of(city, case).status is Status.WAITING_CUSTOMER
    browser.done(f"/cases/{case.number}/resume")
    assert now_of(city, case).status is Status.OPEN
    assert {"waiting", "resumed"} <= set(city.events(case))


def test_a_closed_case_opens_again_and_that_can_be_undone(city, browser):
    case = case_of(city, ORDINARY)
    browser.done(f"/cases/{case.number}/close")
    closed = now_of(city, case)
    city.later(hours=1)
    browser.done(f"/cases/{case.number}/reopen")
    assert now_of(city, case).status is Status.OPEN
    undo(browser, case)
    undone = now_of(city, case)
    assert undone.status is Status.CLOSED
    assert undone.clock_started_at == closed.clock_started_at


def test_what_somebody_has_built_upon_is_not_undone(city, web_city, browser):
    case = case_of(city, ORDINARY)
    browser.done(f"/cases/{case.number}/take")
    city.set_status(now_of(city, case), Status.WAITING_OTHER)
    assert browser.post(f"/cases/{case.number}/undo").status_code == 409


def test_a_page_that_has_grown_old_does_not_undo_what_a_colleague_did_since(
    city, web_city, browser
):
    case = case_of(city, ORDINARY)
    notice = re.search(
        r'action="([^"]*/undo[?][^"]*)"', browser.done(f"/cases/{case.number}/take").text
    )
    path, fields = undo_of(browser.get(f"/cases/{case.number}"))
    colleague = web_city.browser(COLLEAGUE)
    colleague.done(f"/cases/{case.number}/wait", waits_for="waiting_customer")
    for answer in (browser.post(path, **fields), browser.post(notice.group(1))):
        assert answer.status_code == 409
        assert "har ändrats sedan dess" in text_of(answer)
    assert now_of(city, case).status is Status.WAITING_CUSTOMER
    assert "undone" not in city.events(case)


def test_feedback_that_changes_nothing_of_the_case_is_not_undone_in_place_of_what_was_before(
    city, web_city, browser
):
    case = case_of(city, ORDINARY)
    browser.done(f"/cases/{case.number}/take")
    path, fields = undo_of(browser.get(f"/cases/{case.number}"))
    city.later(minutes=1)
    web_city.browser(COLLEAGUE).done(f"/cases/{case.number}/feedback", said="ongoing")
    assert browser.post(path, **fields).status_code == 409
    assert "undone" not in city.events(case)


def test_what_was_just_done_is_undone_from_the_notice_about_it(city, browser):
    case = case_of(city, ORDINARY)
    page = browser.done(f"/cases/{case.number}/take")
    browser.done(re.search(r'action="([^"]*/undo[?][^"]*)"', page.text).group(1))
    assert now_of(city, case).owner is None


def test_undoing_is_offered_for_a_day(city, browser):
    case = case_of(city, ORDINARY)
    browser.done(f"/cases/{case.number}/take")
    assert "Ångra att ärendet togs" in text_of(browser.get(f"/cases/{case.number}"))
    city.later(hours=25)
    web = browser.get(f"/cases/{case.number}")
    assert web.status_code == 303 or "Ångra att ärendet togs" not in text_of(web)


def test_the_page_is_in_the_language_of_who_reads_it(city, browser):
    case = case_of(city, NO_NUMBER)
    page = browser.done("/language", language="en", back=f"/cases/{case.number}")
    assert '<html lang="en">' in page.text
    assert "What has happened" in text_of(page)


def test_an_original_mail_is_handed_over_as_it_came_and_noted(city, browser):
    case = case_of(city, ORDINARY)
    (message,) = mails_of(city, case)
    answer = browser.get(f"/cases/{case.number}/mails/{message}/original")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.content.startswith(b"From: ")
    viewed = [one for one in city.history(case) if one.kind is EventKind.VIEWED]
    assert viewed[-1].data == {"what": "original", "message": message}


def mails_of(city, case):
    with city.app.database.reading() as work:
        return work.messages.incoming_of_case(case.id)


def with_file(name, content=b"MZ evil", html=None):
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"] = "Karin <karin@kund.example>", "kundreskontra@exempelstad.example"
    made["Subject"], made["Message-ID"] = ORDINARY["subject"], "<file@kund.example>"
    made["Date"] = "Tue, 03 Mar 2026 09:00:00 +0000"
    made.set_content(ORDINARY["text"])
    if html is not None:
        made.add_alternative(html, subtype="html")
    made.add_attachment(content, maintype="text", subtype="html", filename=name)
    return made.as_bytes()


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("faktura.pdf", "faktura.pdf"),
        ("../../etc/passwd", "passwd"),
        ('a"; filename="b.exe', "a__ filename=_b.exe"),
        ("bild\u202egnp.exe", "bildgnp.exe"),
    ],
)
def test_an_attachment_is_a_download_whatever_its_sender_calls_it(city, browser, name, plain):
    city.deliver(with_file(name))
    city.work_off()
    (case,) = city.cases()
    page = browser.get(f"/cases/{case.number}").text
    link = re.search(r'href="(/cases/[^"]*/files/\d+)"', page).group(1)
    answer = browser.get(link)
    assert answer.status_code == 200
    assert answer.content.strip() == b"MZ evil"
    said = answer.headers["content-disposition"]
    assert said.startswith(f'attachment; filename="{plain}"')
    assert answer.headers["content-type"] in ("application/octet-stream", "application/pdf")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_a_mail_of_another_case_is_not_reached_through_one_that_may_be_seen(city, browser):
    hidden = case_of(city, PROTECTED)
    seen = case_of(city, ORDINARY)
    (message,) = mails_of(city, hidden)
    for path in ("", "/original", "/files/1"):
        answer = browser.get(f"/cases/{seen.number}/mails/{message}{path}")
        assert answer.status_code == 404


@pytest.mark.parametrize("message", ["x", "-1", "99999999999999999999", "1e3", "²"])
def test_a_mail_that_is_none_is_not_found(city, browser, message):
    case = case_of(city, ORDINARY)
    assert browser.get(f"/cases/{case.number}/mails/{message}").status_code == 404


def test_a_whole_mail_is_shown_as_formatted_as_is_safe(city, browser):
    html = '<p>Hej <b>hopp</b> <a href="https://bank.example/x">Logga in</a><img src="//x/y"></p>'
    city.deliver(with_file("a.txt", html=html))
    city.work_off()
    (case,) = city.cases()
    (message,) = mails_of(city, case)
    page = browser.get(f"/cases/{case.number}/mails/{message}").text
    assert "<b>hopp</b>" in page
    assert "(bank.example)" in page
    assert "<img" not in page
    assert city.history(case)[-1].data == {"what": "mail", "message": message}


def test_the_working_time_is_explained_hour_by_hour(city, browser):
    city.deliver(mail(**ORDINARY))
    city.work_off()
    (case,) = city.cases()
    city.later(hours=3)
    said = text_of(browser.get(f"/cases/{case.number}"))
    assert "Kunden har väntat 3 timmar i arbetstid" in said
    assert "tisdag 3 mars 10:00–13:00 3 tim Öppet" in said


def seen_in(page, act):
    """Return what the form of an act says that it was made from."""
    form = rf'action="[^"]*/{act}".*?name="seen" value="([^"]*)"'
    return re.search(form, page.text, re.DOTALL).group(1)


def test_a_correction_from_an_old_page_does_not_pass_over_a_newer_one(city, web_city, browser):
    case = case_of(city, ORDINARY)
    path = f"/cases/{case.number}/correct"
    seen = seen_in(browser.get(f"/cases/{case.number}"), "correct")
    matter = next(key for key in city.app.knowledge.matters if key != case.matter)
    typed = {"process": case.process, "customer": ""}
    newer = {**typed, "matter": case.matter, "urgent": "collections", "seen": seen}
    web_city.browser(COLLEAGUE).done(path, **newer)
    old = {**typed, "matter": matter, "urgent": "no"}
    answer = browser.post(path, seen=seen, **old)
    assert answer.status_code == 409
    assert "Bedömningen har rättats sedan du öppnade sidan" in text_of(answer)
    assert f'<option value="{matter}" selected>' in answer.text
    assert now_of(city, case).urgent is Urgency.COLLECTIONS
    browser.done(path, seen=seen_in(answer, "correct"), **old)
    assert now_of(city, case).matter == matter


def test_what_a_colleague_does_beside_leaves_the_form_of_the_assessment_good(
    city, web_city, browser
):
    case = case_of(city, ORDINARY)
    seen = seen_in(browser.get(f"/cases/{case.number}"), "correct")
    web_city.browser(COLLEAGUE).done(f"/cases/{case.number}/take")
    typed = {"process": case.process, "matter": case.matter, "customer": "", "urgent": "payout"}
    browser.done(f"/cases/{case.number}/correct", seen=seen, **typed)
    assert now_of(city, case).urgent is Urgency.PAYOUT


def test_a_case_is_neither_moved_nor_handed_over_from_a_page_that_did_not_show_the_last_time(
    city, web_city, browser
):
    case = case_of(city, ORDINARY)
    old = browser.get(f"/cases/{case.number}")
    there, elsewhere = [key for key in city.app.knowledge.processes if key != case.process][:2]
    colleague = web_city.browser(COLLEAGUE)
    colleague.done(f"/cases/{case.number}/move", new_process=there)
    colleague.done(f"/cases/{case.number}/give", to=f"person:{COLLEAGUE}")
    for act, typed in (
        ("move", {"new_process": elsewhere}),
        ("give", {"to": f"person:{HANDLER}"}),
    ):
        answer = browser.post(f"/cases/{case.number}/{act}", seen=seen_in(old, act), **typed)
        assert answer.status_code == 409
        assert "sedan du öppnade sidan" in text_of(answer)
    after = now_of(city, case)
    assert (after.process, after.owner) == (there, COLLEAGUE)


def test_a_case_that_nobody_answered_has_stopped_waiting_when_it_is_closed(city, browser):
    case = case_of(city, ORDINARY)
    city.later(hours=2)
    browser.done(f"/cases/{case.number}/close")
    city.later(hours=3)
    said = text_of(browser.get(f"/cases/{case.number}"))
    assert (
        "Kunden väntade 2 timmar i arbetstid (2 timmar på klockan) tills ärendet avslutades. "
        "Ingen person svarade."
    ) in said


def test_waiting_outside_working_hours_is_told_as_that(city, browser):
    city.later(hours=8)
    case = case_of(city, ORDINARY)
    city.later(minutes=30)
    said = text_of(browser.get(f"/cases/{case.number}"))
    assert "Kunden har väntat 30 minuter; inget av det var arbetstid." in said
