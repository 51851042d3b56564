"""What must be shown to few: numbers of persons, protected persons, and health in lay words."""

from __future__ import annotations

import pytest

from bot.vocabulary import Kind
from tests.triage.desk import mail, read, triaged

HEALTH = [
    "Jag ligger på avd 43 sedan skärtorsdagen, hjärtat.",
    "Ligger på ortopeden med brutet bäcken sedan tre veckor.",
    "JAG LIGGER PA SJUKHUSET MED LUNGINFLAMATION",
    "Min man har varit borta sedan sitt slaganfall i augusti.",
    "Kunden har fått covid och ligger i respirator.",
    "Jag är sjukpensionär sedan svetsolyckan.",
    "Läkarna har hittat en knöl som måste bort.",
    "Har gått hemma sedan i vintras, ryggen är slut.",
    "Jag går på behandlingshem för mitt drickande.",
    "Min huvudman är intagen enligt LPT.",
    "Vi väntar barn men jag har fått order om att ligga stilla.",
    "Min äldsta har fått diagnosen Aspergers.",
    "Har artros i båda knäna och kan inte stå.",
    "Jag har gått in i väggen och öppnar ingen post.",
    "Mamma är 94 och har blivit mycket förvirrad.",
    "Min syster har Downs syndrom och bor på LSS-boende.",
    "Jag ser dåligt, det är gula fläcken.",
    "Flickan har celiaki och fick ändå betala för vanlig mat.",
    "Ring mig inte, jag har förlorat rösten efter strupoperationen.",
    "Kan inte lämna hemmet på grund av nedsatt immunförsvar.",
    "I lost the baby in week 30.",
    "I'm still short of breath and my doctor keeps me home.",
    "My wife has cancer and I have no time for this.",
]
IDENTITY = [
    "Jag har skyddade personuppgifter.",
    "Jag och barnen har flyttat från honom och ingen får veta var vi bor.",
    "Mannen har inte fått veta något om flytten.",
    "Klienten är gömd på annan ort.",
    "Personen är kvarskriven hos Skatteverket.",
    "Hon har skydd mot en närstående, pengarna får inte nå honom.",
    "Det skyddade boendet har skrivit ut kvinnans namn.",
    "Deras egna namn får inte synas.",
    "Hon lever på annan ort och han får inte veta det.",
    "Våra nya uppgifter får aldrig lämnas ut.",
    "Jag har fått kontaktförbud mot min sambo.",
    "Jag vågar inte stå i era papper, han har letat upp mig förut.",
    "My former husband is not allowed to come near us.",
    "Our address is hidden in the population register.",
    "Please tell nobody where we live.",
]
ORDINARY = [
    "Kan ni bokföra fakturan för medicinsk utrustning på konto 5410?",
    "Priserna är ju sjukt höga i år.",
    "Jag stod på läktaren och läste av mätaren.",
    "Det var ett missförstånd från vår sida.",
    "Vi har en konsert till hösten och behöver en faktura.",
    "Kom till lokalen i går, infarten var inte plogad.",
    "Vad gäller för hemtjänst och trygghetslarm på samma faktura?",
    "Min sambo glömmer alltid att betala.",
]


@pytest.mark.parametrize("body", HEALTH)
def test_health_in_the_words_of_lay_people_is_protected(body):
    assert triaged(f"Hej!\n{body}\nKim").protected


@pytest.mark.parametrize("body", IDENTITY)
def test_a_person_who_hides_is_protected(body):
    assert triaged(f"Hej!\n{body}\nKim").protected


@pytest.mark.parametrize("body", ORDINARY)
def test_words_that_only_resemble_such_words_are_not(body):
    assert not triaged(f"Hej!\n{body}\nKim").protected


def test_somebody_who_is_away_ill_is_protected_in_the_automatic_reply_too():
    found = triaged("Jag är sjukskriven till maj.", headers={"Auto-Submitted": "auto-replied"})
    assert (found.kind, found.protected) == (Kind.AUTO_REPLY, True)


def test_a_personal_number_is_protected_across_two_lines():
    assert read(mail("Det gäller 19811228-\n9874.")).protected


def test_a_number_in_the_form_of_a_person_protects_though_its_check_digit_is_wrong():
    assert triaged("Jag heter Lars 480312 2384 och undrar över min avgift.").protected


@pytest.mark.parametrize(
    "body",
    [
        "Kundnummer 400123 1250 kr.",
        "Kund 451012 2018 års faktura.",
        "Förfallodatum 2018-10-31\n2502 kr.",
    ],
)
def test_a_number_of_a_customer_or_a_date_beside_an_amount_protects_nothing(body):
    assert not triaged(f"Hej!\n{body}\nKim").protected
