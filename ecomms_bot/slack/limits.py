"""What a form may bring and what may be answered, whoever sends it and however much."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ecomms_bot.incident.wording import Rejected, Sentence, Value, Who
from ecomms_bot.slack import forms
from ecomms_bot.slack.desk import Desk
from ecomms_bot.slack.inputs import INPUT_MAX
from ecomms_bot.slack.listeners import Submission, errors
from ecomms_bot.slack.writing import ANSWER_MAX

SOMEBODY = "somebody else"
TOO_LONG = "These are {has:,} characters, and {most:,} are the most. Your words are still here: shorten them."


def within_limits(submissions: Mapping[str, Submission]) -> Mapping[str, Submission]:
    """These submissions, guarded: words that Slack's own forms would not take are refused beside their field.

    A refusal that names people redraws the form with all that was typed. Where that is more than an answer
    can hold, it is said beside a field instead, without the names, and Slack keeps what was typed.
    """
    return {callback: _guarded(submission) for callback, submission in submissions.items()}


def _guarded(submission: Submission) -> Submission:
    def submit(desk: Desk, body: dict[str, Any], view: dict[str, Any]) -> dict[str, Any] | None:
        if wrong := dict(_too_long(view)):
            return errors(**wrong)
        try:
            return submission(desk, body, view)
        except Rejected as rejected:
            if len(json.dumps(forms.with_problem(view, ""))) <= ANSWER_MAX:
                raise
            raise _without_names(rejected) from rejected

    return submit


def _too_long(view: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Fields with more than their form allows, which only a forged submission has."""
    entered = view.get("state", {}).get("values", {})
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        most = min(int(block["element"].get("max_length") or INPUT_MAX), INPUT_MAX)
        for entry in entered.get(block["block_id"], {}).values():
            words = entry.get("value")
            if isinstance(words, str) and len(words) > most:
                yield block["block_id"], TOO_LONG.format(has=len(words), most=most)


def _without_names(rejected: Rejected) -> Rejected:
    said = rejected.sentence
    template = said.template
    values: dict[str, Value] = {}
    for name, value in said.values.items():
        people = isinstance(value, Who | tuple)
        values[name] = SOMEBODY if people else value
        if people and template.startswith(f"{{{name}}}"):
            values[name] = SOMEBODY.capitalize()
    return Rejected(rejected.code, Sentence(template, values), rejected.field)
