def test_a_person_signs_in_with_the_link_and_sees_the_start(served, open_page):
    page = open_page()
    served.sign_in(page)
    assert page.title().endswith("Samma dag")
    assert page.get_by_text("Agneta Brandt").is_visible()
