"""The seal on a PDF: a PAdES signature by a key of this installation, made once and readable by its owner only.

It shows any later change of the file. Whether the key is trusted is decided outside, by comparing its certificate.
"""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner

FIELD = "Seal"
YEARS = 20


def sealed(pdf: bytes) -> bytes:
    """The PDF with a certifying signature that permits no further change."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    metadata = PdfSignatureMetadata(
        field_name=FIELD,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        subfilter=fields.SigSeedSubFilter.PADES,
        reason="Published by Afterword",
    )
    out = io.BytesIO()
    PdfSigner(metadata, signer=_signer(str(_key_file()))).sign_pdf(writer, output=out)
    return out.getvalue()


def certificate_file() -> Path:
    """The certificate that the seal is checked against."""
    return _key_file().with_suffix(".crt")


@lru_cache(maxsize=2)
def _signer(path: str) -> signers.SimpleSigner:
    signer = signers.SimpleSigner.load(path, str(Path(path).with_suffix(".crt")))
    if signer is None:
        raise ValueError(f"The key of the PDF seal in {path} cannot be read. Restore it from the backup of the keys.")
    return signer


def _key_file() -> Path:
    path = Path(settings.VAR) / "keys" / "pdf-seal.key"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(path)
    return path


def _make(path: Path) -> None:
    """A P-256 key with a self-signed certificate; the certificate is in place before the key is."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Afterword publication seal")])
    now = datetime.now(UTC)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=365 * YEARS))
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    chain = path.with_suffix(".crt")
    if not chain.exists():
        chain.write_bytes(certificate.public_bytes(Encoding.PEM))
        os.replace(fresh, path)
    else:
        fresh.unlink()
