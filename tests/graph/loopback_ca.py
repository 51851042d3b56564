"""A certificate authority of the tests' own, and what it signed for this machine."""

from __future__ import annotations

import ipaddress
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

_SINCE = datetime(2026, 1, 1, tzinfo=UTC)
_UNTIL = _SINCE + timedelta(days=3650)


class Authority:
    """Made once for all tests of a process.

    Attributes:
        ca_pem: The authority's own certificate.
        server: What a server on 127.0.0.1 shows.
        app_pem: Key and certificate of an application that signs in.
        app_certificate: The certificate alone, as it is registered.
    """

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback test CA")])
        self.ca_pem = _pem(self._certificate(self._key.public_key(), is_ca=True))
        server_key = ec.generate_private_key(ec.SECP256R1())
        server_pem = _key_pem(server_key) + _pem(self._certificate(server_key.public_key()))
        self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with in_a_file(server_pem) as file:
            self.server.load_cert_chain(file)
        app_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.app_certificate = self._certificate(app_key.public_key())
        self.app_pem = (_key_pem(app_key) + _pem(self.app_certificate)).decode("ascii")

    def _certificate(self, key, *, is_ca: bool = False) -> x509.Certificate:
        name = self._name if is_ca else x509.Name([])
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(_SINCE)
            .not_valid_after(_UNTIL)
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        )
        if not is_ca:
            hosts = x509.SubjectAlternativeName(
                [
                    x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
                    x509.DNSName("localhost"),
                ]
            )
            builder = builder.add_extension(hosts, critical=True)
        return builder.sign(self._key, hashes.SHA256())


@contextmanager
def in_a_file(content: bytes) -> Iterator[Path]:
    """Put bytes into a file for those that read only files."""
    with tempfile.TemporaryDirectory(prefix="loopback-ca-") as folder:
        file = Path(folder) / "file.pem"
        file.write_bytes(content)
        yield file


@cache
def authority() -> Authority:
    """Return the authority of this process."""
    return Authority()


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
