"""What each letter must carry: the rows of the centre's list, K1 to K30, in both languages.

The phrases are regular expressions over the message between greeting and signature, and
``{field}`` stands for the sample of a field. They follow the list, not the templates.
"""

from __future__ import annotations

import re

import pytest

from bot.templates import Form
from bot.vocabulary import Language
from tests.templates.letters import BY_CODE, LANGUAGES, TEMPLATES, full, letter, message

SAME_OCR = (r"samma OCR", r"same OCR")
STANDS = (r"gäller som vanligt tills", r"appl(y|ies) as usual until")
NO_NEED = (r"behöver inte (göra|skicka)", r"do not need to (do|send)")
REPLY = (r"[Ss]vara (då )?på (det här )?mejlet", r"[Rr]eply to this e-mail")

ROWS: dict[str, list[tuple[str, str]]] = {
    "K1": [
        ("{case_number}", "{case_number}"),
        (r"hör av sig", r"get back to you"),
        NO_NEED,
    ],
    "K1b": [
        ("{case_number}", "{case_number}"),
        ("öppnar igen {next_opening}", "open again on {next_opening}"),
    ],
    "K2": [
        ("{case_number}", "{case_number}"),
        ("{invoice_numbers}", "{invoice_numbers}"),
        ("{handled_by_text}", "{handled_by_text}"),
        (r"bråttom", r"urgent"),
        STANDS,
    ],
    "K3": [
        ("{case_number}", "{case_number}"),
        (r"bråttom", r"urgent"),
        (r"[Rr]ing också kundsupport", r"call customer support"),
        ("{internal_phone}", "{internal_phone}"),
        (r"leverantör, fakturanummer, belopp", r"supplier, invoice number, amount"),
    ],
    "K4": [
        ("{case_number}", "{case_number}"),
        (r"[Ss]kicka inte personnummer", r"do not e-mail personal identity numbers"),
        (r"säkert sätt", r"safe way"),
    ],
    "K5": [(r"\[{tag_code}\]", r"\[{tag_code}\]"), ("{link_tags}", "{link_tags}")],
    "K6": [
        ("{process_name}", "{process_name}"),
        (r"\[{tag_code}\]", r"\[{tag_code}\]"),
        ("{case_number}", "{case_number}"),
        (r"lämnat den vidare", r"passed it on"),
        NO_NEED,
    ],
    "K7": [
        ("{recipient}", "{recipient}"),
        ("{recipient_contact}", "{recipient_contact}"),
        ("{link_who}", "{link_who}"),
        (r"inte vi som", r"not the ones who"),
    ],
    "K8": [
        ("- {missing}", "- {missing}"),
        (r"Därför behöver vi det: {why}", r"Why we need it: {why}"),
        ("senast {answer_by}", "by {answer_by}"),
        ("{support_phone}", "{support_phone}"),
        REPLY,
    ],
    "K9": [
        ("- {missing}", "- {missing}"),
        ("inget senast {close_on} avslutar vi", "nothing by {close_on} we will close"),
        (r"skriva igen", r"write again"),
        STANDS,
    ],
    "K10": [
        ("{status}", "{status}"),
        ("nästa besked senast {next_news_by}", "hear from us again by {next_news_by}"),
    ],
    "K11": [
        (r"längre tid än vi har lovat", r"longer than we promised"),
        ("{reason}", "{reason}"),
        ("{new_date}", "{new_date}"),
    ],
    "K12": [("{measure}", "{measure}"), ("{done_on}", "{done_on}"), (r"klara med", r"finished")],
    "K13": [
        ("{invoice_numbers}", "{invoice_numbers}"),
        ("{new_due_date}", "{new_due_date}"),
        ("{interest}", "{interest}"),
        ("{decided_by} har beslutat", "{decided_by} has decided"),
        SAME_OCR,
        (r"ingen ny faktura", r"not get a new invoice"),
        (r"Ränta", r"Interest"),
        (r"inkasso", r"debt collection"),
    ],
    "K14": [
        ("{reason}", "{reason}"),
        ("- {options}", "- {options}"),
        ("{decided_by} har svarat nej", "{decided_by} has said no"),
        ("{administration_contact}", "{administration_contact}"),
        (r"gäller med samma datum", r"same due date"),
        (r"ränta, påminnelse och inkasso", r"interest, a reminder and debt collection"),
    ],
    "K15": [
        ("{invoice_numbers}", "{invoice_numbers}"),
        ("{credit_number}", "{credit_number}"),
        ("{new_invoice_number}", "{new_invoice_number}"),
        (r"inte ska betala", r"should not pay"),
        (r"redan betalat\?.*pengarna tillbaka", r"already paid\?.*money back"),
    ],
    "K16": [
        ("{invoice_numbers}", "{invoice_numbers}"),
        ("{plan}", "{plan}"),
        ("{cost}", "{cost}"),
        ("{counterpart} skickar en avi", "{counterpart} sends a notice"),
    ],
    "K17": [
        ("{invoice_numbers}", "{invoice_numbers}"),
        ("pausat kravet medan {administration}", "paused the demand while {administration}"),
        ("senast {answer_by}", "by {answer_by}"),
        (r"ingen påminnelse", r"not get a reminder"),
    ],
    "K18": [
        ("{invoice_numbers}", "{invoice_numbers}"),
        ("{paid_on}", "{paid_on}"),
        (r"kvitto", r"receipt"),
        (r"upp till fyra dagar", r"up to four days"),
        STANDS,
    ],
    "K19": [
        ("{invoice_numbers}", "{invoice_numbers}"),
        ("skriv referensen {reference_place}", "write the reference {reference_place}"),
        (r"saknas eller står på fel ställe", r"missing or in the wrong place"),
        ("{link_supplier}", "{link_supplier}"),
    ],
    "K20": [
        ("{invoice_numbers}", "{invoice_numbers}"),
        ("{status}", "{status}"),
        ("{pay_on}", "{pay_on}"),
    ],
    "K21": [
        ("{case_number}", "{case_number}"),
        (r"förvaltning eller bolag", r"administration or company"),
        (r"leverantör och fakturanummer", r"supplier and invoice number"),
        (r"BX-id eller verifikat", r"BX id or voucher"),
        (r"belopp och betaldatum", r"amount and payment date"),
        (r"stoppa, ändra eller makulera", r"stop, change or cancel"),
        (r"nytt datum", r"new date"),
        (r"varför", r"why"),
        (r"vem som beställer", r"who orders it"),
        (r"gäller som planerat tills", r"stands as planned until"),
    ],
    "K22": [
        (r"[Ss]ök först i Betalfilutforskaren", r"search in Betalfilutforskaren first"),
        ("{link_guide}", "{link_guide}"),
        (r"så letar vi vidare", r"we will look further"),
    ],
    "K23": [
        (r"Tietos support svarar", r"support at Tieto that answers"),
        ("{support_contact}", "{support_contact}"),
        (r"fel i systemet.*vi som hjälper", r"error in the system.*we are the ones"),
    ],
    "K24": [
        (r"Tack för att du", r"Thank you for getting in touch"),
        ("{unit_name}", "{unit_name}"),
        ("svar senast {answer_by}", "answer by {answer_by}"),
    ],
    "K25": [
        ("{control_year}", "{control_year}"),
        ("{link_fees}", "{link_fees}"),
        (r"jämför inkomsten.*Skatteverket", r"compare the income.*Tax Agency"),
        (r"två år senare", r"two years later"),
        (r"inte skicka din deklaration", r"not need to send your tax return"),
    ],
    "K26": [
        ("{invoice_numbers}", "{invoice_numbers}"),
        ("{decided_by} avgör", "{decided_by} decides"),
        ("besked senast {answer_by}", "hear by {answer_by}"),
        (r"varje månad", r"each month"),
        SAME_OCR,
        (r"först i kön", r"first in the queue"),
        STANDS,
        (r"ränta", r"interest"),
    ],
    "K27": [
        ("{contract}", "{contract}"),
        ("Ny hyra: {new_rent}", "New rent: {new_rent}"),
        ("{from_date}", "{from_date}"),
        (r"LOIS", r"LOIS"),
    ],
    "K28": [
        ("{authorisation}", "{authorisation}"),
        ("{safe_way}", "{safe_way}"),
        (r"bara lämna ut uppgifter till", r"only give information to"),
        (r"inte papper eller personnummer", r"not e-mail papers or personal identity"),
    ],
    "K29": [
        ("{case_number}", "{case_number}"),
        ("{status}", "{status}"),
        ("{details}", "{details}"),
        (r"samtal i dag", r"call today"),
    ],
    "K30": [
        ("{service_name}", "{service_name}"),
        ("{period}", "{period}"),
        ("{attachment}", "{attachment}"),
    ],
}

WRITTEN_OUT = {
    "sv": {"2018-03-01": "torsdag 1 mars", "2018-03-29": "torsdag 29 mars"},
    "en": {"2018-03-01": "Thursday 1 March", "2018-03-29": "Thursday 29 March"},
} | {}
WRITTEN_OUT["sv"] |= {"2018-04-12": "torsdag 12 april", "2018-04-30": "måndag 30 april"}
WRITTEN_OUT["en"] |= {"2018-04-12": "Thursday 12 April", "2018-04-30": "Monday 30 April"}
WRITTEN_OUT["sv"] |= {"2018-04-01": "söndag 1 april"}
WRITTEN_OUT["en"] |= {"2018-04-01": "Sunday 1 April"}


def said_in(code: str, language: str) -> str:
    made = letter(BY_CODE[code], language)
    is_line = TEMPLATES.get(BY_CODE[code]).form is Form.LINE
    return made.text if is_line else message(made)


def pattern(code: str, language: str, phrase: str) -> str:
    """Put the samples, as they are written in a letter, in place of the fields."""
    sample = TEMPLATES.get(BY_CODE[code]).sample(language)

    def value(match: re.Match[str]) -> str:
        given = sample[match.group(1)]
        first = given if isinstance(given, str) else given[0]
        return re.escape(WRITTEN_OUT[language].get(first, first))

    return re.sub(r"\{(\w+)\}", value, phrase)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", ROWS)
def test_a_letter_carries_what_its_row_lists(code, language):
    said = said_in(code, language)
    place = 1 if language == Language.ENGLISH else 0
    wanted = [pattern(code, language, phrases[place]) for phrases in ROWS[code]]
    assert [phrase for phrase in wanted if not re.search(phrase, said, re.DOTALL)] == []


def test_every_template_has_its_row():
    assert ROWS.keys() == BY_CODE.keys()


FOUND = {
    "sv": (r"hittat betalningen.*måndag 5 mars", r"återkallat", r"behöver inte göra något mer"),
    "en": (r"found the payment.*Monday 5 March", r"withdrawn", r"do not need to do anything more"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_payment_that_was_found_is_not_asked_for_again(language):
    said = message(full(BY_CODE["K18"], language))
    assert [phrase for phrase in FOUND[language] if not re.search(phrase, said)] == []
    assert not re.search(r"kvitto|receipt", said)


@pytest.mark.parametrize(
    ("language", "none", "part"),
    [
        ("sv", "Du får ingen ny faktura.", "bara ska betala en del: 200 kronor"),
        ("en", "You will not get a new invoice.", "only pay a part: SEK 200"),
    ],
)
def test_a_credited_invoice_says_what_is_left_to_pay(language, none, part):
    name = BY_CODE["K15"]
    assert none in letter(name, language, new_invoice_number="").text
    assert none not in letter(name, language).text
    assert part in letter(name, language, remaining=part.rpartition(": ")[2]).text
