import pytest

from bot.vocabulary import Right
from tests.city import City
from tests.web_city import WebCity


@pytest.fixture
def city(tmp_path, sqlite_url):
    made = City(tmp_path / "mail", sqlite_url, ("kundreskontra", "info"))
    yield made
    made.close()


@pytest.fixture
def web_city(city):
    """The page of a city where each right but `staff` belongs to one person, named after it."""
    people = city.app.knowledge.people
    emails = {right: people[key].email for right, key in HOLDERS.items()}
    return WebCity(city, rights={right: [email] for right, email in emails.items()})


HOLDERS = {
    Right.MANAGER: "anette-forsbro",
    Right.EDITOR: "ebba-nyren",
    Right.OPERATOR: "emil-grahn",
    Right.PROTECTED: "amir-haddad",
}
