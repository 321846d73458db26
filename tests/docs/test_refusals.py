"""The page of refusals says word for word what people read, and each sentence of it reads well."""

from __future__ import annotations

import re

import pytest

from ecomms_bot.slack.refusals import REFUSALS
from tests.docs.refusals import ALWAYS, PAGE, SHOWN, WHEN, Reader, page

READER = Reader()
SAID = [(source.name, each) for source in READER.sources for each in READER.refusals(source)]
NOT_SHOWN = [(source.name, each) for source in READER.sources for each in READER.not_shown(source)]
JARGON = re.compile(r"\b(?:null|None|exception|traceback|payload|JSON|timeout|callback|modal|thread_ts)\b")


def test_the_page_is_what_the_code_says() -> None:
    assert PAGE.read_text() == page(), f"run: python -m tests.docs.refusals > {PAGE.name}"


def test_every_module_that_refuses_has_its_place_on_the_page() -> None:
    assert {name for name, _ in SAID} == set(WHEN)
    assert {name for name, _ in NOT_SHOWN} == set(SHOWN)


@pytest.mark.parametrize(
    "words",
    sorted(
        {each.words for _, each in SAID}
        | {said for _, said in ALWAYS}
        | {f"{problem} {advice}" for _, (problem, advice) in NOT_SHOWN if advice[0] != "{"}
        | {f"{problem} {advice}" for problem, advice in REFUSALS.values()}
    ),
)
def test_each_is_a_plain_sentence_that_says_more_than_no(words: str) -> None:
    assert words[0].isupper() or words[0] in "{“"
    assert re.search(r"[.?”}]$", words)
    assert "!" not in words
    assert "  " not in words
    assert not JARGON.search(words)
    # what is so, and then either what was kept or what to do now
    assert len(re.findall(r"[.;:,?]", words)) > 1 or words.startswith(BEGIN_WITH_WHAT_TO_DO), words


BEGIN_WITH_WHAT_TO_DO = (
    "Choose ", "Close ", "Give ", "Open ", "Please ", "Say ", "Take ", "Write ", "Change ", "Press ",
)  # fmt: skip
