import re
import shutil
from collections import Counter
from datetime import UTC, datetime

import pytest

from bot.asking import make_talks
from bot.registers import Register
from bot.texts import speaker
from bot.vocabulary import PersonKey, Right, Status
from bot.web.answer_text import BlockKind, Piece, blocks
from bot.web.door import LANGUAGE
from tests.city import City
from tests.journeys.assistant_talk import unsure_question
from tests.web_city import HANDLER, WebCity, text_of

MAY_SEE_PROTECTED = PersonKey("amir-haddad")
EVER = datetime(2000, 1, 1, tzinfo=UTC)
COLLEAGUE = PersonKey("ebba-nyren")
QUESTIONS = (
    "vem tar frågor om anstånd?",
    "mall för makulering",
    "hur går det för 2026-000001?",
    "vilka ärenden är öppna?",
    "vad är brådskande?",
    "hur många ärenden kom in den här veckan?",
    "vem har KR-lådan i dag?",
    "vad gäller vid dödsbo?",
    "jag tar 2026-000001",
    "hjälp",
    "vad blir det för väder?",
)


@pytest.fixture(scope="module")
def city(tmp_path_factory, empty_database):
    """One city for all: it takes long to load what answers are made of."""
    folder = tmp_path_factory.mktemp("chat")
    shutil.copy(empty_database, folder / "sammadag.db")
    made = City(folder / "mail", f"sqlite:///{folder / 'sammadag.db'}")
    a_case(made)
    yield made
    made.close()


@pytest.fixture(scope="module")
def web_city(city):
    email = city.app.knowledge.people[MAY_SEE_PROTECTED].email
    return WebCity(city, rights={Right.PROTECTED: [email]})


@pytest.fixture
def browser(web_city):
    made = web_city.browser()
    made.done("/chat/anew")
    return made


@pytest.fixture
def protected_case(city):
    case = a_case(city, "Mitt personnummer är 19121212-1212. Kan jag få anstånd?")
    assert case.protected
    yield case
    city.set_status(case, Status.CLOSED, stop_confirmed=True)


def asked(browser, question):
    """Ask, and return the page that follows."""
    return browser.done("/chat", question=question)


def newest(page):
    """Return what the newest turn says."""
    return re.search(r'<article class="card" id="turn-\d+".*?</article>', page.text, re.DOTALL)[0]


def words(html):
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def a_case(city, text="Hej! Kan vi få anstånd med fakturan?"):
    city.post(text)
    city.work_off()
    return city.cases()[-1]


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_page_gives_the_answers_that_are_given_everywhere(browser, city, question):
    turn = make_talks(city.app).ask(question, question, speaker("sv"), person=HANDLER)
    shown = words(newest(asked(browser, question))).replace(" ", "")
    for block in blocks(turn.answer.text, speaker("sv")):
        for line in block.lines:
            assert "".join(piece.text for piece in line).replace(" ", "") in shown


def test_an_answer_links_the_cases_that_it_names(browser, city):
    case = a_case(city)
    page = asked(browser, "vilka ärenden är öppna?")
    assert f'<a href="/cases/{case.number}">{case.number}</a>' in newest(page)
    assert "<table>" in newest(page)


def test_an_answer_links_the_article_that_it_quotes(browser):
    assert 'href="/knowledge/articles/dodsbo"' in newest(asked(browser, "vad gäller vid dödsbo?"))


def test_an_answer_links_the_template_that_fits(browser):
    assert 'href="/templates/invoice_cancelled"' in newest(asked(browser, "mall för makulering"))


def test_a_question_follows_on_the_one_before(browser):
    asked(browser, "hur många ärenden kom in till KR förra veckan?")
    page = words(newest(asked(browser, "och till LR?")))
    assert "Leverantörsreskontra" in page
    assert "2026-02-23 till 2026-03-01" in page


def test_the_conversation_stays_on_the_page_newest_first(browser):
    asked(browser, "vem tar frågor om anstånd?")
    page = asked(browser, "vad gäller vid dödsbo?")
    assert page.text.index("vad gäller vid dödsbo?") < page.text.index("vem tar frågor om anstånd?")


def test_nobody_sees_what_a_colleague_asked(web_city, browser):
    asked(browser, "vem tar frågor om anstånd?")
    assert "vem tar frågor om anstånd?</h3>" not in web_city.browser(COLLEAGUE).get("/chat").text


def test_a_conversation_can_be_begun_anew(browser):
    asked(browser, "vem tar frågor om anstånd?")
    page = browser.done("/chat/anew")
    assert "<article" not in page.text
    assert "Du kan till exempel fråga så här" in text_of(page)


def test_an_empty_question_is_told_beside_the_field(browser):
    answer = browser.post("/chat", question="  ")
    assert answer.status_code == 422
    assert 'id="question-error"' in answer.text


def test_nothing_is_done_before_it_is_confirmed(browser, city):
    case = a_case(city)
    page = asked(browser, f"jag tar {case.number}")
    assert "Inget är ändrat än." in text_of(page)
    assert city.cases()[-1].owner is None


def test_what_is_proposed_is_done_once_confirmed_and_undone_on_request(browser, city):
    case = a_case(city)
    asked(browser, f"jag tar {case.number}")
    page = text_of(browser.done("/chat/turns/1", what="do"))
    assert f"Klart: ärende {case.number}, Pågår." in page
    assert city.cases()[-1].owner == HANDLER
    page = text_of(browser.done("/chat/turns/1", what="undo"))
    assert "Ångrat: det är som det var innan." in page
    assert city.cases()[-1].owner is None


def test_only_the_newest_proposal_can_be_done_and_the_one_before_says_why_not(browser, city):
    case, other = a_case(city), a_case(city, "Vi har fått en ny adress. Kan ni ändra den?")
    asked(browser, f"jag tar {case.number}")
    page = asked(browser, f"jag tar {other.number}")
    assert page.text.count('value="do"') == 1
    assert "Ett nyare förslag har tagit det här förslagets plats." in text_of(page)
    page = browser.done("/chat/turns/1", what="do")
    assert "redan avgjort" not in text_of(page)
    mine = {case.id, other.id}
    assert {one.owner for one in city.cases() if one.id in mine} == {None}


def test_a_page_that_stays_open_loses_the_button_of_a_proposal_that_was_overtaken(browser, city):
    case, other = a_case(city), a_case(city, "Vi har fått en ny adress. Kan ni ändra den?")
    asked(browser, f"jag tar {case.number}")
    fields = {"token": browser.token, "question": f"jag tar {other.number}"}
    part = browser.client.post("/chat", data=fields, headers={"hx-request": "true"}).text
    assert 'id="turn-1" hx-swap-oob="true"' in part
    assert 'id="turn-2" hx-swap-oob' not in part
    assert part.count('value="do"') == 1


def test_a_proposal_can_be_let_be(browser, city):
    case = a_case(city)
    asked(browser, f"jag tar {case.number}")
    page = browser.done("/chat/turns/1", what="drop")
    assert "Då låter jag det vara." in text_of(page)
    assert 'value="do"' not in page.text
    assert city.cases()[-1].owner is None


def test_what_is_missing_is_asked_for_and_what_was_typed_is_not_lost(browser, city):
    page = asked(browser, "logga samtal: kulturförvaltningen ringde om en faktura")
    names = dict.fromkeys(re.findall(r'name="(t1-[a-z]+)"', page.text), "")
    assert "t1-callback" in names
    typed = names | {"t1-process": "kundreskontra", "t1-matter": "fakturering"}
    answer = browser.post("/chat/turns/1", what="do", **typed)
    assert answer.status_code == 422
    assert 'id="t1-callback-error"' in answer.text
    assert '<option value="fakturering" selected>' in answer.text
    done = browser.done("/chat/turns/1", what="do", **typed | {"t1-callback": "08-1234567"})
    case = city.cases()[-1]
    assert f"Klart: ärende {case.number}" in text_of(done)


def test_what_cannot_be_done_is_told_where_it_was_proposed(browser, city):
    page = asked(browser, "jag tar 2026-000077")
    assert "Ärende 2026-000077 finns inte" in text_of(page)
    answer = browser.post("/chat/turns/1", what="do")
    assert answer.status_code == 422
    assert "finns inte; kontrollera numret" in text_of(answer)


def test_nobody_settles_what_was_proposed_to_a_colleague(web_city, browser, city):
    asked(browser, f"jag tar {a_case(city).number}")
    assert web_city.browser(COLLEAGUE).post("/chat/turns/1", what="do").status_code == 404


def test_a_protected_case_is_only_counted_for_those_without_the_right(
    web_city, browser, protected_case
):
    case = protected_case
    page = words(newest(asked(browser, "vilka ärenden är öppna?")))
    assert "1 ärende har skyddade uppgifter och visas inte här." in page
    assert str(case.number) not in page
    page = words(newest(asked(browser, f"hur går det för {case.number}?")))
    assert "finns inte" in page
    seen = asked(web_city.browser(MAY_SEE_PROTECTED), "vilka ärenden är öppna?")
    assert str(case.number) in words(newest(seen))


def test_a_protected_case_cannot_be_taken_by_somebody_without_the_right(
    browser, city, protected_case
):
    asked(browser, f"jag tar {protected_case.number}")
    answer = browser.post("/chat/turns/1", what="do")
    assert answer.status_code == 422
    assert "finns inte; kontrollera numret" in text_of(answer)
    assert city.cases()[-1].owner is None


def test_a_wrong_answer_becomes_a_point_in_the_process_log(browser, city):
    asked(browser, "vem tar frågor om anstånd?")
    form = browser.get("/chat/turns/1/wrong")
    assert '<option value="kundreskontra" selected>' in form.text
    page = browser.done("/chat/turns/1/wrong", process="kundreskontra", right="Fråga teamet.")
    assert "punkt 1 i processloggen" in text_of(page)
    sheet = city.app.registers.sheet(Register.PROCESS_LOG, 1)
    about = "Assistentens svar var inte till hjälp. Frågan förstods så: vem som tar hand om något."
    assert sheet.entries[0].text == f"{about}\nFråga teamet."


def rated(city):
    counted = city.app.database
    with counted.reading() as work:
        return [(one.intent, one.helped, one.count) for one in work.ratings.counted(EVER)]


def test_an_answer_is_rated_and_the_last_word_of_the_person_counts(browser, city):
    asked(browser, "vem tar frågor om anstånd?")
    before = Counter({(intent, helped): count for intent, helped, count in rated(city)})
    page = newest(browser.done("/chat/turns/1/rating", helped="yes"))
    assert re.search(r'value="yes" aria-pressed="true"', page)
    page = newest(browser.done("/chat/turns/1/rating", helped="no"))
    assert re.search(r'value="no" aria-pressed="true"', page)
    assert "Berätta vad som hade varit rätt" in words(page)
    after = Counter({(intent, helped): count for intent, helped, count in rated(city)})
    assert after - before == {("route", False): 1}


def test_who_edits_sees_which_questions_get_answers_that_do_not_help(city, browser):
    asked(browser, "vem tar frågor om anstånd?")
    browser.done("/chat/turns/1/rating", helped="no")
    email = city.app.knowledge.people[COLLEAGUE].email
    page = WebCity(city, rights={Right.EDITOR: [email]}).browser(COLLEAGUE).get("/edit/answers")
    assert re.search(r"Vem som tar hand om något \d+ \d+ \d+ % Kundreskontra: \d+", text_of(page))
    assert "anstånd?" not in page.text


def test_an_unsure_answer_gives_way_to_the_reading_that_is_chosen(browser):
    page = newest(asked(browser, unsure_question()))
    assert "Jag är osäker" in words(page)
    readings = re.findall(r'name="reading" value="([a-z_]+)"', page)
    assert len(readings) == 2
    page = newest(browser.done("/chat/turns/1", what="meant", reading=readings[1]))
    assert "Jag är osäker" not in words(page)
    assert 'name="reading"' not in page


def test_what_was_asked_is_shown_as_text(browser):
    page = asked(browser, "<img src=x onerror=alert(1)>")
    assert "<img" not in page.text


def test_a_fragment_is_the_answer_and_an_empty_form(browser):
    browser.client.headers["hx-request"] = "true"
    answer = browser.post("/chat", question="vem tar frågor om anstånd?")
    assert answer.text.lstrip().startswith("<article")
    assert 'hx-swap-oob="true"' in answer.text
    assert "<html" not in answer.text


def test_questions_are_in_no_address(browser):
    answer = browser.post("/chat", question="vem tar frågor om anstånd?")
    assert answer.headers["location"] == "/chat#turn-1"


def test_the_conversation_is_in_the_language_of_whoever_asks(web_city, browser):
    browser.client.cookies.set(web_city.web.jar.name(LANGUAGE), "en")
    page = text_of(asked(browser, "who handles requests for more time to pay?"))
    assert "Mailbox: kundreskontra@exempelstad.example" in page


def test_lines_about_cases_become_one_table():
    text = "2 ärenden:\n2026-000001 · Nytt · Anstånd · KR\n2026-000002 · Pågår · Hyra · HY"
    heading, table = blocks(text, speaker("sv"))
    assert (heading.kind, table.kind) == (BlockKind.TEXT, BlockKind.CASES)
    assert [line[0].link for line in table.lines] == ["/cases/2026-000001", "/cases/2026-000002"]
    assert table.lines[0][2] == Piece(text="Anstånd · KR")


def test_only_our_own_pages_are_linked():
    (block,) = blocks("Se https://evil.example och 2026-000001.", speaker("sv"))
    assert [piece.link for piece in block.lines[0] if piece.link] == ["/cases/2026-000001"]


def test_a_command_that_no_page_shows_is_left_out(browser):
    page = text_of(asked(browser, "vad är brådskande?"))
    assert "stop-list" not in page
