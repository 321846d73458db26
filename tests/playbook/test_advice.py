"""What an author should look at: texts that may not fit, what is never used, what nobody will ever see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ecomms_bot.playbook.advice import advice
from ecomms_bot.playbook.model import Playbook
from tests.playbook.samples import FLOOD, small_raw

Raw = dict[str, Any]
Change = Callable[[Raw], object]


def step_of(raw: Raw) -> Raw:
    return raw["phases"]["during"][0]  # type: ignore[no-any-return]


def templates(raw: Raw, kind: str = "statement") -> Raw:
    return step_of(raw)["texts"][kind]["templates"]  # type: ignore[no-any-return]


def fitting_raw() -> Raw:
    """The small playbook with nothing to look at."""
    raw = small_raw()
    del raw["tiers"]["T0"]
    return raw


def told(*changes: Change, of: Raw | None = None) -> list[str]:
    """What the author is told after these changes, without the place of the step."""
    raw = of or fitting_raw()
    for change in changes:
        change(raw)
    found = list(advice(Playbook.parse(raw)))
    assert {each.weight for each in found} <= {"look"}
    return [each.words(raw).removeprefix("phases > during > D1 > ") for each in found]


def with_step(raw: Raw, **words: Any) -> Raw:
    """Another step, for staff alone."""
    text = {"title": "Inside", "templates": {"internal": "{{ place }}"}}
    more = {"id": "D2", "title": "More", "channels": ["internal"], "fields": ["place"], "cadence": None}
    raw["phases"]["during"].append({**step_of(raw), **more, "texts": {"internal": text}, **words})
    return raw


NO_CHANGE = {"title": "Same", "templates": {"internal": "Same. {{ next_update_at }}"}}


def test_a_playbook_in_which_all_fits_needs_no_look() -> None:
    assert told() == []
    assert [each.words(None) for each in advice(FLOOD)] == [
        "tiers > T3: no text is approved in this way",
        "tiers > CORR: no text is approved in this way",
    ]


# --- never used

UNUSED: list[tuple[Change, list[str]]] = [
    (
        lambda raw: raw["fields"].update(other={"type": "text", "label": "Other", "example": "x"}),
        ["fields > other: no step uses this field"],
    ),
    (lambda raw: raw["tiers"].update(T9=raw["tiers"]["T1"]), ["tiers > T9: no text is approved in this way"]),
    (
        lambda raw: (
            raw["fields"].update(other={"type": "text", "label": "Other", "example": "x"}),
            step_of(raw)["fields"].append("other"),
        ),
        ["fields > 4: no text of this step uses other"],
    ),
    (lambda raw: step_of(raw)["fields"].append("as_of"), []),
    (lambda raw: step_of(raw)["channels"].append("x"), ["channels > 4: no text of this step is for x"]),
    (
        lambda raw: raw.update(phases={"during": []}),
        ["there is no step, so nothing can be written with this playbook"],
    ),
]


@pytest.mark.parametrize(("change", "words"), UNUSED)
def test_what_is_never_used_is_told(change: Change, words: list[str]) -> None:
    assert told(change) == words


def test_a_tier_that_one_text_uses_is_used() -> None:
    assert told(lambda raw: step_of(raw)["texts"]["internal"].update(tier="T0"), of=small_raw()) == []


def test_what_others_extend_need_not_use_what_it_offers() -> None:
    assert told(lambda raw: raw.update(phases={}, offered=False)) == []


def test_what_comes_from_a_base_need_not_be_used() -> None:
    raw = small_raw()
    raw["fields"]["other"] = {"type": "text", "label": "Other", "example": "x"}
    assert list(advice(Playbook.parse(raw), says=lambda path: path == ("tiers", "T1"))) == []
    own = list(advice(Playbook.parse(raw), says=lambda path: path == ("tiers", "T0")))
    assert [each.path for each in own] == [("tiers", "T0")]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("{{ place }} { place }", ["{ place } is no blank and is printed as it stands; write {{ place }}"]),
        ("{{ place }} {at|time}", ["{at|time} is no blank and is printed as it stands; write {{ at }}"]),
        ("{{ place }} {1 of 2} {% if place %}a{% endif %}", []),
    ],
)
def test_a_blank_with_one_brace_is_told(written: str, words: list[str]) -> None:
    found = told(lambda raw: templates(raw, "internal").update(internal=written))
    assert [each.partition(": ")[2] for each in found if "brace" in each or "no blank" in each] == words


# --- never reached

UNREACHED: list[tuple[Change, list[str]]] = [
    (
        lambda raw: with_step(raw, title="SAY it"),
        ["phases > during > D2 > title: D1 has the same title; people choose steps by it"],
    ),
    (
        lambda raw: with_step(raw, recurrence="recurring", fields=[], texts={"no-change": NO_CHANGE}),
        [
            (
                "phases > during > D2 > texts: this step cannot be begun: no-change repeats an earlier text,"
                " and there is none"
            )
        ],
    ),
    (
        lambda raw: step_of(raw)["texts"].update({"no-change": NO_CHANGE}),
        [("texts > no-change: only a recurring step can say that nothing changed, so this is never used")],
    ),
    (
        lambda raw: (
            step_of(raw).update(recurrence="recurring"),
            step_of(raw)["texts"].update({"no-change": NO_CHANGE}),
        ),
        [],
    ),
    (
        lambda raw: (
            step_of(raw).update(recurrence="recurring"),
            step_of(raw)["texts"].update({"no-change": NO_CHANGE}),
            with_step(
                raw,
                recurrence="recurring",
                texts=step_of(raw)["texts"],
                channels=["internal", "web", "sms"],
                fields=["place", "story", "state"],
            ),
        ),
        [
            (
                "phases > during > D2 > texts > no-change: *No change* writes for D1 in this phase, so this"
                " is never used"
            )
        ],
    ),
    (
        lambda raw: templates(raw).update(
            web="Now\n{% if place %}{{ place }}{% else %}here{% endif %} {{ state }} {{ story }}"
            " {{ next_update_at }}"
        ),
        [
            (
                "texts > statement > templates > web, line 2, column 1: place is always filled in, so the"
                " text without it is never seen"
            )
        ],
    ),
    (
        lambda raw: templates(raw, "internal").update(
            internal="{% if incident_name %}{{ incident_name }}{% endif %} {{ place }}"
        ),
        [
            (
                "texts > internal > templates > internal, line 1, column 1: incident_name is always filled"
                " in, so the text without it is never seen"
            )
        ],
    ),
]


@pytest.mark.parametrize(("change", "words"), UNREACHED)
def test_what_nobody_will_ever_see_is_told(change: Change, words: list[str]) -> None:
    assert told(change) == words


# --- a cadence and no promise


def test_a_cadence_needs_a_promise_or_rounds() -> None:
    # A step that recurs among staff keeps its rounds by the cadence; one that is done once keeps none
    assert told(lambda raw: with_step(raw, recurrence="recurring", cadence=60)) == []
    nothing = "this does nothing: the step does not recur, and no text of it promises the next one"
    assert told(lambda raw: with_step(raw, cadence=60)) == [f"phases > during > D2 > cadence: {nothing}"]
    # The public wants to know when the next text comes
    public = {"title": "Said", "promises": False, "templates": {"web": "{{ place }}"}}
    silent = "the public is never told when the next text comes; say promises: true in a text"
    words = {"recurrence": "recurring", "cadence": 60, "channels": ["web"], "texts": {"statement": public}}
    assert told(lambda raw: with_step(raw, **words)) == [f"phases > during > D2 > cadence: {silent}"]


# --- too long

STATEMENT = "texts > statement > templates >"
LONGEST = "at its longest, in an exercise,"
FILLED = "the longest fields are"


def test_a_text_that_may_not_fit_says_by_how_much_and_which_fields_fill_it() -> None:
    def change(raw: Raw) -> None:
        raw["fields"]["place"]["max_length"] = 300
        step_of(raw)["channels"].append("x")
        templates(raw)["x"] = "{{ place }} {{ state }} {{ next_update_at }} {{ as_of }}"

    sms = f"{STATEMENT} sms: {LONGEST} this takes 3 messages; 2 are plenty; {FILLED} place (300)"
    # 300 + 1 + 9 + 1 + 30 + 1 + 30, and the mark of 22
    over = f"{STATEMENT} x: {LONGEST} this has 394 of 280 characters, 114 too many"
    assert told(change) == [sms, f"{over}; {FILLED} place (300), state (9)"]


def test_messages_over_the_limit_are_told_as_such() -> None:
    assert told(lambda raw: raw["fields"]["place"].update(max_length=700)) == [
        f"{STATEMENT} sms: {LONGEST} this takes 5 messages; 4 are the most; {FILLED} place (700)"
    ]


def test_a_sign_is_measured_with_the_words_that_signs_show() -> None:
    def change(raw: Raw) -> None:
        step_of(raw)["channels"].append("sign")
        raw["fields"]["state"]["choices"][1]["sign"] = "OPEN TO LOCAL CARS"
        raw["fields"]["place"]["max_length"] = 18
        templates(raw)["sign"] = "{{ place | sign }}\nROAD {{ state | sign }}"

    line = "“ROAD OPEN TO LOCAL CARS” has 23 characters; a line of a sign holds 18"
    assert told(change) == [f"{STATEMENT} sign: {LONGEST} {line}; {FILLED} state (18), place (18)"]


def test_a_text_that_can_pass_what_can_be_written_is_told() -> None:
    def change(raw: Raw) -> None:
        raw["fields"]["story"]["max_length"] = 3000
        templates(raw)["web"] = "{{ place }} {{ state }} {{ next_update_at }}" + "{{ story }}" * 7

    never = "at its longest this passes 20,000 characters, and then it cannot be written"
    assert told(change) == [f"{STATEMENT} web: {never}; {FILLED} story (3000), place (80), state (9)"]


def test_fields_are_named_only_where_there_are_some() -> None:
    assert told(lambda raw: templates(raw).update(sms="x" * 306)) == [
        f"{STATEMENT} sms: {LONGEST} this takes 3 messages; 2 are plenty"
    ]


# --- letters that SMS does not know


def test_letters_that_make_a_message_shorter_are_told_where_they_stand() -> None:
    def change(raw: Raw) -> None:
        raw["fields"]["state"]["choices"][0]["label"] = "isn’t open"
        templates(raw)["sms"] = "Now:\n{{ place }} – {{ state }} Ω ł"

    shorter = "cut an SMS from 160 characters to 70"
    assert told(change) == [
        f"fields > state > choices > closed > label: ’ {shorter}; write ' for ’",
        f"{STATEMENT} sms, line 2, column 13: – ł {shorter}; write - for –",
    ]
    # Letters of a language have no plain form; words that no message shows do not matter

    def other(raw: Raw) -> None:
        templates(raw)["sms"] = "ł {{ incident_name }}"
        templates(raw)["web"] += " –"

    assert told(other) == [f"{STATEMENT} sms, line 1, column 1: ł {shorter}"]


def test_partners_of_a_step_whose_texts_the_public_never_reads_are_asked_nothing() -> None:
    def inside_only(raw: Raw) -> None:
        with_step(raw, partners=["the city"])

    assert told(inside_only) == [
        "phases > during > D2 > partners: nobody is asked: no text of this step is for the public"
    ]


def test_a_partner_named_twice_is_asked_once() -> None:
    assert told(lambda raw: step_of(raw).update(partners=["the city", "the First Nation", "the city"])) == [
        "partners > 3: the city is named twice and asked once"
    ]
