"""Signed and encrypted mail. Keys and signatures are nonsense; only the shape matters."""

from __future__ import annotations

from collections.abc import Iterator

from functionmail.message import Fault
from tests.hostile_families.base import (
    SAYS,
    SUBJECT,
    TEXT_PART,
    Family,
    HostileMail,
    b64,
    mail,
    multipart,
    part,
)

_SIGNED_DATA = bytes.fromhex("308006092a864886f70d010702a080") + bytes(60)
_ENVELOPED_DATA = bytes.fromhex("308006092a864886f70d010703a080") + bytes(60)
_ARMOUR = "-----BEGIN PGP {0}-----\n\nhQEMA0hej\n-----END PGP {0}-----\n"


def _pkcs7(kind: str, raw: bytes, media: str = "application/pkcs7-mime") -> bytes:
    return mail(
        f"Content-Type: {media}; name=smime.p7m{kind}",
        "Content-Transfer-Encoding: base64",
        body=b64(raw),
    )


def mails() -> Iterator[HostileMail]:
    """Yield mail that is signed, or that only its recipient can read."""
    readable = {
        "smime-clear-signed": _signed("application/pkcs7-signature", "pkcs7-signature"),
        "smime-clear-signed-old-type": _signed(
            "application/x-pkcs7-signature", "x-pkcs7-signature"
        ),
        "pgp-mime-signed": _signed("application/pgp-signature", "pgp-signature"),
        "pgp-clear-signed": mail(
            body=f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{SAYS}\n"
            + _ARMOUR.format("SIGNATURE")
        ),
        "pgp-key-attached": _with_part(
            part("Content-Type: application/pgp-keys", body=_ARMOUR.format("PUBLIC KEY BLOCK"))
        ),
        "signature-missing": _of(multipart(TEXT_PART, kind="signed")),
    }
    for name, content in readable.items():
        yield HostileMail(
            name=name, family=Family.SEALED, content=content, subject=SUBJECT, says=SAYS
        )
    sealed: dict[str, tuple[bytes, Fault]] = {
        "smime-enveloped": (
            _pkcs7("; smime-type=enveloped-data", _ENVELOPED_DATA),
            Fault.ENCRYPTED,
        ),
        "smime-enveloped-undeclared": (_pkcs7("", _ENVELOPED_DATA), Fault.ENCRYPTED),
        "smime-opaque-signed": (
            _pkcs7("; smime-type=signed-data", _SIGNED_DATA),
            Fault.SIGNED_OPAQUE,
        ),
        "smime-opaque-undeclared": (_pkcs7("", _SIGNED_DATA), Fault.SIGNED_OPAQUE),
        "smime-old-type": (
            _pkcs7("; smime-type=signed-data", _SIGNED_DATA, "application/x-pkcs7-mime"),
            Fault.SIGNED_OPAQUE,
        ),
        "smime-certificates-only": (
            _pkcs7("; smime-type=certs-only", _SIGNED_DATA),
            Fault.SIGNED_OPAQUE,
        ),
        "smime-of-nonsense": (_pkcs7("", b"x"), Fault.ENCRYPTED),
        "pgp-mime-encrypted": (_pgp_encrypted(), Fault.ENCRYPTED),
        "pgp-inline": (mail(body=_ARMOUR.format("MESSAGE")), Fault.ENCRYPTED),
        "rights-managed": (
            _with_part(part("Content-Type: application/x-microsoft-rpmsg-message", body="x")),
            Fault.ENCRYPTED,
        ),
    }
    for name, (content, fault) in sealed.items():
        yield HostileMail(
            name=name, family=Family.SEALED, content=content, subject=SUBJECT, fault=fault
        )


def _of(made: tuple[str, bytes]) -> bytes:
    header, body = made
    return mail(header, body=body)


def _signed(media: str, kind: str) -> bytes:
    signature = part(f"Content-Type: {media}; name=smime.p7s", body=b64(b"signatur"))
    header, body = multipart(TEXT_PART, signature, kind="signed")
    return mail(f'{header}; protocol="application/{kind}"', body=body)


def _with_part(extra: bytes) -> bytes:
    return _of(multipart(TEXT_PART, extra))


def _pgp_encrypted() -> bytes:
    version = part("Content-Type: application/pgp-encrypted", body="Version: 1")
    message = part("Content-Type: application/octet-stream", body=_ARMOUR.format("MESSAGE"))
    return _of(multipart(version, message, kind="encrypted"))
