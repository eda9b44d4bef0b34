"""English interface texts, the source of the other five languages, call each thing by one word."""

import re

import pytest

from tools import translations

# The word that we say instead comes first.
REFUSED = {
    "email": r"\bmails?\b|\be-mails?\b",
    "time": r"\bhours?\b",
    "time zone, or time": r"\bclocks?\b",
    "registration; seats are for capacity": r"\b(your|own) place\b|\bseats? (is|was|were) given back\b",
    "waiting room": r"\blobby\b",
    "Deny": r"\bturn(ed|s)? (them |people )?away\b",
    "audio and video": r"\b(sound|voice) and picture\b",
    "Check your camera and microphone": r"\bgreen room\b|\bready when you are\b",
    "practice session": r"\bpracti[sc]ing\b",
    "Remove from stage": r"\boff the stage\b|\bon the stage\b",
    "Raise hand": r"\bhands? up\b",
    "Reactions": r"\breact\b",
    "interpretation": r"\binterpreted (into|from)\b",
    "Language": r"\bspoken\b",
    "Upcoming, Past": r"\bcoming (meetings|up)\b|\byou have been to\b",
    "Previous": r"\bpage before$",
    "study visit": r"\bsite visits?\b",
    "project workshop": r"\bproject-development\b",
    "publish": r"\bannounc\w*",
    "company": r"\bfirms?\b",
    "is available, is missing": r"\brecordings? (is|are) there\b|\bdid not come\b",
    "attended": r"\b(who|people|that) came\b|\bwas there\b|\bwere there\b",
    "Delete, Remove": r"\btak(e|en|es) (\w+ )?(away|back)\b|\bgiv(e|en) back\b",
    "Please fix these fields": r"\bmend\w*",
    "cancelled": r"\bdoes not take place\b",
    "calendar invitation, event": r"\bcalendar entr(y|ies)\b|\bentr(y|ies) in (your|the) calendar\b",
    "someone, everyone": r"\b(some|every)body\b",
}
# Where the word is the right one: a server of mail, a span of time, the clocks that change in spring and autumn.
RIGHT = re.compile(
    r"\bmail servers?\b|\bthe clocks (in|go|change)\b|\bquiet hours\b"
    r"|\ban hour ago\b|\bin an hour\b"
    r"|(\bone|\bevery few|\b24|\{\}) hours?\b|\ban hour before\b|\bhours and minutes\b",
    re.IGNORECASE,
)
# What borrowing from English, or a second word for the same thing, looks like in the others.
REFUSED_IN = {
    "sv": r"\bmeetings?\b|\be-?post|\bwebinar",
    "pl": r"\bmeeting|\bwebinari|\bzebrani",
    "de": r"\bMeeting|\bBesprechung|\bFirm(a|en)\b|\b(du|dein\w*)\b",
    "da": r"\bmeetings?\b|\be-?(post|mail)|\bfirma",
    "lt": r"\bposėd|\bseminar|\belektronin\w+ pašt|\bmeeting",
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def english_texts() -> set[str]:
    """As shown: what the English catalogue says, else what stands in the sources."""
    catalogue = translations.read_catalogue(translations.catalogue_path("en"), "en")
    texts: set[str] = set()
    for message in catalogue:
        written = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        in_source = message.id if isinstance(message.id, tuple) else (message.id,)
        texts |= set(written) if all(written) else set(in_source)
    return texts - {""}


def refused_in(text: str, pattern: str) -> bool:
    return re.search(pattern, RIGHT.sub("", PLACEHOLDER.sub("{}", text)), re.IGNORECASE) is not None


@pytest.mark.parametrize("say", REFUSED)
def test_one_thing_has_one_word(say: str) -> None:
    assert sorted(text for text in english_texts() if refused_in(text, REFUSED[say])) == []


@pytest.mark.parametrize("language", REFUSED_IN)
def test_one_thing_has_one_word_in_each_language(language: str) -> None:
    catalogue = translations.read_catalogue(translations.catalogue_path(language), language)
    texts = [
        text
        for message in catalogue
        if message.id
        for text in (message.string if isinstance(message.string, (tuple, list)) else (message.string,))
    ]
    assert len(texts) > 1000
    assert [text for text in texts if refused_in(text, REFUSED_IN[language])] == []


@pytest.mark.parametrize(
    "text",
    [
        "A mail is on its way to {address}.",
        "Choose an hour later.",
        "All times on the clock of %(place)s.",
        "Will be recorded. Your voice and picture only if you speak.",
        "You are not on the stage any more",
        "Meetings held in or interpreted into these languages.",
        "Announce a programme",
        "Other firms find you",
        "A recording did not come",
        "The seat is given back. Thank you: somebody else can have it.",
        "Please mend these fields",
    ],
)
def test_a_refused_word_is_found(text: str) -> None:
    assert any(refused_in(text, pattern) for pattern in REFUSED.values())
