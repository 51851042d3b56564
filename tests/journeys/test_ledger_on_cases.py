"""What the ledger says of the invoices of a case, from the mail over imports to the desk."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.vocabulary import Urgency
from tests.commands import call, write_settings
from tests.ledger_files import row, write_ledger
from tests.letters import ORDINARY, PROTECTED, URGENT_INVOICE

NUMBER = 40012345
"""The invoice that the urgent letter names."""


@pytest.fixture
def config(tmp_path, sqlite_url):
    return write_settings(tmp_path, sqlite_url, mailboxes=())


@pytest.fixture
def load(config, tmp_path):
    def imported(*lines):
        file = write_ledger(tmp_path / "ledger.csv", lines)
        assert call("--config", config, "ledger", "import", file, "--force").code == 0

    return imported


@pytest.fixture
def show(config):
    def shown(number=1):
        found = call("--config", config, "case", "show", number, "--json")
        assert found.code == 0
        return found.row()

    return shown


def post(city, letter=URGENT_INVOICE, **more):
    city.post(**(letter | more))
    city.work_off()


def answers(first="<1@kund.example>"):
    """Return the header of a mail that belongs to the first one."""
    return {"headers": [("In-Reply-To", first)]}


def test_a_number_that_the_ledger_has_not_makes_the_number_missing(city, load, show):
    load(row(1))
    post(city)
    assert "invoice_number" in show()["missing"]


def test_the_case_says_what_is_missing_in_words(city, load, config):
    load(row(1))
    post(city)
    shown = call("--config", config, "case", "show", 1).out
    assert f"Faktura {NUMBER} · inte i reskontran" in shown
    assert "Saknas: fakturanummer" in shown


def test_an_import_makes_a_number_missing_that_was_never_asked_for(city, load, show):
    post(city)
    assert "invoice_number" not in show()["missing"]
    load(row(1))
    assert "invoice_number" in show()["missing"]


def test_an_import_that_knows_the_number_clears_it(city, load, show):
    load(row(1))
    post(city)
    load(row(NUMBER))
    assert "invoice_number" not in show()["missing"]


def test_without_any_ledger_no_number_is_unknown(city, show, config):
    post(city)
    assert show()["missing"] == []
    assert "reskontran är inte tillfrågad" in call("--config", config, "case", "show", 1).out


def test_a_number_that_the_ledger_had_once_is_not_missing(city, load, show):
    load(row(NUMBER))
    post(city)
    load(row(1))
    assert "invoice_number" not in show()["missing"]


def test_one_unknown_number_among_known_ones_is_missing(city, load, show):
    load(row(NUMBER))
    post(city, text="Vi ber om anstånd med faktura 40012345 och faktura 40099999 till den 30 april")
    assert "invoice_number" in show()["missing"]


def test_a_suppliers_number_is_not_looked_for_among_customer_invoices(city, load, show):
    load(row(1))
    subject = "[LR] Stoppa utbetalning"
    text = "Hej!\n\nBeloppet på faktura 55512 är fel. Stoppa utbetalningen!\n\nKarin"
    post(city, {"subject": subject, "text": text})
    assert "invoice_number" not in show()["missing"]


def test_a_later_mail_with_the_number_clears_what_the_first_one_lacked(city, load, show):
    load(row(NUMBER))
    text = URGENT_INVOICE["text"].replace(f"faktura {NUMBER}", "fakturan")
    post(city, {"subject": "[KR] Anstånd – faktura", "text": text})
    assert "invoice_number" in show()["missing"]
    post(city, {"subject": "SV: [KR] Anstånd", "text": f"Det är faktura {NUMBER}."}, **answers())
    assert "invoice_number" not in show()["missing"]


def test_the_queue_lists_what_is_missing_too(city, load, config):
    load(row(1))
    post(city)
    (case,) = call("--config", config, "case", "list", "--json").rows()
    assert "invoice_number" in case["missing"]
    assert [invoice["number"] for invoice in case["invoices"]] == [str(NUMBER)]


def test_a_case_shows_due_date_amount_stage_and_whose_its_invoice_is(city, load, show, config):
    load(row(NUMBER, stage="påmind", due="2026-03-12", customer="Ek AB", customer_no=77))
    post(city)
    assert show()["invoices"] == [
        {
            "number": str(NUMBER),
            "due": "2026-03-12",
            "amount_ore": 123450,
            "stage": "reminded",
            "customer_no": "77",
            "customer": "Ek AB",
        }
    ]
    shown = call("--config", config, "case", "show", 1).out
    assert f"Faktura {NUMBER} · påmind · förfaller 2026-03-12" in shown
    assert "Ek AB" in shown


def test_an_invoice_at_the_collector_is_said_so_on_the_case(city, load, config):
    post(city)
    load(row(NUMBER, stage="inkasso"))
    assert f"Faktura {NUMBER} · inkasso" in call("--config", config, "case", "show", 1).out


def test_who_has_protected_data_is_not_named_from_the_ledger(city, load, show, config):
    load(row(NUMBER, customer="Hemlig Person"))
    post(city, PROTECTED)
    assert show()["invoices"][0]["customer"] is None
    assert "Hemlig Person" not in call("--config", config, "case", "show", 1).out


def test_the_queue_shows_both_moments_and_the_reason_that_decides(city, load, config):
    load(row(NUMBER, due="2026-03-30"))
    text = f"Hej!\n\nVi ber om anstånd med faktura {NUMBER} till den 30 april.\n\nKarin"
    post(city, {"subject": "[KR] Anstånd", "text": text})
    (case,) = city.cases()
    shown = " ".join(call("--config", config, "case", "list").out.split())
    for at in (case.handle_by, case.safe_until):
        assert f"{at.astimezone(city.app.house.zone):%Y-%m-%d}" in shown
    assert "arbetsdag" in shown


def test_one_more_invoice_does_not_give_a_case_more_time(city, load):
    load(row(NUMBER, due="2026-02-20"), row(40099999, due="2026-09-30"))
    text = f"Hej!\n\nVi ber om anstånd med faktura {NUMBER} till den 30 april.\n\nKarin"
    post(city, {"subject": "[KR] Anstånd", "text": text})
    before = city.cases()[0].handle_by
    more = {"subject": "SV: [KR] Anstånd", "text": "Det gäller faktura 40099999 också."}
    post(city, more, **answers())
    assert city.cases()[0].handle_by == before


def test_a_case_that_became_urgent_later_has_its_deadline_from_then_on(city, load):
    post(city, ORDINARY)
    city.later(days=13)
    post(city, **answers())
    (case,) = city.cases()
    assert case.urgent is Urgency.COLLECTIONS
    urgent_from = city.clock.now()
    load(row(NUMBER, due="2026-04-30"))
    handle_by = city.cases()[0].handle_by
    assert urgent_from < handle_by < urgent_from + timedelta(days=4)


def test_a_ledger_moves_the_deadline_of_an_open_case(city, load):
    city.clock.advance(datetime.fromisoformat("2026-03-04T09:00:00+01:00") - city.clock.now())
    text = f"Hej!\n\nVi ber om anstånd med faktura {NUMBER} till den 30 april.\n\nKarin"
    post(city, {"subject": "[KR] Anstånd", "text": text})
    unknown_due = city.cases()[0].handle_by
    load(row(NUMBER, due="2026-09-30"))
    assert city.cases()[0].handle_by > unknown_due
