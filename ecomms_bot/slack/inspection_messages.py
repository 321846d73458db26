"""Slack's own look at one of every kind of message and form, by `blocks.validate`; nothing is posted.

Messages share calls, since Slack allows few in a minute. Where it would not take some together, it is asked
about each alone, so that the mistake has a name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from ecomms_bot.service.findings import Finding
from ecomms_bot.slack.samples import Sample, for_a_look

AT_ONCE = 4
LOOK_S = 20.0
"""After so many seconds no further call is begun."""
BLOCKS_MAX, TOGETHER_MAX = 50, 10_000
"""Blocks of one message that Slack takes, and characters: well below where it says `msg_blocks_too_long`."""
SAID_MAX = 3
"""Mistakes of one message that are told."""
_NOT_OFFERED = frozenset({"unknown_method", "not_allowed_token_type", "missing_scope", "feature_not_enabled"})
_REPORT = "It is a mistake of the bot, not yours: report it with this line, and with your version."


Samples = tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What Slack says of one sample. `errors` "" if it takes it; `code` why it did not say."""

    sample: Sample
    errors: str = ""
    code: str = ""


def look_at_messages(client: WebClient, person: str, machine: Callable[[], float]) -> Iterator[Finding]:
    """One line if all is well. `person` is somebody whom Slack knows. Never raises."""
    every = together(for_a_look(person), person)
    until = machine() + LOOK_S

    def ask(samples: Samples) -> list[Verdict]:
        if machine() >= until:
            return [Verdict(each, code="no time left") for each in samples]
        found = verdict(client, samples, person)
        if len(samples) > 1 and found.errors:
            return [told for each in samples for told in ask((each,))]
        return [Verdict(each, found.errors, found.code) for each in samples]

    first = ask(every[0])
    if first[0].code in _NOT_OFFERED:
        words = (
            "This workspace does not check them for apps, so they were not checked. Nothing is to be done."
        )
        yield Finding("look", "messages", words)
        return
    with ThreadPoolExecutor(AT_ONCE) as pool:
        verdicts = [*first, *(each for some in pool.map(ask, every[1:]) for each in some)]
    yield from _told(verdicts)


def together(every: Sequence[Sample], person: str) -> list[Samples]:
    """What is asked with one call each: a form alone, as many messages as one message can hold."""
    found: list[Samples] = [(each,) for each in every if each.view is not None]
    held: list[Sample] = []
    blocks = characters = 0
    for each in every:
        if each.view is not None:
            continue
        more, longer = len(each.messages[-1].blocks), len(each.as_json(person))
        if held and (blocks + more > BLOCKS_MAX or characters + longer > TOGETHER_MAX):
            found.append(tuple(held))
            held, blocks, characters = [], 0, 0
        held.append(each)
        blocks, characters = blocks + more, characters + longer
    return [*found, tuple(held)] if held else found


def verdict(client: WebClient, samples: Samples, person: str) -> Verdict:
    """Ask about one, or about messages as if they were one."""
    sent = samples[0].as_json(person)
    if len(samples) > 1:
        parts = [json.loads(each.as_json(person)) for each in samples]
        blocks = [block for part in parts for block in part["blocks"]]
        sent = json.dumps({"text": parts[0]["text"], "blocks": blocks}, ensure_ascii=False)
    kind = "message" if samples[0].view is None else "view"
    try:
        answer = client.blocks_validate(**{kind: sent})
    except SlackApiError as error:
        errors = error.response.get("errors") or []
        code = str(error.response.get("error", "an unknown error"))
        if errors or code.startswith(("invalid_blocks", "invalid_message", "invalid_view")):
            return Verdict(samples[0], _listed(errors or [{"message": code}]))
        return Verdict(samples[0], code=code)
    except Exception as error:  # noqa: BLE001 - the other lines are still wanted
        return Verdict(samples[0], code=type(error).__name__)
    return Verdict(samples[0], _listed(answer.get("errors") or []))


def _listed(errors: Sequence[Mapping[str, Any]]) -> str:
    told = [
        " ".join(str(each[name]) for name in ("pointer", "message") if each.get(name)) or str(each)
        for each in errors
    ]
    more = f"; and {len(told) - SAID_MAX} more" if len(told) > SAID_MAX else ""
    return "; ".join(told[:SAID_MAX]) + more


def _told(verdicts: Sequence[Verdict]) -> Iterator[Finding]:
    for each in verdicts:
        if each.errors:
            words = f"Slack would not take this one ({each.sample.name}): {each.errors}. {_REPORT}"
            yield Finding("wrong", "messages", words)
    unsaid = [each for each in verdicts if each.code]
    if unsaid:
        codes = ", ".join(sorted({each.code for each in unsaid}))
        said = f"Of {len(unsaid)} of {len(verdicts)} kinds Slack did not say whether it takes them ({codes})."
        yield Finding("look", "messages", f"{said} Look again in a minute.")
    elif not any(each.errors for each in verdicts):
        words = f"Slack takes all {len(verdicts)} kinds of message and form; nothing was posted."
        yield Finding("ok", "messages", words)
