"""What is new in an answer, as mail programs write them in six languages."""

import pytest

from notifications.inbound.quotes import without_quotes

ANNA = "Anna Andersson <anna@example.org>"
ANNOUNCED = (
    # Gmail
    f"On Tue, 1 Dec 2026 at 10:00, {ANNA}\nwrote:",
    f"Den tis 1 dec. 2026 kl 10:00 skrev {ANNA}:",
    f"wt., 1 gru 2026 o 10:00 {ANNA} napisał(a):",
    f"Am Di., 1. Dez. 2026 um 10:00 Uhr schrieb {ANNA}:",
    f"Den tirs. 1. dec. 2026 kl. 10.00 skrev {ANNA}:",
    f"2026-12-01, an, 10:00\n{ANNA} rašė:",
    # Apple
    f"On 1 Dec 2026, at 10:00, {ANNA} wrote:",
    f"1 dec. 2026 kl. 10:00 skrev {ANNA}:",
    f"Wiadomość napisana przez {ANNA} w dniu 1 gru 2026, o godz. 10:00:",
    f"Am 01.12.2026 um 10:00 schrieb {ANNA}:",
    # Thunderbird
    "On 01/12/2026 10:00, Anna Andersson wrote:",
    "W dniu 1.12.2026 o 10:00, Anna Andersson pisze:",
    "2026-12-01 10:00, Anna Andersson rašė:",
    # Outlook
    f"________________________________\nFrom: {ANNA}\nSent: Tuesday, 1 December 2026 10:00\nTo: Tomasz",
    f"Från: {ANNA}\nSkickat: den 1 december 2026 10:00\nTill: Tomasz",
    f"Von: {ANNA}\nGesendet: Dienstag, 1. Dezember 2026 10:00\nAn: Tomasz",
    f"Od: {ANNA}\nWysłano: wtorek, 1 grudnia 2026 10:00\nDo: Tomasz",
    f"Fra: {ANNA}\nSendt: 1. december 2026 10:00\nTil: Tomasz",
    f"*Nuo:* {ANNA}\n*Išsiųsta:* 2026 m. gruodžio 1 d. 10:00\n*Kam:* Tomasz",
    "-----Original Message-----",
    "-----Ursprüngliche Nachricht-----",
)


@pytest.mark.parametrize("line", ANNOUNCED)
@pytest.mark.parametrize("mark", ["> ", ""])
def test_what_is_quoted_below_is_cut(line: str, mark: str) -> None:
    text = f"Ja, tak.\nBis 10:30:\n\n{line}\n\n{mark}Who has the depths?\n{mark}"
    assert without_quotes(text) == "Ja, tak.\nBis 10:30:"


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("> Who has them?\nThe port.\n> When?\nSoon.", "The port.\nSoon."),
        ("The port.\n\n-- \nAnna\n+46 480 1", "The port."),
        ("The port.\n\nSent from my iPhone", "The port."),
        ("Skickat från min iPhone", ""),
        ("He wrote this:\n- one\n- two\n\nFrom: the port\nto the sea", None),
        ("We meet at 10:00.\nAnna wrote it down.", None),
    ],
)
def test_signatures_go_and_what_only_looks_like_a_quotation_stays(text: str, new: str | None) -> None:
    assert without_quotes(text) == (text if new is None else new)
