"""How long texts can become, and the quick way to know that one fits."""

from __future__ import annotations

from typing import Any

import pytest

from ecomms_bot.playbook.drafting import fields_for
from ecomms_bot.playbook.longest import LATEST, NAME, fits_surely, longest_counts, longest_text, longest_value
from ecomms_bot.playbook.model import Field, Playbook
from ecomms_bot.playbook.times import datetime_words
from tests.playbook.samples import FLOOD, small_raw

CHOICES = (
    {"value": "a", "label": "a longer label", "sign": "SHORT"},
    {"value": "b", "label": "a label", "sign": "LONGER"},
)


def field(kind: str, **words: Any) -> Field:
    return Field.model_validate({"type": kind, "label": "F", "example": "x", **words})


@pytest.mark.parametrize(
    ("of", "value"),
    [
        (field("text", max_length=3), "NNN"),
        (field("long_text", max_length=5), "NNNNN"),
        (field("datetime"), LATEST),
        (field("url", max_length=30), "https://www.example.ca/aaaaaaa"),
        (field("phone", max_length=12), "+1 250 555 0"),
        (field("integer"), "999999999999999"),
        (field("integer", minimum="-10", maximum="99"), "-10"),
        (field("decimal"), "999999.99"),
        (field("decimal", maximum="100"), "100.99"),
        (field("decimal", maximum="9.5"), "9.5"),
        (field("choice", choices=CHOICES), "a"),
    ],
)
def test_the_longest_value_of_each_type(of: Field, value: object) -> None:
    assert longest_value(of) == value


def test_signs_have_words_of_their_own() -> None:
    assert longest_value(field("choice", choices=CHOICES), "sign") == "b"


def playbook(web: str, **fields: dict[str, Any]) -> Playbook:
    """The small one with another text for the web, and with these fields."""
    raw = small_raw()
    for name, words in fields.items():
        raw["fields"][name] = {"label": "F", "example": "x", **words}
    step = raw["phases"]["during"][0]
    step["fields"] += fields
    step["channels"] += ["x", "sign"]
    step["texts"]["statement"]["templates"] = {"web": f"{web} {{{{ next_update_at | time }}}}"}
    return Playbook.parse(raw)


def longest(of: Playbook) -> str:
    _, text = longest_text(of, of.step("D1"), "statement", "web", "en")
    return text


def test_both_ways_through_a_condition_are_tried() -> None:
    template = "{% if extra %}{{ extra }}{% else %}There is no more to say.{% endif %}"
    short = playbook(template, extra={"type": "text", "required": False, "max_length": 3})
    assert longest(short) == "EXERCISE - There is no more to say. 12:45 p.m. PDT - EXERCISE"
    long = playbook(template, extra={"type": "text", "required": False, "max_length": 30})
    assert longest(long) == f"EXERCISE - {'N' * 30} 12:45 p.m. PDT - EXERCISE"


def test_more_conditions_than_can_be_tried_are_measured_with_the_first() -> None:
    names = [f"extra{n}" for n in range(12)]
    template = "".join(f"{{% if {name} %}}{{{{ {name} }}}}{{% endif %}}" for name in names)
    extra = {"type": "text", "required": False, "max_length": 5}
    assert "N" * 60 in longest(playbook(template, **dict.fromkeys(names, extra)))


def test_every_text_of_a_step_is_counted() -> None:
    step = FLOOD.step("D4")
    found = longest_counts(FLOOD, step, "final")
    assert {channel for channel, _ in found} == {"internal", "web", "x", "sms"}
    counted, text = found["web", "en"]
    assert (counted.over, text[:11]) == (False, "EXERCISE - ")
    assert datetime_words(LATEST) in text


# --- the quick way


@pytest.mark.parametrize("step", FLOOD.steps("during"), ids=lambda step: step.id)
def test_the_quick_way_never_says_of_a_text_that_it_fits_if_it_does_not(step: Any) -> None:
    # Given a playbook in which every text fits, and templates that are padded more and more
    for kind in step.texts:
        fields = dict(fields_for(FLOOD, step, kind))
        for channel, language, source in step.text(kind).all_templates():
            counted, _ = longest_text(FLOOD, step, kind, channel, language)
            assert not counted.over
            for more in range(0, 200, 10):
                padded = f"{source}{'x' * more}"
                text = step.text(kind).model_copy(update={"templates": {channel: {language: padded}}})
                one = step.model_copy(update={"texts": {kind: text}})
                counted, _ = longest_text(FLOOD, one, kind, channel, language)
                over = counted.over or (channel == "sms" and counted.used > 2)
                assert not (over and fits_surely(fields, padded, channel))


FIELDS = {
    "place": field("text", max_length=20),
    "extra": field("text", max_length=50, required=False),
    "link": field("url", max_length=60),
    "state": field("choice", choices=CHOICES),
    "at": field("datetime"),
}


@pytest.mark.parametrize(
    ("channel", "source", "fits"),
    [
        ("x", "x" * 258, True),
        ("x", "x" * 259, False),
        ("x", "{{ place }}" + "x" * 238, True),
        ("x", "{{ place }}" + "x" * 239, False),
        ("x", "{{ link }}" + "x" * 235, True),  # an address counts 23
        ("x", "{{ link }}" + "x" * 236, False),
        ("x", "{{ state }}" + "x" * 244, True),
        ("x", "{{ state }}" + "x" * 245, False),
        ("x", "{{ at | time }}" + "x" * 244, True),  # 12:45 p.m. PDT
        ("x", "{{ at | time }}" + "x" * 245, False),
        ("x", "{{ at }}" + "x" * 228, True),
        ("x", "{{ at }}" + "x" * 229, False),
        ("x", "{{ incident_name }}" + "x" * (258 - len(NAME)), True),
        ("x", "{{ incident_name }}" + "x" * (259 - len(NAME)), False),
        ("x", "[[{{ extra }}]]" + "x" * 208, True),
        ("x", "[[{{ extra }}]]" + "x" * 209, False),
        ("x", "{% if extra %}{{ extra }}{% else %}none{% endif %}" + "x" * 208, True),
        ("x", "{% if extra %}{{ extra }}{% else %}none{% endif %}" + "x" * 209, False),
        ("x", "{% if extra %}{% if place %}a{% else %}{{ place }}{% endif %}b{% endif %}" + "x" * 237, True),
        ("x", "{% if extra %}{% if place %}a{% else %}{{ place }}{% endif %}b{% endif %}" + "x" * 238, False),
        ("x", "{% if extra %}{{ extra }}{% endif %}" + "x" * 209, False),
        ("x", "日本" + "x" * 254, True),  # counts double
        ("x", "日本" + "x" * 255, False),
        ("x", "go.ca " + "x" * 229, True),  # like an address, which counts 23 more at most
        ("x", "go.ca " + "x" * 230, False),
        ("sms", "x" * 283, True),
        ("sms", "x" * 284, False),
        ("sms", "–", False),
        ("sms", "€", False),  # takes two places
        ("sms", "{{ state }}", True),
        ("web", "x" * 9000, True),
        ("web", "{{ extra }}" * 400, False),
        ("sign", "ROAD CLOSED", False),  # the lines must be looked at
    ],
)
def test_the_quick_way_adds_up_what_can_stand_in_a_text(channel: str, source: str, *, fits: bool) -> None:
    assert fits_surely(FIELDS, source, channel) is fits


def test_words_of_choices_count_as_the_channel_counts_them() -> None:
    choices = ({"value": "a", "label": "it’s 日本"},)
    fields = {"state": field("choice", choices=choices)}
    assert not fits_surely(fields, "{{ state }}", "sms")
    assert fits_surely(fields, "{{ state }}" + "x" * 248, "x")
    assert not fits_surely(fields, "{{ state }}" + "x" * 249, "x")
