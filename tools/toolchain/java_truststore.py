"""Writes the certificates that this machine trusts as a Java key store: `java_truststore.py FILE`.

A downloaded Java has no list of certificates, and an installed one may lack the certificate of a company's proxy. The
format is JKS, as java.security.KeyStore reads it: a header, the certificates, and a SHA-1 hash that includes the
password.
"""

import hashlib
import os
import re
import ssl
import struct
import sys

BUNDLES = (os.environ.get("SSL_CERT_FILE", ""), "/etc/ssl/certs/ca-certificates.crt")
PASSWORD = "changeit"  # Java's default password. The file contains only public data.
MAGIC, VERSION, TRUSTED_CERTIFICATE = 0xFEEDFEED, 2, 2


def _text(text: str) -> bytes:
    encoded = text.encode()
    return struct.pack(">H", len(encoded)) + encoded


def key_store(certificates: list[bytes]) -> bytes:
    """Return a key store that contains the given DER certificates."""
    body = struct.pack(">III", MAGIC, VERSION, len(certificates))
    for number, certificate in enumerate(certificates):
        body += struct.pack(">I", TRUSTED_CERTIFICATE) + _text(f"certificate-{number}") + struct.pack(">Q", 0)
        body += _text("X.509") + struct.pack(">I", len(certificate)) + certificate
    digest = hashlib.sha1(PASSWORD.encode("utf-16-be") + b"Mighty Aphrodite" + body, usedforsecurity=False)
    return body + digest.digest()


def main() -> None:
    """Write the key store. Without a bundle on this machine, write nothing, so that Java keeps its own list."""
    for bundle in filter(os.path.isfile, BUNDLES):
        with open(bundle, encoding="ascii", errors="ignore") as file:
            found = re.findall("-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", file.read(), re.DOTALL)
        if found:
            with open(sys.argv[1], "wb") as store:
                store.write(key_store([ssl.PEM_cert_to_DER_cert(text) for text in found]))
            return


if __name__ == "__main__":
    main()
