"""The seal on a PDF: a PAdES signature by a key of this installation, made once and readable by its owner only.

It shows any later change of the file. Whether the key is trusted is decided outside, by comparing its certificate.
"""

from __future__ import annotations

import io
import os
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
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
    load: Any = signers.SimpleSigner.load
    signer: signers.SimpleSigner | None = load(path, str(Path(path).with_suffix(".crt")))
    if signer is None:
        raise ValueError(
            f"The key of the PDF seal in {path} cannot be read. Restore it from the backup of the keys."
        )
    return signer


def _key_file() -> Path:
    """The key, with its certificate beside it; what is missing is made, also when an earlier making was cut short."""
    path = Path(settings.VAR) / "keys" / "pdf-seal.key"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        _place(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    if not path.with_suffix(".crt").exists():
        _place(path.with_suffix(".crt"), _certificate(path.read_bytes()))
    return path


def _place(path: Path, data: bytes) -> None:
    """Put a whole file in place, unless another process was first; readable by its owner only."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    try:
        with suppress(FileExistsError):
            os.link(fresh, path)
    finally:
        fresh.unlink()


def _certificate(key_pem: bytes) -> bytes:
    """A self-signed certificate of a P-256 key, in PEM."""
    key = load_pem_private_key(key_pem, password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101 - it is the one that was made above
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
    return certificate.public_bytes(Encoding.PEM)
