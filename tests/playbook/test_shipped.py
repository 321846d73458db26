"""Every text of every playbook that ships: it fits, it reads well, and it says what people have to know.

A new file beside the others is held to the same. Whatever is wrong with a step is told at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from ecomms_bot.playbook.channels import count
from ecomms_bot.playbook.drafting import fields_for
from ecomms_bot.playbook.exercise import is_marked
from ecomms_bot.playbook.longest import LATEST, longest_counts
from ecomms_bot.playbook.model import Playbook, Step
from ecomms_bot.playbook.templates import certain_fields, fields_in
from ecomms_bot.playbook.times import datetime_words
from ecomms_bot.playbook.values import AS_OF, INCIDENT_NAME, NEXT_UPDATE
from tests.playbook import reading
from tests.playbook.shipped import (
    BOOKS,
    EVERY_STEP,
    LIBRARY,
    LONG_NAMES,
    PUBLIC_WORDS,
    example_time,
    examples,
    fillings,
    in_plain_names,
    public,
    rendered,
)

each_step = pytest.mark.parametrize(("book", "step"), EVERY_STEP)

PLACES = frozenset(
    {"road", "area_description", "from_landmark", "facility", "river", "route_out", "reception_centre"}
    | {"sign_place", "what_closed", "sites", "zone_name", "region", INCIDENT_NAME}
)
"""Fields that say where, an incident's name among them: it is asked for with its place."""
ANSWERS = frozenset({"answer", "correct_fact"})
"""Fields whose words, typed on the day, are the whole text where there is little room."""
HAZARDS = {
    "flood": r"flood|water|river|slide|washout|washed|rain|stream",
    "wildfire": r"fire|smoke|burn|evacuat",
    "closure": r"detour|delay|cancel|pick up|collect",
}
"""What it is about, in the words of each hazard; of another one, its own name."""
STATE_OF_ROAD = r"clos|open|lane"

SHOWN = 6


def listed(wrong: list[str]) -> str:
    """The first few things to mend: one mistake often shows in many ways of filling in a form."""
    more = [f"… and {len(wrong) - SHOWN} more"] if len(wrong) > SHOWN else []
    return "\n\n".join(["", *wrong[:SHOWN], *more])


def test_all_files_can_be_read() -> None:
    assert [str(problem) for problem in LIBRARY.problems] == []
    assert set(BOOKS) >= {"flood", "wildfire", "closure", "school-closure"}
    assert "basics" not in BOOKS


# --- it fits


@each_step
def test_a_text_at_its_longest_fits_its_channel_even_in_an_exercise(book: Playbook, step: Step) -> None:
    wrong = []
    for kind in step.texts:
        for (channel, _), (counted, text) in longest_counts(book, step, kind).items():
            plenty = counted.unit == "messages" and counted.used > 2
            if counted.over or plenty or counted.switches or not is_marked(text, channel):
                wrong.append(f"{kind}: {counted.text} {counted.detail} {counted.switches}\n{text}")
    assert not wrong, listed(wrong)


@each_step
def test_real_names_and_examples_fit_too(book: Playbook, step: Step) -> None:
    wrong = []
    for kind in step.texts:
        for what, values in fillings(book, step, kind):
            if what.startswith("with"):
                continue  # less than all of it
            for channel, text in rendered(book, step, kind, values, exercise=True).items():
                if (counted := count(channel, text)).over or counted.switches:
                    wrong.append(f"{kind}, {what}: {counted.text} {counted.excess}{counted.switches}\n{text}")
    assert not wrong, listed(wrong)


def test_the_longest_time_is_really_the_longest() -> None:
    # September has the longest short name; two digits each for day, hour and minute are the most
    assert len(datetime_words(LATEST)) == len("Wed., Sept. 29, 12:45 p.m. PDT") == 30


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS.keys())
def test_names_of_this_country_are_not_too_long_for_their_fields(book: Playbook) -> None:
    short = {
        name: (field.max_length, LONG_NAMES[name])
        for name, field in book.fields.items()
        if field.max_length < len(LONG_NAMES.get(name, ""))
    }
    assert short == {}


# --- it reads well


@each_step
def test_it_reads_well_whichever_optional_fields_are_empty(book: Playbook, step: Step) -> None:
    wrong: dict[tuple[str, ...], str] = {}
    for kind in step.texts:
        for what, values in fillings(book, step, kind):
            for channel, text in rendered(book, step, kind, values).items():
                seen = [found.group() for found in reading.BADLY.finditer(reading.masked(text))]
                if channel != "sign":
                    seen += [found.group() for found in reading.SMALL_START.finditer(reading.masked(text))]
                if seen or text != text.strip():
                    wrong.setdefault((kind, channel, *seen), f"{kind}, {channel}, {what}: {seen} in\n{text}")
    assert not wrong, listed([*wrong.values()])


@each_step
def test_sentences_are_short(book: Playbook, step: Step) -> None:
    wrong = [
        f"{kind}, {channel}: {len(sentence.split())} words: {sentence}"
        for kind in step.texts
        for channel, text in examples(book, step, kind).items()
        for sentence in reading.sentences(text)
        if len(sentence.split()) > reading.WORDS_MAX
    ]
    assert not wrong, listed(wrong)


@each_step
def test_the_page_is_easy_to_read(book: Playbook, step: Step) -> None:
    wrong = []
    for kind in step.texts:
        text = in_plain_names(book, step, kind).get("web", "")
        if (level := reading.grade(text)) > reading.GRADE_MAX:
            wrong.append(f"{kind}: grade {level:.1f}\n{text}")
    assert not wrong, listed(wrong)


@each_step
def test_no_word_is_vague_or_unkind_or_known_to_experts_only(book: Playbook, step: Step) -> None:
    wrong = []
    for kind in step.texts:
        for where, words in said(book, step, kind):
            inside = where == "internal"
            found = list(reading.unfit(words, stage_of_fire=book.hazard == "wildfire", inside=inside))
            if not where.startswith("sign"):
                found += [f"capitals (L15, L17): {each}" for each in reading.capitals(words)]
            wrong += [f"{kind}, {where}: {each}" for each in dict.fromkeys(found)]
    assert not wrong, listed(wrong)


def said(book: Playbook, step: Step, kind: str) -> Iterator[tuple[str, str]]:
    """All words of a text, also those of answers that the example does not choose, and where they stand."""
    for channel, _, source in step.text(kind).all_templates():
        yield channel, reading.fixed_words(source)
    for name, field in fields_for(book, step, kind):
        for choice in field.choices:
            yield name, choice.label
        if field.type in {"text", "long_text"} and name not in INSIDE:
            yield name, field.example


INSIDE = frozenset({"rumour_claim"})
"""What the public never reads again (L39)."""


@each_step
def test_what_people_say_wrongly_is_never_repeated_to_the_public(book: Playbook, step: Step) -> None:
    for text in step.texts.values():
        for channel, _, source in text.all_templates():
            assert channel == "internal" or "rumour_claim" not in fields_in(source)


# --- it says what people have to know


@each_step
def test_the_public_is_told_who_what_where_when_and_what_to_do(book: Playbook, step: Step) -> None:
    wrong = []
    for kind, text in step.texts.items():
        for channel, _, source in text.all_templates():
            if channel in PUBLIC_WORDS:
                wrong += [f"{kind}, {channel}: {each}" for each in missing(book, step, kind, channel, source)]
    assert not wrong, listed(wrong)


def missing(book: Playbook, step: Step, kind: str, channel: str, source: str) -> Iterator[str]:
    """The elements of a warning that this text lacks: L01 to L05, and L48.

    A short text is only as much of a warning as it can be: thanks and the last word ask nothing of people,
    and where somebody types the answer of the day, that says what and where.
    """
    always, words = certain_fields(source), examples(book, step, kind)[channel]
    used = set(fields_in(source))
    typed = channel != "web" and bool(ANSWERS & used)
    if "issuing_source" not in always:
        yield "not who speaks"
    if AS_OF not in always:
        yield "not as of when"
    if "info_url" not in always:
        yield "not where to ask"
    hazard = HAZARDS.get(book.hazard, re.escape(book.hazard))
    if not typed and not re.search(f"{hazard}|{STATE_OF_ROAD}", words, re.IGNORECASE):
        yield f"not what it is about: {words}"
    if not typed and not PLACES & used and (channel == "web" or kind != "final"):
        yield "not where"
    if not typed and asks_something(book, step, kind, channel) and not reading.says_what_to_do(words):
        yield f"not what to do: {words}"


def asks_something(book: Playbook, step: Step, kind: str, channel: str) -> bool:
    """Whether people need to do something now: afterwards only where it opens, or on the page."""
    if kind == "final":
        return False
    return step not in book.steps("after") or channel == "web" or book.tier_of(step, kind) == "T2"


@each_step
def test_the_public_is_told_when_the_next_update_comes_or_why_none_does(book: Playbook, step: Step) -> None:
    wrong = []
    for kind, text in step.texts.items():
        for what, values in fillings(book, step, kind):
            texts = rendered(book, step, kind, values)
            for channel in {"web", "x"} & set(texts) if text.promises else ():
                promised = values[NEXT_UPDATE] is not None
                wanted = datetime_words(example_time(values)) if promised else "the road is open"
                if wanted not in texts[channel]:
                    wrong.append(f"{kind}, {channel}, {what}: not “{wanted}” in\n{texts[channel]}")
    assert not wrong, listed(wrong)


@each_step
def test_a_sign_says_where_and_what_to_do(book: Playbook, step: Step) -> None:
    for kind, text in step.texts.items():
        for source in text.templates.get("sign", {}).values():
            assert PLACES & set(fields_in(source)), f"{kind}: {source}"
            assert re.search("AHEAD|HWY|HIGHWAY|ROAD", reading.fixed_words(source)), f"{kind}: {source}"


@each_step
def test_staff_are_told_what_to_say_when_people_ask(book: Playbook, step: Step) -> None:
    for kind in step.texts:
        texts = examples(book, step, kind)
        if public(texts):
            assert re.search(r"\bask", texts["internal"]), f"{kind}: {texts['internal']}"
