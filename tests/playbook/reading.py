"""How a text reads, measured: sentences, school grade, and words that have no place in it.

The rules are those of the field's list of message checks; their numbers (L07, L13, …) stand beside the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

import pyphen  # type: ignore[import-untyped]

from ecomms_bot.playbook.times import MONTHS, WEEKDAYS

_DAY = rf"(?:{'|'.join(WEEKDAYS)}), (?:{'|'.join(MONTHS)}) \d+".replace(".", r"\.")
_CLOCK = r"(?:\d{1,2}(?::\d\d)? [ap]\.m\.|noon|00:00) [A-Z]{3,4}"
_TIME = re.compile(rf"{_DAY}, {_CLOCK}|{_DAY}|{_CLOCK}")
_ADDRESS = re.compile(r"https?://[^\s)]*[^\s).,:]")
_PHONE = re.compile(r"\b(?:1-)?\d{3}-\d{3}-\d{4}\b")
_SHORTENED = re.compile(r"\b(a\.m|p\.m|B\.C|No|St|Mt|Dr)\.")
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")

BADLY = re.compile(
    r"  | [.,:;!?)]|\( |\(\)|\.\.|,,|,\.|\.,|:\.|::|: *(?:\n\n|\Z)|^[.,:;]|\n\n\n|\bNone\b|[{}\[\]]|!",
    re.MULTILINE,
)
"""What is left where a field was empty: gaps, and punctuation that stands for nothing."""
SMALL_START = re.compile(r"(?:^|[.?] )(?!here\b)[a-z]", re.MULTILINE)
"""A sentence that does not begin as one (in masked words)."""

WORDS_MAX = 20
"""Of a sentence (L14)."""
GRADE_MAX = 8
"""Of a text for the web (L13; Calgary's guide for general text)."""
GRADE_WORDS_MIN = 30
"""A shorter text has no grade (L13)."""

UNFIT: Mapping[str, re.Pattern[str]] = {
    what: re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE | re.VERBOSE)
    for what, words in {
        "a vague promise (L07)": r"""
            soon | shortly | as[ ]soon[ ]as[ ]possible | stay[ ]tuned | in[ ]due[ ]course
            | keep[ ]you[ ]posted""",
        "a relative time (L21)": r"""
            today | tomorrow | tonight | yesterday | this[ ](?:morning|afternoon|evening|weekend|week)
            | (?:next|last)[ ](?:week|month|night) | at[ ]this[ ]time | now[ ]until""",
        "a time that misleads (L25)": r"""12(?::00)?[ ][ap]\.m\. | midnight""",
        "jargon (L16)": r"""
            ingress | egress | MVI | inundat\w+ | impassable | ETO | EOC | SOLE | POC | UTV | freshet
            | motorists? | precipitation | vehicular | utili[sz]e\w* | commence\w* | terminate\w*
            | ascertain\w* | facilitate\w* | mitigat\w+ | personnel | pursuant | in[ ]the[ ]event[ ]of
            | prior[ ]to | due[ ]to[ ]the[ ]fact | apparatus | sitrep | AAR | RFC | ICS | PIO | SME""",
        "speculation (L34)": r"""
            may[ ]have[ ]been[ ]caused | we[ ](?:believe|think|assume) | apparently | presumably
            | probably | likely[ ](?:arson|caused?|due) | rumou?red | sources[ ]say | suspected
            | allegedly""",
        "blame (L35)": r"""
            faults? | negligen\w+ | failed[ ]to | should[ ]have | careless\w* | refused
            | blame\w* | reckless\w*""",
        "false comfort (L36)": r"""
            no[ ](?:need|reason)[ ]to[ ](?:worry|panic) | (?:don['’]t|do[ ]not)[ ](?:worry|panic)
            | (?:completely|perfectly|totally)[ ]safe | under[ ]control | no[ ](?:risk|danger) | guarantee\w*
            | nothing[ ]to[ ]worry\w* | rest[ ]assured | no[ ]cause[ ]for[ ](?:alarm|concern)""",
        "markup of Slack (L27)": r"""<[@\#!] | :[a-z_]{2,}: | \*\w+\* | &amp;""",
        "a hashtag or an emoji (L31, L33)": r"""\#\w+ | [\U0001F000-\U0001FAFF\u2600-\u27BF]""",
        "an exercise that no mark made (L28)": r"""
            exercise | this[ ]is[ ](?:not[ ])?a[ ]drill | this[ ]is[ ](?:only[ ])?a[ ]test""",
    }.items()
}
"""Words that no shipped text may hold. "Under control" is allowed as the wildfire's official stage alone."""

PUBLIC_ONLY = frozenset(what for what in UNFIT if re.search("L34|L35|L36", what))

ABBREVIATIONS = frozenset({"ID", "BC", "RCMP", "DO", "NOT"})
"""Capital letters that need no explanation (L17); on signs all letters are capitals."""

ACTION = re.compile(
    r"(?:"
    "add|allow|ask|avoid|be|boil|bring|build|call|carry|change|check|choose|clean|close|collect|come|"
    "contact|cover|decide|delay|do|document|don't|drink|drive|drop|eat|enter|expect|fill|find|fly|"
    "follow|get|give|go|have|help|hold|insure|keep|know|lead|learn|leave|let|lift|limit|listen|load|"
    "look|make|meet|move|never|obey|open|pack|park|pass|pick|plan|please|prepare|protect|pull|put|read|"
    "register|remove|report|return|ride|run|save|see|send|set|share|shelter|show|sign|slow|stay|stop|"
    "store|support|take|talk|tell|test|think|throw|travel|treat|try|turn|use|visit|wait|walk|wash|watch|"
    "wear|work|write|yield"
    r")\b",
    re.IGNORECASE,
)
"""Words that a sentence begins with when it says what to do (L05)."""
_NOTHING_TO_DO = re.compile(
    r"\bno action (?:is )?needed\b|\byou do not need to\b|\bnothing (?:for you )?to do\b|\bmust\b|\bplease\b",
    re.IGNORECASE,
)


def masked(text: str) -> str:
    """The text with times, addresses and abbreviations as single words, so that no full stop misleads."""
    text = _PHONE.sub("here", _ADDRESS.sub("here", _TIME.sub("noon", text)))
    return _SHORTENED.sub(lambda found: found[1].replace(".", ""), text)


def sentences(text: str) -> list[str]:
    """Parts that are read in one breath: up to a full stop, a colon or the end of a line."""
    return [part.strip() for part in re.split(r"[.!?:;](?:\s|$)|\n", masked(text)) if part.strip()]


def unfit(words: str, *, stage_of_fire: bool = False, inside: bool = False) -> Iterator[str]:
    """What of these words has no place in a text, as "jargon (L16): egress".

    `inside`: staff may be told what never to say.
    """
    looked = words.replace("Under Control", "") if stage_of_fire else words
    for what, pattern in UNFIT.items():
        if inside and what in PUBLIC_ONLY:
            continue
        for found in pattern.finditer(looked):
            yield f"{what}: {found.group()}"


def capitals(words: str) -> list[str]:
    """Abbreviations that nobody explained, and words that shout (L15, L17)."""
    found = re.findall(r"\b[A-Z]{2,}\b", masked(words))
    return [each for each in found if each not in ABBREVIATIONS and f"({each})" not in words]


def says_what_to_do(text: str) -> bool:
    """Whether a sentence begins with what to do, or says that nothing needs to be done (L05)."""
    parts = [part for sentence in sentences(text) for part in re.split(r", | and then ", sentence)]
    return bool(_NOTHING_TO_DO.search(text)) or any(map(ACTION.match, parts))


def fixed_words(source: str) -> str:
    """What a template says itself, without fields and conditions."""
    return _TAG.sub(" ", source).replace("[[", "").replace("]]", "")


def grade(text: str) -> float:
    """School grade after Flesch and Kincaid; 0 for fewer than 30 words. Syllables are an estimate."""
    parts = [_WORD.findall(sentence) for sentence in sentences(text)]
    words = [word for part in parts for word in part]
    if len(words) < GRADE_WORDS_MIN:
        return 0
    spoken = sum(map(syllables, words))
    return 0.39 * len(words) / sum(map(bool, parts)) + 11.8 * spoken / len(words) - 15.59


@cache
def syllables(word: str) -> int:
    """The greater of two estimates: where the word may be broken, and its groups of vowels."""
    plain = word.lower().removesuffix("'s").removesuffix("’s")
    breaks = len(_hyphenation().positions(plain.removesuffix("s"))) + 1
    voiced = re.sub(r"(?<![aeiouylcsgzx])es$|(?<![aeiouyl])e$|(?<![td])ed$", "", plain)
    return max(breaks, len(re.findall(r"[aeiouy]+", voiced)), 1)


@cache
def _hyphenation() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="en_US", left=1, right=1)
