import pytest

from functionmail import parse
from functionmail.message import Fault

HTML = "<html><body><p>Hela brevet står här, med <b>faktura 40012345</b>.</p></body></html>"


def mail(kind, *parts):
    body = "".join(f"--b\n{part}\n" for part in parts)
    head = "From: eva@stad.example\nMessage-ID: <a@b.example>\n"
    return parse.parse(
        f"{head}Content-Type: multipart/{kind}; boundary=b\n\n{body}--b--\n".encode()
    )


def text(body, kind="plain", extra=""):
    return f"Content-Type: text/{kind}; charset=utf-8\n{extra}\n{body}"


class TestAlternatives:
    def test_the_text_is_preferred_and_the_html_kept(self):
        message = mail("alternative", text("Kort text."), text(HTML, "html"))
        assert (message.body, message.html) == ("Kort text.", HTML)

    @pytest.mark.parametrize(
        "stub",
        [
            "",
            " \n\n",
            "Ditt e-postprogram stöder inte HTML.",
            "This message requires an HTML viewer.",
            "Your client cannot show HTML mail.",
            "Kan du inte läsa brevet? Öppna det i en webbläsare: https://stad.example/1",
            "View this email in your browser",
        ],
    )
    def test_a_text_that_only_points_to_the_html_gives_way_to_it(self, stub):
        message = mail("alternative", text(stub), text(HTML, "html"))
        assert message.body == "Hela brevet står här, med faktura 40012345."

    def test_a_text_that_mentions_html_among_other_things_stays(self):
        long = "Vi får inte upp HTML i e-postklienten när vi läser fakturan.\n" * 15
        assert mail("alternative", text(long), text(HTML, "html")).body == long.strip()

    def test_a_short_letter_that_names_a_page_in_its_signature_stays(self):
        # "Service… webben" within an address was read as "se … webben".
        short = "Svara i dag.\n\nServicecenter\nFrågor: https://kundwebben.stad.example/"
        assert mail("alternative", text(short), text(HTML, "html")).body == short

    def test_a_stub_alone_is_better_than_nothing(self):
        assert mail("alternative", text("Läs brevet i en webbläsare")).body != ""

    def test_the_html_of_a_related_part_is_found(self):
        related = (
            "Content-Type: multipart/related; boundary=c\n\n"
            f"--c\n{text(HTML, 'html')}\n--c\nContent-Type: image/png\n\nx\n--c--\n"
        )
        message = mail("alternative", text(""), related)
        assert message.body.startswith("Hela brevet")
        assert [one.content_type for one in message.attachments] == ["image/png"]


class TestTextAndFiles:
    def test_texts_beside_each_other_are_joined(self):
        assert mail("mixed", text("ett"), text("<p>två</p>", "html")).body == "ett\n\ntvå"

    @pytest.mark.parametrize(
        "extra",
        [
            "Content-Disposition: attachment\n",
            "Content-Disposition: attachment; filename=a.txt\n",
            "Content-Disposition: inline; filename=a.txt\n",
        ],
    )
    def test_a_text_that_is_a_file_is_an_attachment(self, extra):
        message = mail("mixed", text("brevet"), text("filen", extra=extra))
        assert message.body == "brevet"
        assert [one.content_type for one in message.attachments] == ["text/plain"]

    @pytest.mark.parametrize("kind", ["application/pdf", "text/calendar", "application/ms-tnef"])
    def test_what_is_no_text_is_an_attachment(self, kind):
        message = mail("mixed", text("brevet"), f"Content-Type: {kind}; name=a.b\n\nx")
        assert [(one.filename, one.content_type, one.size) for one in message.attachments] == [
            ("a.b", kind, 1)
        ]

    def test_html_that_calls_itself_plain_is_read_as_html(self):
        message = mail("mixed", text(HTML))
        assert message.body == "Hela brevet står här, med faktura 40012345."

    def test_flowed_lines_are_joined(self):
        part = "Content-Type: text/plain; format=flowed; delsp=yes\n\nfak \ntura\nslut"
        assert mail("mixed", part).body == "faktura\nslut"


class TestSealedMail:
    @pytest.mark.parametrize(
        ("part", "fault"),
        [
            ("Content-Type: application/pgp-encrypted\n\nVersion: 1", Fault.ENCRYPTED),
            (
                "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nx",
                Fault.ENCRYPTED,
            ),
            ("Content-Type: application/pkcs7-mime\n\nx", Fault.ENCRYPTED),
            (
                "Content-Type: application/pkcs7-mime; smime-type=signed-data\n\nx",
                Fault.SIGNED_OPAQUE,
            ),
            (text("-----BEGIN PGP MESSAGE-----\n\nx"), Fault.ENCRYPTED),
        ],
    )
    def test_mail_that_cannot_be_read_says_so(self, part, fault):
        assert fault in mail("mixed", part).faults

    def test_signed_mail_is_read_like_any_other(self):
        signature = "Content-Type: application/pkcs7-signature; name=smime.p7s\n\nx"
        message = mail("signed", text("Hej"), signature)
        assert (message.body, message.faults) == ("Hej", ())
