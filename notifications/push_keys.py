"""The key pair by which push services know this service (VAPID, RFC 8292)."""

import base64
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

LENGTH = 32  # bytes of a private key of P-256


def new_key() -> str:
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return _encoded(number.to_bytes(LENGTH))


def kept_key(path: Path) -> str:
    """Made once, readable by this user alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(new_key())
    return path.read_text().strip()


def public_key(private_key: str) -> str:
    """As a browser takes it: the uncompressed point, in base64url."""
    raw = base64.urlsafe_b64decode(private_key + "=" * (-len(private_key) % 4))
    point = ec.derive_private_key(int.from_bytes(raw), ec.SECP256R1()).public_key()
    return _encoded(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
