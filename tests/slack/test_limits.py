"""What a form may bring, whoever sends it; and what may be answered, however much was typed."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest

from ecomms_bot.incident.wording import Rejected, Who, reject
from ecomms_bot.slack import forms, limits
from ecomms_bot.slack.desk import Desk
from ecomms_bot.slack.inputs import ask, moment_input, text_input
from ecomms_bot.slack.listeners import Submission
from ecomms_bot.slack.writing import ANSWER_MAX

NOBODY = cast("Desk", None)


def form(**typed: str | None) -> dict[str, Any]:
    """A submitted modal with a short field, a long one and a time."""
    blocks = [
        ask("short", "Short", text_input(20)),
        ask("long", "Long", text_input(3000, multiline=True)),
        ask("at", "At", moment_input(None)),
    ]
    view = forms.modal("form", "Form", blocks, submit="Save", metadata={})
    entered = {name: {"value": {"type": "plain_text_input", "value": words}} for name, words in typed.items()}
    entered["at"] = {"value": {"type": "datetimepicker", "selected_date_time": None}}
    return {**view, "state": {"values": entered}}


def submits(submission: Submission, view: dict[str, Any]) -> dict[str, Any] | None:
    return limits.within_limits({"form": submission})["form"](NOBODY, {}, view)


def saves(_desk: Desk, _body: dict[str, Any], _view: dict[str, Any]) -> None:
    """A submission that keeps everything."""


@pytest.mark.parametrize("typed", [{}, {"short": None}, {"short": "é" * 20, "long": "🌊" * 3000}])
def test_what_the_form_allows_is_passed_on(typed: dict[str, str | None]) -> None:
    assert submits(saves, form(**typed)) is None


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"short": "é" * 21}, {"short": "These are 21 characters, and 20 are the most."}),
        ({"long": "é" * 40_000}, {"long": "These are 40,000 characters, and 3,000 are the most."}),
    ],
)
def test_what_only_a_forged_form_brings_is_refused_beside_its_field(
    typed: dict[str, str], wrong: dict[str, str]
) -> None:
    answer = submits(saves, form(**typed))
    assert answer is not None
    said = {name: f"{words} Your words are still here: shorten them." for name, words in wrong.items()}
    assert answer == {"response_action": "errors", "errors": said}


def test_a_forged_form_cannot_raise_the_limit_of_its_fields() -> None:
    view = form(long="é" * 3_001)
    view["blocks"][1]["element"]["max_length"] = 90_000
    assert submits(saves, view) is not None
    del view["blocks"][1]["element"]["max_length"]
    assert submits(saves, view) is not None


def refuses(_desk: Desk, _body: dict[str, Any], _view: dict[str, Any]) -> None:
    raise reject(
        "changed", "{who} changed this; ask {others}.", field="long", who=Who("U1"), others=(Who("U2"),)
    )


def test_a_refusal_names_people_as_long_as_the_form_can_be_drawn_again() -> None:
    with pytest.raises(Rejected) as refused:
        submits(refuses, form(long="a" * 3000))
    assert refused.value.sentence.values["who"] == Who("U1")


def test_a_refusal_above_more_words_than_an_answer_holds_is_said_beside_a_field_without_names() -> None:
    view = form(short="🌊" * 20, long="🌊" * 3000)
    view["blocks"] += [dict(view["blocks"][1], block_id="more")]
    view["state"]["values"]["more"] = view["state"]["values"]["long"]
    assert len(json.dumps(forms.with_problem(view, ""))) > ANSWER_MAX
    with pytest.raises(Rejected) as refused:
        submits(refuses, view)
    assert str(refused.value) == "Somebody else changed this; ask somebody else."
    assert refused.value.field == "long"
