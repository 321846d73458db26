"""The chat as the worker knows it, for Slack: draws what is to be shown, and the one place that sends it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from slack_sdk import WebClient

from ecomms_bot.errors import EcommsError
from ecomms_bot.incident import effects as kinds
from ecomms_bot.incident import leaders
from ecomms_bot.incident.policy import Roster
from ecomms_bot.incident.state import Incident, Recorded, Ref
from ecomms_bot.incident.things import DEBRIEF, Place, split
from ecomms_bot.playbook.exercise import is_marked as text_is_marked
from ecomms_bot.playbook.exercise import mark, unmarked
from ecomms_bot.report.debrief import debrief
from ecomms_bot.report.log_report import Account, people_in
from ecomms_bot.service.ports import CannotShow, Notice, NotThere, NotWanted, TryLater
from ecomms_bot.slack import cards, conversations, lookup, reports
from ecomms_bot.slack.blocks import context, is_marked
from ecomms_bot.slack.calls import BUDGET_S, Calls, Refused, respond
from ecomms_bot.slack.cards import View
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.names import EVENT_TYPE, TOMBSTONE
from ecomms_bot.slack.pace import Pace
from ecomms_bot.slack.text import shorten

POST_TEXT_MAX = 40_000
"""chat.postMessage cuts longer texts silently, and with them the mark of an exercise."""
UPDATE_TEXT_MAX = 4_000
"""chat.update refuses longer ones."""
SENT_AGAIN = "Sent again: the first attempt may have arrived."
THREADLESS = "The message that began this thread was deleted, so this stands here."
POSTED_AGAIN = "Posted again: the message that stood here before was deleted."
THREAD_GONE, MESSAGE_GONE = "thread_not_found", "message_not_found"
NOT_THIS_ONE = {"cant_update_message", "not_pinnable"}

logger = logging.getLogger(__name__)


Checked = tuple[Incident, Sequence[Recorded], Sequence[str]]
"""An incident, its entries, and what is wrong with its log."""


class Render(Protocol):
    """Draws a thing of an incident as it is now."""

    def __call__(self, thing: str, view: View, *, kind: str, user: str) -> Message: ...


@dataclass(frozen=True, slots=True)
class _Errand:
    """One effect on its way: what to show, of which incident, and the calls it may make."""

    notice: Notice
    key: str
    again: bool
    state: Incident
    calls: Calls


class Gateway:
    """Implements `service.ports.Chat`. Never waits and never repeats a call: the worker does both.

    `state` reads an incident, `checked` its whole log; `bot_user` says who the bot is at Slack, `workspace`
    where that is, `names` what people are called; `discussion`, whether replies to reviews are kept.
    """

    def __init__(
        self,
        client: WebClient,
        *,
        state: Callable[[str], Incident],
        checked: Callable[[str], Checked],
        names: Callable[[WebClient, Iterable[str]], Mapping[str, str]],
        roster: Callable[[], Roster],
        now: Callable[[], datetime],
        bot_user: Callable[[], str],
        workspace: Callable[[], str] = str,
        discussion: bool = False,
        render: Render = cards.render,
        budget_s: float = BUDGET_S,
        pace: Pace | None = None,
    ) -> None:
        self._client, self._state, self._roster, self._now = client, state, roster, now
        self._bot_user, self._render, self._budget_s = bot_user, render, budget_s
        self._checked, self._names, self._workspace = checked, names, workspace
        self._discussion, self._pace = discussion, pace

    def show(self, notice: Notice, place: Place, key: str, *, again: bool) -> Ref:
        """Show it and say where it stands; see `service.ports.Chat`."""
        state = self._state(notice.incident)
        errand = _Errand(notice, key, again, state, Calls(self._client, self._budget_s, self._pace))
        match notice.kind:
            case kinds.POST | kinds.DM:
                return self._post(errand, place)
            case kinds.EDIT:
                return self._with_it(errand, place, self._edit)
            case kinds.ANSWER:
                return self._answer(errand, place)
            case kinds.OPEN_CONVERSATION:
                bot = self._bot(again=again)
                return conversations.open_conversation(errand.calls, state, place, again=again, bot=bot)
            case kinds.INVITE:
                return conversations.invite(errand.calls, _there(place), self._invited(errand))
            case kinds.PIN:
                return self._with_it(errand, place, self._pin)
            case kinds.REPORT:
                return self._report(errand, place)
            case unknown:
                raise CannotShow(
                    f"The bot does not know how to do this: {unknown}.",
                    "Tell whoever runs the bot that its parts are of different versions.",
                )

    def _post(self, errand: _Errand, place: Place) -> Ref:
        if leaders.stopped(errand.state, errand.notice.thing):
            return self._only_found(errand, _there(place))
        message = self._draw(errand, place.user)
        if errand.notice.ids.get("step") and place.conversation and not place.thread:
            message = with_line(message, THREADLESS)
        return self._deliver(errand, _there(place), message)

    def _with_it(self, errand: _Errand, place: Place, do: Callable[[_Errand, Place], Ref]) -> Ref:
        """Do something with a message that stands there. Raises NotThere if somebody deleted it."""
        try:
            return do(errand, place)
        except Refused as refused:
            refuses = refused.code in NOT_THIS_ONE
            if refused.code == MESSAGE_GONE or (refuses and self._tombstone(errand, place)):
                raise NotThere(refused.problem, refused.advice) from None
            raise

    def _tombstone(self, errand: _Errand, place: Place) -> bool:
        """Whether only Slack's own notice stands there, as in the place of what began a thread."""
        calls = errand.calls
        try:
            thread = calls.read(calls.client.conversations_replies, channel=place.conversation, ts=place.ts)
        except Refused as refused:
            return refused.code in {THREAD_GONE, MESSAGE_GONE}
        return any(
            each.get("ts") == place.ts and each.get("subtype") == TOMBSTONE
            for each in thread.get("messages") or ()
        )

    def _pin(self, errand: _Errand, place: Place) -> Ref:
        return conversations.pin(errand.calls, _there(place))

    def _edit(self, errand: _Errand, place: Place) -> Ref:
        message = replace(self._draw(errand), replies=())
        update(errand.calls, message, exercise=errand.state.exercise, place=_there(place))
        return Ref(place.conversation, place.ts)

    def _answer(self, errand: _Errand, place: Place) -> Ref:
        """Over the address that the command brought, once; when that is gone, as a direct message."""
        ids = errand.notice.ids
        user = ids.get("user") or place.user or errand.state.opener
        message = self._draw(errand, user)
        url = ids.get("url", "")
        if url and not errand.again:
            try:
                answer(url, message, exercise=errand.state.exercise)
            except Refused:
                logger.info("%s goes as a direct message: its address is used up", errand.key)
            else:
                return Ref("")
        # What only one person sees cannot be looked up: an attempt over the address may have arrived.
        return self._deliver(errand, _there(Place(user=user)), message, doubt=bool(url) and errand.again)

    def _deliver(self, errand: _Errand, place: Place, message: Message, *, doubt: bool = False) -> Ref:
        """Post the message; where its thread was deleted, in the conversation, as people wait for it.

        But the thread of a step comes back: NotThere says so.
        """
        try:
            return self._deliver_there(errand, place, message, doubt=doubt)
        except Refused as refused:
            if not (place.thread and refused.code == THREAD_GONE):
                raise
            if errand.notice.ids.get("step") and errand.state.open:
                raise NotThere(refused.problem, refused.advice, thread=True) from None
        return self._deliver_there(
            errand, replace(place, thread=""), with_line(message, THREADLESS), doubt=doubt
        )

    def _deliver_there(self, errand: _Errand, place: Place, message: Message, *, doubt: bool) -> Ref:
        """Post the message, its numbered parts before it; on a retry only what is not there yet."""
        parts = [(f"{errand.key}#{number}", part) for number, part in enumerate(message.replies, 1)]
        todo = [*parts, (errand.key, replace(message, replies=()))]
        exercise = errand.state.exercise
        for _, each in todo:
            require_mark(each, exercise=exercise)  # all or none of it goes out
        seen = self._seen(errand, place, [key for key, _ in todo])
        if errand.key in seen.found:
            return Ref(seen.conversation, seen.found[errand.key], found=True)
        unsure = doubt or not seen.sure
        ref = Ref(seen.conversation)
        missing = [(key, each) for key, each in todo if key not in seen.found]
        for number, (key, each) in enumerate(missing):
            drawn = with_line(each, SENT_AGAIN) if unsure else each
            try:
                ref = post(errand.calls, drawn, exercise=exercise, place=place, key=key)
            except TryLater as error:
                raise _later(error, maybe_done=number > 0) from None
        return replace(ref, unsure=unsure)

    def _only_found(self, errand: _Errand, place: Place) -> Ref:
        """Somebody stopped it meanwhile, so it is not posted; but an earlier attempt may have done it."""
        seen = self._seen(errand, place, [errand.key])
        if errand.key in seen.found:
            return Ref(seen.conversation, seen.found[errand.key], found=True)
        if seen.sure:
            raise NotWanted("It was stopped before it was posted.")
        raise CannotShow(
            "A text for leaders was stopped, and may have been posted just before.",
            "Look in the leaders' conversation. If it is there, mark it as published, or delete it.",
        )

    def _seen(self, errand: _Errand, place: Place, keys: Sequence[str]) -> lookup.Seen:
        """What of it stands there already; asked only when an earlier attempt may have arrived."""
        if not errand.again:
            return lookup.Seen(place.conversation)
        bot = self._bot(again=True)
        try:
            return lookup.find(errand.calls, place, keys, bot)
        except TryLater as error:
            raise _later(error, maybe_done=True) from None
        except Refused as refused:
            if refused.code == THREAD_GONE:
                raise
            logger.warning("Whether %s arrived cannot be looked up: %s", errand.key, refused.problem)
            return lookup.Seen(place.conversation, sure=False)

    def _draw(self, errand: _Errand, user: str = "") -> Message:
        view = View(errand.state, self._roster(), self._now(), self._workspace(), self._discussion)
        notice = errand.notice
        try:
            message = self._render(notice.thing, view, kind=notice.kind, user=user)
        except EcommsError:
            raise
        except Exception as error:
            # Tried again it would fail again, and everything behind it in this thread would wait for ever.
            logger.exception("%s could not be drawn", errand.key)
            raise CannotShow(
                "A message could not be put together, because of a mistake in the bot.",
                "Type /ecomms status for the current state. Nothing is lost: the log has it.",
            ) from error
        again = notice.kind in {kinds.POST, kinds.EDIT} and notice.thing in errand.state.gone
        return with_line(message, POSTED_AGAIN) if again else message

    def _bot(self, *, again: bool) -> str:
        try:
            bot = self._bot_user()
        except EcommsError as error:
            raise TryLater(str(error), maybe_done=again) from error
        if not bot:
            raise TryLater("Slack has not said yet who the bot is.", maybe_done=again)
        return bot

    def _invited(self, errand: _Errand) -> Mapping[str, str]:
        """Who is to come, with what they are: one person who is asked, or the opener and all roles.

        The bot is there already, and so is the opener in a conversation that was there before.
        """
        state = errand.state
        if user := errand.notice.ids.get("user"):
            return {user: "who is asked to run the incident"}
        here = state.asked_conversation is not None
        people = {state.opener: "who opened it"} if state.opener and not here else {}
        roster = self._roster()
        for role in (*roster.members, *roster.deputies):
            for person in roster.all_of(role):
                people.setdefault(person, role)
        gone = {self._bot(again=False), *([state.opener] if here else [])}
        return {person: role for person, role in people.items() if person not in gone}

    def _report(self, errand: _Errand, place: Place) -> Ref:
        """The log as files into a person's direct messages; the debrief of a drill to all who took part."""
        account = Account(*self._checked(errand.notice.incident))
        there = _there(place)
        conversation = there.conversation or lookup.direct_messages(errand.calls, there.user)
        # Slack shares files a moment later than it says, so not to see them proves nothing.
        files = self._files(errand, account, again=SENT_AGAIN if errand.again else "")
        if errand.state.exercise and not files.marked:
            raise _unmarked_exercise(files.title)
        if errand.again and (ts := self._shared(errand, conversation, files.first)):
            return Ref(conversation, ts, found=True)
        reports.share(errand.calls, files, conversation)
        return Ref(conversation, unsure=errand.again)

    def _files(self, errand: _Errand, account: Account, *, again: str) -> reports.Files:
        kind, ids = split(errand.notice.thing)
        if kind == DEBRIEF:
            found = debrief(account.state, account.entries, threads=self._discussion)
            names = self._names(self._client, found.people())
            return reports.draw_debrief(account.state, found, names, again=again)
        names = self._names(self._client, people_in(account))
        return reports.draw(account, ids[0], self._now(), names, again=again)

    def _shared(self, errand: _Errand, conversation: str, name: str) -> str:
        try:
            return lookup.find_file(errand.calls, conversation, name, self._bot(again=True))
        except TryLater as error:
            raise _later(error, maybe_done=True) from None
        except Refused as refused:
            logger.warning("Whether %s arrived cannot be looked up: %s", errand.key, refused.problem)
            return ""


# --- the one place that sends: every message, change and personal answer goes through these three -----------


def post(calls: Calls, message: Message, *, exercise: bool, place: Place, key: str) -> Ref:
    """A new message with the key in its metadata: in a conversation, a thread, or to one person."""
    require_mark(message, exercise=exercise)
    sent = calls.write(
        calls.client.chat_postMessage,
        channel=place.user or place.conversation,
        thread_ts=place.thread or None,
        metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
        unfurl_links=False,
        unfurl_media=False,
        **_content(message, POST_TEXT_MAX),
    )
    return Ref(str(sent["channel"]), str(sent["ts"]))


def update(calls: Calls, message: Message, *, exercise: bool, place: Place) -> None:
    """Change a message. Its metadata is left out, and so kept; the same change twice is harmless."""
    require_mark(message, exercise=exercise)
    content = _content(message, UPDATE_TEXT_MAX)
    calls.read(calls.client.chat_update, channel=place.conversation, ts=place.ts, **content)


def answer(url: str, message: Message, *, exercise: bool, replace_original: bool = False) -> None:
    """Tell one person, over the address that their command or click brought along."""
    require_mark(message, exercise=exercise)
    content = _content(message, POST_TEXT_MAX)
    respond(url, {"response_type": "ephemeral", "replace_original": replace_original, **content})


def require_mark(message: Message, *, exercise: bool) -> None:
    """An exercise must not be taken for the real thing, whatever went wrong before."""
    if exercise and not is_marked(message):
        raise _unmarked_exercise(message.text)


def _unmarked_exercise(text: str) -> CannotShow:
    logger.error("REFUSED to send a message of an exercise without its mark: %.80s", text)
    return CannotShow(
        "A message of this exercise did not carry the mark EXERCISE, so it was not sent.",
        "Tell whoever runs the bot: this is a mistake in it. /ecomms status shows the current state.",
    )


def with_line(message: Message, words: str) -> Message:
    """The message with a last line of small print; the mark of an exercise stays outermost."""
    line = context(words)
    if not is_marked(message):
        return replace(message, text=f"{message.text} {words}", blocks=(*message.blocks, line))
    text = mark(f"{unmarked(message.text)} {words}")
    return replace(message, text=text, blocks=(*message.blocks[:-1], line, message.blocks[-1]))


def _content(message: Message, most: int) -> dict[str, Any]:
    """`text` is cut only where blocks say it all; the mark of an exercise is never cut off."""
    if not message.blocks:
        return {"text": message.text}
    text = message.text
    if len(text) > most and text_is_marked(text):
        text = mark(shorten(unmarked(text), most - len(mark(""))))
    return {"text": shorten(text, most), "blocks": list(message.blocks)}


def _there(place: Place) -> Place:
    if not (place.conversation or place.user):
        raise CannotShow(
            "There is no conversation in Slack yet where this belongs.",
            "Type /ecomms status for the current state. Nothing is lost: the log has it.",
        )
    return place


def _later(error: TryLater, *, maybe_done: bool) -> TryLater:
    """The same; with `maybe_done`, some of it may have arrived before."""
    return type(error)(str(error), retry_after=error.retry_after, maybe_done=error.maybe_done or maybe_done)
