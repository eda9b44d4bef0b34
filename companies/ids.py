"""Public identifiers that say nothing: short, unguessable, safe to read aloud and to put in an address."""

import secrets

# Without 0/o, 1/l/i and vowels: no mix-ups on the telephone, no words by accident.
ALPHABET = "23456789bcdfghjkmnpqrstvwxyz"
LENGTH = 12  # 28**12 is about 57 bits
NUMBER = len(ALPHABET) ** LENGTH


def new_id() -> str:
    number, signs = secrets.randbelow(NUMBER), ""
    for _ in range(LENGTH):
        number, sign = divmod(number, len(ALPHABET))
        signs += ALPHABET[sign]
    return signs


def new_secret() -> str:
    """A secret for a link that its owner can renew; 256 bits, URL-safe."""
    return secrets.token_urlsafe(32)
