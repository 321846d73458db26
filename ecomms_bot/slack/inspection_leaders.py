"""Whether the bot can post to the conversation that `ecomms.yaml` names for leaders."""

from __future__ import annotations

from collections.abc import Iterator

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from ecomms_bot.service.findings import Finding
from ecomms_bot.slack.refusals import REFUSALS

SUBJECT = "leaders"
_INVITE = "Type /invite and the bot's name in it."


def look_at_leaders(client: WebClient, conversation: str) -> Iterator[Finding]:
    """One line; none if `ecomms.yaml` names no conversation. Never raises."""
    if not conversation:
        return
    try:
        found = client.conversations_info(channel=conversation)["channel"]
    except SlackApiError as error:
        code = str(error.response.get("error", "an unknown error"))
        problem, advice = REFUSALS.get(code, (f"Slack did not show it ({code}).", "Look again in a minute."))
        words = f"{conversation}: {problem} {advice} Or correct leaders in ecomms.yaml."
        yield Finding("wrong", SUBJECT, words)
    except Exception as error:  # noqa: BLE001 - the other lines are still wanted
        words = f"Slack did not say whether the bot can post to {conversation} ({type(error).__name__})."
        yield Finding("look", SUBJECT, f"{words} Look again in a minute.")
    else:
        yield _finding(f"#{found.get('name') or conversation}", found)


def _finding(name: str, found: dict[str, object]) -> Finding:
    if found.get("is_archived"):
        words = f"{name} is archived, so leaders read nothing. Unarchive it, or name another."
        return Finding("wrong", SUBJECT, words)
    if not found.get("is_member"):
        return Finding("wrong", SUBJECT, f"The bot is not in {name}, so leaders read nothing. {_INVITE}")
    if found.get("is_read_only"):
        words = f"Not everybody may write in {name}. Ask a Slack administrator whether the bot may."
        return Finding("look", SUBJECT, words)
    return Finding("ok", SUBJECT, f"The bot is in {name} and posts there what is approved for leaders.")
