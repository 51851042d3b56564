from tests.web_city import text_of

IDEA = {"text": "En gemensam blankett.", "process": "kundreskontra"}


def test_an_idea_is_entered_by_whoever_has_it(web_city):
    page = text_of(web_city.browser().done("/process-log/new", **IDEA))
    now = page.partition("Så står det nu")[2]
    assert "Förbättringsförslag" in now
    assert "Förslagsställare Agneta Brandt" in now


def test_an_idea_without_a_process_is_refused_beside_the_process(web_city):
    answer = web_city.browser().post("/process-log/new", **IDEA | {"process": ""})
    assert answer.status_code == 422
    assert 'id="process-error"' in answer.text


def test_a_point_climbs_to_the_next_rung_on_which_somebody_stands(web_city):
    browser = web_city.browser()
    before = text_of(browser.done("/process-log/new", **IDEA)).partition("Så står det nu")[2]
    after = text_of(browser.done("/process-log/1", kind="escalated", text="Behöver beslut."))
    rung = "Steg på stödtrappan"
    assert rung in before
    assert (
        before.partition(rung)[2].split()[0]
        != (after.partition("Så står det nu")[2].partition(rung)[2].split()[0])
    )


def test_a_jump_over_a_rung_is_refused_and_said_why(web_city):
    browser = web_city.browser()
    browser.done("/process-log/new", **IDEA)
    answer = browser.post("/process-log/1", kind="escalated", text="Nu.", rung="owner")
    assert answer.status_code == 422
    assert "stödtrappan går ett steg i taget uppåt" in text_of(answer)


def test_a_point_is_done_once_the_proposer_was_told(web_city):
    browser = web_city.browser()
    browser.done("/process-log/new", **IDEA)
    resolved = text_of(browser.done("/process-log/1", kind="resolved", text="Blanketten finns."))
    assert "Nummer 1: Löst, återkoppling kvar." in resolved
    told = text_of(browser.done("/process-log/1", kind="feedback", text="Agneta vet."))
    assert "Nummer 1: Klar." in told
