"""A house with a little of everything, and where each page is found in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from email.message import EmailMessage
from email.policy import SMTP

from bot.cases import Case
from bot.control import SampleOrder
from bot.edits import DocumentPath
from bot.registers import EntryKind, Facts, Nature, Register, Step
from bot.services.editing.drafting import Draft
from bot.services.phone import NewCall
from bot.vocabulary import Channel, CustomerKey, ProcessKey, TemplateKey, Urgency
from bot.web.page import Page
from tests.browser.served import EVERYBODY, Served
from tests.city import TUESDAY
from tests.letters import ORDINARY, URGENT_INVOICE

TAGS = DocumentPath("knowledge/tags.yaml")
FRAGMENTS_AND_FILES = frozenset(
    {
        "case_file",
        "case_original",
        "case_others",
        "control_evidence",
        "figures_chart",
        "figures_file",
        "edit_file",
        "edit_trial",
        "inbox_news",
        "phone_calls",
    }
)
"""Addresses that answer with a part of a page, or with a file."""


def stock(served: Served) -> None:
    """Let mail come, somebody call, and staff begin to work."""
    city = served.city
    city.deliver(formatted_mail())
    city.post(**URGENT_INVOICE, sender="Eva Ek <eva@foretag.example>")
    city.post("Jag är på semester.", headers=[("Auto-Submitted", "auto-replied")])
    city.work_off()
    app = city.app
    call = NewCall(
        process="kundreskontra", matter="fakturering", customer="Tallmo", callback="08-46500400"
    )
    app.phone.add(call, by=EVERYBODY)
    process = ProcessKey("kundreskontra")
    write(served, Register.REMARKS, nature=Nature.OPINION, process=process)
    write(served, Register.CUSTOMER_LOG, customer=CustomerKey("trafik"))
    write(served, Register.PROCESS_LOG, process=process)
    case = ordinary_case(served)
    app.replies.draft(case, TemplateKey("done"), by=EVERYBODY)
    today = city.clock.now().date()
    closed = app.casework.take(case, by=EVERYBODY)
    app.casework.close(closed, by=EVERYBODY)
    order = SampleOrder(
        process=process, first=date(today.year, 1, 1), last=today, size=3, seed="t1"
    )
    served.house.control.draw(order, by=EVERYBODY)
    tags = app.editing.read(TAGS)
    longer = (tags.content or b"") + b"# Granskad i mars.\n"
    app.editing.save(Draft(files={TAGS: longer}, seen={TAGS: tags.digest}), by=EVERYBODY)


def formatted_mail() -> bytes:
    """Return the ordinary mail as a program writes it that formats, with a file."""
    made = EmailMessage(policy=SMTP)
    made["From"] = "Kalle Kund <kalle@kund.example>"
    made["To"] = "kundreskontra@exempelstad.example"
    made["Subject"] = ORDINARY["subject"]
    made["Date"] = TUESDAY
    made["Message-ID"] = "<formatted@kund.example>"
    made.set_content(ORDINARY["text"])
    paragraphs = "".join(f"<p>{line}</p>" for line in ORDINARY["text"].splitlines() if line)
    cells = "".join(f"<td>Fakturanummer {number}</td>" for number in range(40012345, 40012353))
    made.add_alternative(
        f"<h4><font color='#dddddd'>Hej!</font></h4>{paragraphs}<table width='900'><tr>{cells}</tr>"
        f"</table><ul><li>{'x' * 90}</li></ul><h1>Karin</h1><img src='https://kund.example/i.png'>"
        "<a href='https://kund.example/'>här</a> <a href='https://kund.example/2'>här</a>",
        subtype="html",
    )
    made.add_attachment(
        b"%PDF-1.4", maintype="application", subtype="pdf", filename=f"{'Underlag_' * 12}.pdf"
    )
    return made.as_bytes()


def write(served: Served, register: Register, **facts: object) -> None:
    """Write an item into a register."""
    step = Step(kind=EntryKind.OPENED, text="Det dröjde innan någon svarade.", facts=Facts(**facts))
    served.city.app.registers.open(register, step, by=EVERYBODY)


def urgent_case(served: Served) -> Case:
    """Return the urgent case."""
    (case,) = [case for case in served.city.cases() if case.urgent is not Urgency.NO]
    return case


def ordinary_case(served: Served) -> Case:
    """Return the case of the ordinary mail."""
    (case,) = [
        case
        for case in served.city.cases()
        if case.urgent is Urgency.NO and case.channel is Channel.EMAIL
    ]
    return case


def first_mail(served: Served) -> int:
    """Return the mail that opened the ordinary case."""
    with served.city.app.database.reading() as work:
        return work.messages.incoming_of_case(ordinary_case(served).id)[0]


def draft_of(served: Served) -> int:
    """Return the draft of a reply on the ordinary case."""
    return served.city.app.replies.listed(ordinary_case(served).id)[-1].id


ADDRESSES: Mapping[str, Callable[[Served], str]] = {
    "case": lambda served: f"/cases/{urgent_case(served).number}",
    "case_mail": lambda served: f"/cases/{ordinary_case(served).number}/mails/{first_mail(served)}",
    "case_reply": lambda served: f"/cases/{urgent_case(served).number}/reply",
    "case_draft": lambda served: (
        f"/cases/{ordinary_case(served).number}/replies/{draft_of(served)}"
    ),
    "remarks_item": lambda _served: "/remarks/1",
    "customer_log_item": lambda _served: "/customer-log/2",
    "process_log_item": lambda _served: "/process-log/3",
    "control_sample": lambda _served: "/control/1",
    "control_case": lambda served: f"/control/1/cases/{ordinary_case(served).number}",
    "figures_cases": lambda _served: "/figures/cases?figure=received&period=2026-03",
    "article": lambda _served: "/knowledge/articles/anlaggning",
    "process": lambda _served: "/knowledge/processes/kundreskontra",
    "template": lambda _served: "/templates/done",
    "edit_document": lambda _served: f"/edit/document?document={TAGS}",
    "edit_form": lambda _served: f"/edit/form?document={TAGS}",
    "edit_change": lambda _served: "/edit/changes/1",
    "reports_customer": lambda _served: "/reports/customer?customer=trafik&period=2026-03",
    "chat_wrong": lambda _served: "/chat/turns/1/wrong",
}
"""Where a page lies whose address has parts or asks for something; a new one is added here."""


def address(page: Page, served: Served) -> str:
    """Return where a page lies in the stocked house."""
    if page.name in ADDRESSES:
        return ADDRESSES[page.name](served)
    assert "{" not in page.path, f"say in ADDRESSES where the page {page.name} lies"
    return page.path
