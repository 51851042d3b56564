from tests.web_city import text_of

NOTE = {
    "text": "Vill ha en genomgång av påminnelser.",
    "nature": "information_need",
    "customer": "kultur",
}


def test_a_point_is_entered_about_a_customer(web_city):
    page = text_of(web_city.browser().done("/customer-log/new", **NOTE))
    assert "Kundlogg, post 1" in page
    assert "Informationsbehov" in page
    assert "Kulturförvaltningen" in page


def test_a_point_without_a_customer_is_refused_beside_the_customer(web_city):
    answer = web_city.browser().post("/customer-log/new", **NOTE | {"customer": ""})
    assert answer.status_code == 422
    assert "Fyll i kunden." in text_of(answer)
    assert 'id="customer-error"' in answer.text


def test_a_customer_has_a_list_of_its_own(web_city):
    browser = web_city.browser()
    browser.done("/customer-log/new", **NOTE)
    browser.done("/customer-log/new", **NOTE | {"customer": "trafik"})
    page = text_of(browser.get("/customer-log", customer="trafik"))
    rows = page.partition("De nyaste först")[2]
    assert "Trafik- och gatukontoret" in rows
    assert "Kulturförvaltningen" not in rows


def test_a_point_is_resolved(web_city):
    browser = web_city.browser()
    browser.done("/customer-log/new", **NOTE)
    page = text_of(browser.done("/customer-log/1", kind="resolved", text="Genomgång hållen."))
    assert "Nummer 1: Klar." in page


def test_an_item_of_another_register_is_not_found_here(web_city):
    browser = web_city.browser()
    browser.done("/customer-log/new", **NOTE)
    assert browser.get("/process-log/1").status_code == 404
