"""Slack's own look at one of every kind of message and form, by `blocks.validate`; nothing is posted."""

from __future__ import annotations

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
SAID_MAX = 3
"""Mistakes of one message that are told."""
_NOT_OFFERED = frozenset({"unknown_method", "not_allowed_token_type", "missing_scope", "feature_not_enabled"})
_REPORT = "It is a mistake of the bot, not yours: report it with this line, and with your version."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What Slack says of one sample. `errors` "" if it takes it; `code` why it did not say."""

    sample: Sample
    errors: str = ""
    code: str = ""


def look_at_messages(client: WebClient, person: str, machine: Callable[[], float]) -> Iterator[Finding]:
    """One line if all is well. `person` is somebody whom Slack knows. Never raises."""
    every = for_a_look(person)
    until = machine() + LOOK_S

    def ask(sample: Sample) -> Verdict:
        return verdict(client, sample, person) if machine() < until else Verdict(sample, code="no time left")

    first = ask(every[0])
    if first.code in _NOT_OFFERED:
        words = (
            "This workspace does not check them for apps, so they were not checked. Nothing is to be done."
        )
        yield Finding("look", "messages", words)
        return
    with ThreadPoolExecutor(AT_ONCE) as pool:
        verdicts = [first, *pool.map(ask, every[1:])]
    yield from _told(verdicts)


def verdict(client: WebClient, sample: Sample, person: str) -> Verdict:
    """Ask about one."""
    sent = sample.as_json(person)
    try:
        answer = client.blocks_validate(**({"view": sent} if sample.view is not None else {"message": sent}))
    except SlackApiError as error:
        errors = error.response.get("errors") or []
        code = str(error.response.get("error", "an unknown error"))
        if errors or code.startswith(("invalid_blocks", "invalid_message", "invalid_view")):
            return Verdict(sample, _listed(errors or [{"message": code}]))
        return Verdict(sample, code=code)
    except Exception as error:  # noqa: BLE001 - the other lines are still wanted
        return Verdict(sample, code=type(error).__name__)
    return Verdict(sample, _listed(answer.get("errors") or []))


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
