"""New text, quoted history and signature, as the clients of six languages write them."""

from __future__ import annotations

import time
from itertools import chain

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from functionmail.quoting import Parts, split

QUESTION = "Hej!\n\nKan vi få anstånd på faktura 40012345?"
HISTORY = "Hej Anna,\nVilket datum gäller det?\nMvh Jessica"

INTRODUCTIONS = {
    "outlook desktop sv": (
        "Från: Kundreskontra\nSkickat: den 8 mars 2018 10:12\nTill: Anna Berg\nÄmne: SV: Anstånd"
    ),
    "outlook desktop sv without subject": (
        "Från: Kundreskontra\nSkickat: den 8 mars 2018 10:12\nTill: Anna Berg"
    ),
    "outlook desktop sv with copies": (
        "Från: Kundreskontra [mailto:kr@stad.example]\nSkickat: den 8 mars 2018 10:12\n"
        "Till: Anna Berg; Bo Ek;\n Cia Gran\nKopia: Di Holm\nÄmne: SV: Anstånd\nPrioritet: Hög"
    ),
    "outlook desktop en": (
        "From: Kundreskontra\nSent: Wednesday, July 25, 2018 3:12 PM\nTo: Anna\nSubject: RE: x"
    ),
    "outlook desktop de": (
        "Von: Kundreskontra\nGesendet: Mittwoch, 25. Juli 2018 15:12\nAn: Anna\nBetreff: AW: x"
    ),
    "outlook desktop fi": (
        "Lähettäjä: Kundreskontra\nLähetetty: keskiviikko 25. heinäkuuta 2018 15.12\n"
        "Vastaanottaja: Anna\nAihe: VS: Lasku"
    ),
    "outlook desktop da": (
        "Fra: Kundreskontra\nSendt: 25. juli 2018 15:12\nTil: Anna\nCc: Bo\nEmne: SV: Faktura"
    ),
    "outlook desktop nb": (
        "Fra: Kundreskontra <kr@stad.example>\nSendt: onsdag 25. juli 2018 15:12\nTil: Anna\n"
        "Kopi: Bo\nEmne: SV: Faktura"
    ),
    "outlook desktop fr": (
        "De : Kundreskontra\nEnvoyé : mercredi 25 juillet 2018 15:12\nÀ : Anna\nObjet : RE: Facture"
    ),
    "outlook web with a rule": (
        "________________________________\nFrån: Kundreskontra <kr@stad.example>\n"
        "Skickat: den 8 mars 2018 10:12:33\nTill: Anna Berg\nÄmne: SV: Anstånd"
    ),
    "outlook web with blank lines between": (
        "Från: Kundreskontra\n\nSkickat: den 8 mars 2018 10:12\n\nTill: Anna\n\nÄmne: SV: Anstånd"
    ),
    "outlook header in bold, as gmail writes it": (
        "*Från:* Kundreskontra <kr@stad.example>\n*Skickat:* den 8 mars 2018 10:12\n"
        "*Till:* Anna\n*Ämne:* SV: Anstånd"
    ),
    "outlook header flattened into one line": (
        "Från: Kundreskontra Skickat: den 8 mars 2018 10:12 Till: Anna Berg Ämne: SV: Anstånd"
    ),
    "outlook mobile": (
        "________________________________\nFrom: Kundreskontra <kr@stad.example>\n"
        "Sent: Thursday, March 8, 2018 10:12:33 AM\nTo: Anna <anna@x.example>\nSubject: SV: Anstånd"
    ),
    "outlook 2003": (
        "-----Ursprungligt meddelande-----\nFrån: Kundreskontra\nSkickat: den 8 mars 2018 10:12\n"
        "Till: Anna\nÄmne: SV: Anstånd"
    ),
    "separator sv": "-----Ursprungligt meddelande-----",
    "separator samsung sv": "-------- Originalmeddelande --------",
    "separator thunderbird forward sv": "-------- Vidarebefordrat meddelande --------",
    "separator en": "-----Original Message-----",
    "separator gmail forward en": "---------- Forwarded message ---------",
    "separator de": "-----Ursprüngliche Nachricht-----",
    "separator fi": "-----Alkuperäinen viesti-----",
    "separator da": "-----Oprindelig meddelelse-----",
    "separator nb": "-----Opprinnelig melding-----",
    "separator with underscores": "___ Ursprungligt meddelande ___",
    "apple forward sv": "Vidarebefordrat brev:\n\nFrån: Bo <kr@stad.example>\nÄmne: Anstånd",
    "apple forward en": "Begin forwarded message:\n\nFrom: Kundreskontra <kr@stad.example>",
    "gmail sv": "Den tis 4 sep. 2018 kl 08:15 skrev Kundreskontra <kr@stad.example>:",
    "gmail sv wrapped": "Den tis 4 sep. 2018 kl 08:15 skrev Kundreskontra <\nkr@stad.example>:",
    "gmail sv android": "Den ons 2 maj 2018 09:50 skrev Kundreskontra:",
    "gmail old": "2018-06-20 14:14 GMT+02:00 Kundreskontra <kr@stad.example>:",
    "gmail en": "On Wed, Jun 20, 2018 at 2:14 PM Kundreskontra <kr@stad.example> wrote:",
    "gmail en wrapped": (
        "On Wed, Jun 20, 2018 at 2:14 PM Kundreskontra i Exempelstad <\nkr@stad.example>\nwrote:"
    ),
    "gmail de": "Am Mi., 20. Juni 2018 um 14:14 Uhr schrieb Kundreskontra <kr@stad.example>:",
    "gmail fi": "ke 20. kesäk. 2018 klo 14.14 Kundreskontra (kr@stad.example) kirjoitti:",
    "gmail da": "Den ons. 20. jun. 2018 kl. 14.14 skrev Kundreskontra <kr@stad.example>:",
    "gmail nb": "ons. 20. jun. 2018 kl. 14:14 skrev Kundreskontra <kr@stad.example>:",
    "apple sv": "20 juni 2018 kl. 14:14 skrev Kundreskontra <kr@stad.example>:",
    "apple en": "On 20 Jun 2018, at 14:14, Kundreskontra <kr@stad.example> wrote:",
    "apple de": "Am 20.06.2018 um 14:14 schrieb Kundreskontra <kr@stad.example>:",
    "thunderbird sv": "Den 2018-06-20 kl. 14:14, skrev Kundreskontra:",
    "thunderbird en": "On 20/06/2018 14:14, Kundreskontra wrote:",
    "thunderbird de": "Am 20.06.18 um 14:14 schrieb Kundreskontra:",
    "thunderbird fi": "Kundreskontra <kr@stad.example> kirjoitti 20.6.2018 klo 14.14:",
    "thunderbird nb": "Den 20.06.2018 14:14, skrev Kundreskontra:",
    "yahoo sv": "Den onsdag 20 juni 2018 14:14:33 CEST, Kundreskontra <kr@stad.example> skrev:",
    "k-9 sv": "Kundreskontra <kr@stad.example> skrev: (20 juni 2018 14:14:33 CEST):",
    "groupwise": ">>> Kundreskontra <kr@stad.example> 2018-06-20 14:14 >>>",
    "lotus": "Från: Kundreskontra/STAD\nTill: Anna/X\nDatum: 2018-06-20 14:14\nÄmne: SV: Anstånd",
    "without diacritics": (
        "Fran: Kundreskontra\nSkickat: den 8 mars 2018 10:12\nTill: Anna\nAmne: SV: Anstand"
    ),
    "capitals": "FRÅN: KR\nSKICKAT: DEN 8 MARS 2018 10:12\nTILL: ANNA\nÄMNE: SV: ANSTÅND",
}
introductions = pytest.mark.parametrize(
    "introduction", INTRODUCTIONS.values(), ids=INTRODUCTIONS.keys()
)


def filled(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


@introductions
def test_history_is_cut_where_the_client_introduces_it(introduction):
    parts = split(f"{QUESTION}\n\n{introduction}\n\n{HISTORY}")

    assert parts.text == QUESTION
    assert parts.quoted == f"{introduction}\n\n{HISTORY}"


@introductions
def test_history_marked_line_by_line_is_cut_as_well(introduction):
    marked = "\n".join(f"> {line}" for line in HISTORY.split("\n"))

    parts = split(f"{QUESTION}\n\n{introduction}\n{marked}")

    assert parts.text == QUESTION
    assert filled(parts.quoted) == filled(f"{introduction}\n{marked}")


@introductions
def test_a_forward_without_own_words_has_no_text(introduction):
    parts = split(f"{introduction}\n\n{HISTORY}")

    assert parts == Parts(text="", quoted=f"{introduction}\n\n{HISTORY}", signature="")


@introductions
def test_the_introduction_is_found_with_windows_line_ends_too(introduction):
    parts = split(f"{QUESTION}\n\n{introduction}\n\n{HISTORY}".replace("\n", "\r\n"))

    assert parts.text == QUESTION


def test_the_short_text_above_a_forward_is_the_text():
    parts = split("Se nedan.\n\nFrån: Bo\nSkickat: den 8 mars 2018 10:12\nÄmne: x\n\nStoppa den!")

    assert parts.text == "Se nedan."
    assert parts.quoted.endswith("Stoppa den!")


def test_answers_between_quoted_lines_stay_in_the_text():
    parts = split(
        "Den 2018-06-20 kl. 14:14, skrev Bo:\n> Vilket nummer?\n40012345\n\n> När?\n\n31 maj"
    )

    assert filled(parts.text) == ["40012345", "31 maj"]
    assert len(filled(parts.quoted)) == 3


def test_an_answer_below_the_quote_stays_in_the_text():
    parts = split("On 20/06/2018 14:14, Bo wrote:\n> When?\n> Why?\n\nNext week.\n\nRegards\nAnna")

    assert parts.text == "Next week."
    assert parts.signature == "Regards\nAnna"


def test_an_answer_between_quotes_stays_in_the_text_where_only_the_html_marks_them():
    body = "On Wed, Jun 20, 2018 at 2:14 PM Bo <b@x.example> wrote:\nWhich?\n40012345\nWhen?\nMay"
    html = (
        '<div class="gmail_quote"><div class="gmail_attr">On Wed, Jun 20, 2018 at 2:14 PM Bo '
        "&lt;b@x.example&gt; wrote:</div><blockquote class='gmail_quote'>Which?</blockquote>"
        "<div>40012345</div><blockquote class='gmail_quote'>When?</blockquote><div>May</div></div>"
    )

    parts = split(body, html)

    assert filled(parts.text) == ["40012345", "May"]


@pytest.mark.parametrize(
    "body",
    [
        "Perioden är\nFrån: 2018-01-01\nTill: 2018-03-31\nÄmne: hyra\noch inget annat.",
        "Från: 2018-01-01\nTill: 2018-03-31",
        "Resa:\nDatum: 2018-05-05\nFrån: Björkholm\nTill: Malmö\nÄmne: konferens\nSumma: 400 kr",
        "Datum: 2018-05-05\nTill: Kundreskontra\nÄmne: Anstånd\nVi behöver anstånd.",
        "Till: Kundreskontra\nFrån: Anna Berg, trafikkontoret\nVi behöver anstånd.",
        "Från: Anna Berg\nTill: Kundreskontra\nVi behöver anstånd.",
        "Från: Anna Berg\nDatum: 2018-05-05\nÄmne: anstånd\nVi behöver anstånd.",
        "Den 3 oktober skrev jag till er:\nFakturan är fel.",
        "Den 3 oktober 2018 kl 10:12 skrev jag till er:\nFakturan är fel.",
        "Den 3 oktober skrev Anna Berg:\nFakturan är fel.",
        "I ett mejl den 3 oktober 2018 kl 10:12 skrev handläggaren följande:\nVänta.",
        "On 5 May 2018 at 10:12 you wrote to me:\nPlease wait.",
        "Summan är\n> 10 000 kr\noch ska delas.",
        "- fakturan 40012345\n- fakturan 40012346\n-- och en till",
        "--------------------\nTabell\n--------------------\nRad 1",
        "Ämne: jag skriver igen\n\nDatum: i går kl 10:12\n\nFråga: varför?",
        "Vidarebefordrat meddelande från Anna: hon vill ha anstånd.",
        "Original message got lost, so I write again.",
    ],
)
def test_a_persons_own_text_is_not_cut(body):
    assert split(body) == Parts(text=body, quoted="", signature="")


SIGNATURES = [
    "Med vänlig hälsning\nKatarina Lindvall\nEkonomihandläggare\nTfn 08-465 004 12",
    "Med vänliga hälsningar\nAnna Berg",
    "Med vänlig hälsning / Best regards\nAnna Berg",
    "Vänliga hälsningar,\nAnna",
    "Bästa hälsningar\nAnna",
    "Varma hälsningar Anna",
    "Med hälsning\nÅke Blom",
    "Hälsningar\nOve\nGrus & Schakt i Lillån AB",
    "Hälsningar Yvonne\nIdrottsförvaltningen",
    "Mvh Birgitta\nTallbackaskolan",
    "MVH\nTobias",
    "mvh",
    "M.v.h. Bo Ek",
    "VH Anna",
    "Hälsar Bo",
    "Vänligen\nMaria Stenqvist, dotter\n070-174 06 48",
    "Vänligen Pia",
    "Tack på förhand\nÅsa",
    "Tack på förhand, Elin Fors",
    "Högaktningsfullt\nLars-Erik Holm",
    "Med vanlig halsning\nAsa",
    "/Anna",
    "/ Anna Berg, trafikkontoret",
    "//Bo",
    "Best regards,\nRobert Kask\nKask Transport OÜ, Tallinn",
    "Kind regards\nTreasury Desk, Baltic Harbour Logistics",
    "Regards\nAnna",
    "Sincerely,\nHelen Whitmore",
    "Yours sincerely\nHelen",
    "Best wishes,\nIngrid",
    "Thanks in advance\nBob",
    "Mit freundlichen Grüßen\nAnna Schmidt\nBuchhaltung",
    "Mit freundlichem Gruß\nAnna",
    "Viele Grüße\nAnna",
    "MfG\nAnna",
    "Ystävällisin terveisin\nAnu Rautio",
    "Terveisin Anu",
    "Med venlig hilsen\nSøren Holm",
    "Venlig hilsen Søren",
    "Med vennlig hilsen\nKåre",
    "Hilsen Kåre",
    "-- \nAnna Berg\nEkonom, trafikkontoret\nVi gör staden bättre",
    "--\nAnna Berg\nwww.stad.example",
    "Skickat från min iPhone",
    "Skickat från min Samsung",
    "Skickat från min Huawei-telefon",
    "Skickat från Outlook för Android",
    "Hämta Outlook för iOS",
    "Skickat från Yahoo Mail för iPhone",
    "Skickat från E-post för Windows 10",
    "Skickat fran min iPad",
    "Sent from my iPhone",
    "Get Outlook for Android",
    "Von meinem iPhone gesendet",
    "Lähetetty iPhonesta",
    "Sendt fra min iPhone",
    "Mvh Anna\n\nSkickat från min iPhone",
    "Mvh\n\nAnna Berg\nEkonom\n\nTrafikkontoret\nBox 114\n100 00 Björkholm\nwww.stad.example",
    "Mvh Anna\n\nDetta meddelande kan innehålla konfidentiell information och är endast avsett\n"
    "för adressaten. Har du fått det av misstag ber vi dig radera det.",
    "Tänk på miljön innan du skriver ut detta mejl.",
    "This e-mail is intended solely for the addressee.",
]


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_signature_is_taken_from_the_text(signature):
    assert split(f"{QUESTION}\n\n{signature}\n") == Parts(
        text=QUESTION, quoted="", signature=signature
    )


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_signature_above_the_history_is_taken_too(signature):
    history = f"Från: Bo\nSkickat: den 8 mars 2018 10:12\nÄmne: x\n\n{HISTORY}"

    parts = split(f"{QUESTION}\n{signature}\n\n{history}")

    assert parts == Parts(text=QUESTION, quoted=history, signature=signature)


@pytest.mark.parametrize(
    "postscript",
    [
        "PS. Fakturan förfaller i morgon!",
        "PS: stoppa även 40012346",
        "P.S. Ring gärna",
        "Ps glöm inte 40012346",
        "OBS! Förfaller i dag",
        "NB: due today",
    ],
)
def test_a_postscript_below_the_signature_is_text(postscript):
    parts = split(f"{QUESTION}\n\nMvh\nAnna Berg\nTrafikkontoret\n\n{postscript}")

    assert filled(parts.text) == [*filled(QUESTION), postscript]
    assert parts.signature == "Mvh\nAnna Berg\nTrafikkontoret"


@pytest.mark.parametrize(
    "more",
    [
        "Fakturan förfaller i morgon så det är bråttom.",
        "Kan ni ringa mig?",
        "40012346 är den andra fakturan",
        "Stoppa den!",
        "Glömde: 40012346",
        "FAKTURAN SKA STOPPAS I DAG",
        "jag vill att ni stoppar den",
    ],
)
def test_sentences_below_a_sign_off_keep_everything_in_the_text(more):
    body = f"{QUESTION}\n\nMvh\nAnna\n\n{more}"

    assert split(body) == Parts(text=body, quoted="", signature="")


@pytest.mark.parametrize(
    "line",
    [
        "Vänligen uppdatera era uppgifter.",
        "Vänligen återkom",
        "Tack för hjälpen med fakturan!",
        "Thanks for the reminder you sent",
        "Hälsningar från mig till alla er som jobbar med fakturor i dag",
        "/gemensam/faktura",
        "--\nStoppa betalningen",
        "Skickat från fel adress, ursäkta",
        "Mvh är en förkortning som ni använde i brevet om 40012345, vad betyder den?",
        "Bäste handläggare, stoppa fakturan",
    ],
)
def test_lines_that_only_resemble_a_sign_off_stay_in_the_text(line):
    body = f"{QUESTION}\n{line}"

    assert split(body) == Parts(text=body, quoted="", signature="")


def test_a_mail_that_is_only_a_sign_off_stays_text():
    assert split("Mvh\nAnna").text == "Mvh\nAnna"


@pytest.mark.parametrize(
    ("html", "body"),
    [
        (
            "<div>Nytt</div><div id='appendonsend'></div><hr><div id='divRplyFwdMsg'>Xyz: Bo</div>"
            "<div>Gammalt</div>",
            "Nytt\n\nXyz: Bo\nGammalt",
        ),
        ("<p>Nytt</p><hr id='stopSpelling'>Xyz: Bo<br>Gammalt", "Nytt\n\nXyz: Bo\nGammalt"),
        (
            "<div>Nytt</div><div class='gmail_quote'>Xyz<br><blockquote>Gammalt</blockquote></div>",
            "Nytt\n\nXyz\n\n  Gammalt",
        ),
        (
            "<div>Nytt</div><div class=moz-cite-prefix>Xyz</div>"
            "<blockquote type='cite'>Gammalt</blockquote>",
            "Nytt\nXyz\nGammalt",
        ),
        (
            "<p>Nytt</p><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt'>"
            "<p><b>Från:</b> Bo</p></div><p>Gammalt</p>",
            "Nytt\nFrån: Bo\nGammalt",
        ),
        (
            "<p>Nytt</p><div style='border:none;border-top:solid #B5C4DF 1.0pt'>"
            "<p><b>From:</b> Bo</p></div><p>Gammalt</p>",
            "Nytt\nFrom: Bo\nGammalt",
        ),
        (
            "<p>Nytt</p><div id='x_divRplyFwdMsg'>Xyz: Bo</div><p>Gammalt</p>",
            "Nytt\n\nXyz: Bo\n\nGammalt",
        ),
        (
            "<div>Nytt</div><blockquote type=cite><p>Xyz</p>Gammalt</blockquote>",
            "Nytt\n\n> Xyz\n> Gammalt",
        ),
    ],
)
def test_the_html_says_where_history_begins(html, body):
    parts = split(body, f"<html><head><style>p {{x}}</style></head><body>{html}</body></html>")

    assert parts.text == "Nytt"
    assert parts.quoted.split()[-1] == "Gammalt"


def test_a_border_without_a_sender_is_no_history():
    html = "<p>Ett</p><div style='border-top:solid 1.0pt'><p>Två</p></div>"

    assert split("Ett\nTvå", html).text == "Ett\nTvå"


def test_text_after_a_cited_block_stays_in_the_text():
    html = "<blockquote type='cite'>Gammalt</blockquote><p>Nytt under</p>"

    parts = split("Gammalt\nNytt under", html)

    assert parts == Parts(text="Nytt under", quoted="Gammalt", signature="")


def test_html_that_does_not_belong_to_the_body_changes_nothing():
    html = "<blockquote type='cite'>Något helt annat som inte finns i texten</blockquote>"

    assert split(QUESTION, html).text == QUESTION


@pytest.mark.parametrize(
    "html",
    ["", "<", "cite", "\0cite", "<!-- cite", "<?xml cite?>", "<cite>\ud800", "cite" * 60_000],
)
def test_broken_html_is_ignored(html):
    assert split(QUESTION, html).text == QUESTION


pieces = st.sampled_from(
    [
        *INTRODUCTIONS.values(),
        *SIGNATURES,
        "> citat",
        ">> citat",
        "",
        "   ",
        "--",
        "PS. mer",
        "Hej!",
        "40012345",
        "\x0c",
        "\u2028",
        "x" * 700,
    ]
)
bodies = st.lists(pieces | st.text(max_size=40), max_size=14).map("\n".join)


@given(bodies, st.none() | bodies | bodies.map(lambda text: f"<blockquote type=cite>{text}"))
@example("Hej\n\n> \n", None)
def test_every_line_is_in_exactly_one_part_and_in_order(body, html):
    parts = split(body, html)
    lines = filled(body.replace("\r\n", "\n").replace("\r", "\n"))
    remaining = [filled(parts.text), filled(parts.quoted), filled(parts.signature)]

    assert sorted(lines) == sorted(chain(*remaining))
    for part in remaining:
        iterator = iter(lines)
        assert all(line in iterator for line in part)


@given(bodies)
def test_no_part_starts_or_ends_with_a_blank_line(body):
    parts = split(body)

    for part in (parts.text, parts.quoted, parts.signature):
        assert part == "" or (part.split("\n")[0].strip() and part.split("\n")[-1].strip())


def test_lines_beyond_the_limit_go_with_the_last_examined_one():
    long = "\n".join(f"rad {number}" for number in range(3000))

    assert split(long).text == long
    assert split(f"Nytt\n-----Original Message-----\n{long}").text == "Nytt"


HOSTILE = [
    "On On On ",
    "On\n",
    "From:\n",
    "Från: x\nSkickat: \n",
    "> \n",
    ">",
    "-- \n",
    "Mvh\n",
    "\n",
    "<b>",
    "Den 5 maj 2018 kl 10:12 skrev a",
    "On 1 wrote\n",
    "--------",
    "PS\n",
    "från: till: ",
    "\u0130",
    "med vänlig och ",
    "m . v . h . ",
    "Mvh Anna\nAnna\n\nAnna\n",
    "konfidentiell information\n",
    "<a@b> wrote ",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_takes_linear_time(piece):
    body = piece * (100_000 // len(piece))

    assert seconds(body, None) < 0.05


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize(
    "frame",
    [
        "<blockquote type=cite>{}</blockquote>",
        "<div style='border-top:solid 1pt'>{}",
        "<div class=gmail_quote>{}<blockquote type=cite>",
    ],
)
def test_hostile_html_takes_linear_time(piece, frame):
    body = piece * (20_000 // len(piece))
    html = frame.format(piece) * (100_000 // len(frame.format(piece)))

    assert seconds(body, html) < 0.1


def test_an_ordinary_mail_takes_no_time():
    body = f"{QUESTION}\n\n{SIGNATURES[0]}\n\n{INTRODUCTIONS['outlook desktop sv']}\n\n{HISTORY}"

    assert seconds(body, None, times=50) < 0.000_2


def seconds(body: str, html: str | None, *, times: int = 3) -> float:
    """Return the best of several, so that a busy machine does not decide."""
    spent = []
    for _ in range(times):
        started = time.process_time()
        split(body, html)
        spent.append(time.process_time() - started)
    return min(spent)
