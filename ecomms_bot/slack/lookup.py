"""Whether a message arrived although its answer was lost: its key stands in its metadata."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from ecomms_bot.incident.things import Place
from ecomms_bot.slack.calls import Answer, Calls, Method
from ecomms_bot.slack.names import EVENT_TYPE

PER_PAGE = 200
"""conversations.history: "no more than 200 results at a time" is what Slack advises."""
PAGES = 10


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found: key → ts. Not `sure`: what is not among them may be there all the same."""

    conversation: str
    found: Mapping[str, str] = field(default_factory=dict)
    sure: bool = True


def find(calls: Calls, place: Place, keys: Collection[str], bot: str) -> Seen:
    """Look for the bot's messages with these keys in a conversation, a thread or a person's direct messages.

    History is read newest first, a thread as Slack gives it, and neither without end. Raises TryLater, and
    Refused where the bot may not read.
    """
    conversation = place.conversation or direct_messages(calls, place.user)
    found: dict[str, str] = {}
    for messages, last in _pages(calls, conversation, place.thread):
        for message in messages:
            key = _key(message, bot)
            if key in keys:
                found.setdefault(key, str(message["ts"]))
        if last or len(found) == len(set(keys)):
            return Seen(conversation, found)
    return Seen(conversation, found, sure=False)


def find_file(calls: Calls, conversation: str, name: str, bot: str) -> str:
    """The ts of the bot's message with a file of this name, "" if there is none on the last pages.

    Raises TryLater, and Refused where the bot may not read.
    """
    for messages, _ in _pages(calls, conversation, ""):
        for message in messages:
            names = {each.get("name") for each in message.get("files") or () if isinstance(each, dict)}
            if name in names and message.get("user", bot) == bot:
                return str(message["ts"])
    return ""


def direct_messages(calls: Calls, user: str) -> str:
    """The conversation in which the bot and this person write to each other."""
    return str(calls.read(calls.client.conversations_open, users=user)["channel"]["id"])


def _pages(calls: Calls, conversation: str, thread: str) -> Iterator[tuple[list[Answer], bool]]:
    """Each page, and whether it is the last one; at most PAGES."""
    cursor = ""
    for _ in range(PAGES):
        page = _page(calls, conversation, thread, cursor)
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        yield page.get("messages") or [], not cursor


def _page(calls: Calls, conversation: str, thread: str, cursor: str) -> Answer:
    method: Method = calls.client.conversations_replies if thread else calls.client.conversations_history
    where = {"channel": conversation, **({"ts": thread} if thread else {})}
    more = {"cursor": cursor} if cursor else {}
    return calls.read(method, **where, **more, limit=PER_PAGE, include_all_metadata=True)


def _key(message: Answer, bot: str) -> str:
    """The key of a message of this bot; other apps may put what they like into theirs."""
    metadata = message.get("metadata") or {}
    ours = metadata.get("event_type") == EVENT_TYPE and message.get("user", bot) == bot
    return str((metadata.get("event_payload") or {}).get("key", "")) if ours else ""
