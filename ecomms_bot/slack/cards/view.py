"""What a card is drawn from, and what all cards share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from string import Formatter

from ecomms_bot.incident.events import Kind
from ecomms_bot.incident.policy import Roster
from ecomms_bot.incident.standing import puts_right
from ecomms_bot.incident.state import Draft, Incident, Promise, Ref, Revision
from ecomms_bot.incident.wording import Sentence, When, Who, say
from ecomms_bot.playbook.channels import CHANNELS, in_reading_order
from ecomms_bot.playbook.exercise import SIGN
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.model import StepText, UnknownStep, UnknownText
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import TEXT_MAX, button, section
from ecomms_bot.slack.message import Block, Message
from ecomms_bot.slack.text import Drawn, conversation_link, duration, listed, mrkdwn, spoken

REDACTED_TITLE = "a redacted text"
MENTIONS_MAX = 10
"""More people than this are counted, not called."""

LINE_VALUE_MAX = 250
"""Of one typed value in a line: escaped five times as long, two of them fit into a section."""

WRITE_LABELS: Mapping[Kind, str] = {
    "statement": "Write draft",
    "update": "Write update",
    "no-change": "No change",
    "final": "Write final text",
    "correction": "Write correction",
    "internal": "Write internal text",
}


@dataclass(frozen=True)
class View:
    """The state of one incident, who holds which role, and when it is shown (UTC, incident time)."""

    state: Incident
    roster: Roster
    now: datetime
    workspace: str = ""
    """Slack's address of it, to make links to messages; "" if not known."""
    discussion: bool = False
    """Whether the log keeps what people write in the threads of texts under review."""

    def when(self, moment: datetime) -> When:
        return When(moment, self.state.zone)

    def text(self, step_id: str, kind: str) -> StepText | None:
        """None when the step or its text is not in the playbook, as after a redaction."""
        return text_in(self.state, step_id, kind)

    def title(self, step_id: str, kind: str) -> str:
        """How people call a text: its step's title, or its own where the step has others."""
        return title_in(self.state, step_id, kind)

    def revision(self, draft_id: str, number: str) -> tuple[Draft, Revision] | None:
        draft = self.state.drafts.get(draft_id)
        if draft is None:
            return None
        found = next((each for each in draft.revisions if str(each.number) == number), None)
        return (draft, found) if found else None

    def of(self, draft: Draft, revision: Revision | None = None) -> str:
        """The title of what a draft holds now, or of one revision; of a correction with what was wrong."""
        title, about = self.title(draft.step, revision.kind if revision else draft.kind), draft.about
        wrong = self.state.drafts.get(about.draft) if about is not None and puts_right(about) else None
        old = wrong.revision(about.revision) if wrong is not None and about is not None else None
        return f"{title} ({self.title(wrong.step, old.kind)})" if wrong and old else title


def text_in(state: Incident, step_id: str, kind: str) -> StepText | None:
    try:
        return state.step(step_id).text(kind)
    except (UnknownStep, UnknownText):
        return None


def title_in(state: Incident, step_id: str, kind: str) -> str:
    text = text_in(state, step_id, kind)
    if text is None:
        return REDACTED_TITLE
    step = state.step(step_id)
    return step.title if step.main.kind == kind else text.title


def compose(
    said: Iterable[Sentence | str], blocks: Iterable[Block], replies: Iterable[Message] = ()
) -> Message:
    """A message whose `text` is these sentences, as many as Slack takes; strings are written already."""
    text = ""
    for each in said:
        sentence = each if isinstance(each, str) else spoken(each)
        longer = f"{text} {sentence}".strip()
        if len(longer) > TEXT_MAX:
            break
        text = longer
    return Message(text, tuple(blocks), tuple(replies))


def with_more(message: Message, said: Iterable[Sentence], blocks: Iterable[Block]) -> Message:
    """The message with more below it."""
    more = compose([message.text, *said], (*message.blocks, *blocks))
    return replace(message, text=more.text, blocks=more.blocks)


def gone(what: str) -> Message:
    """In the place of what was lawfully taken out of the log."""
    words = say("{what} was redacted from the log.", what=what)
    return compose([words], [section(mrkdwn(words))])


def lines(sentences: Iterable[Sentence], most: int = LINE_VALUE_MAX) -> tuple[str, ...]:
    """Sentences as lines of mrkdwn; what people typed in them is shortened to `most` characters."""
    return tuple(mrkdwn(sentence, most) for sentence in sentences)


def people(users: Iterable[str]) -> tuple[Who, ...]:
    return tuple(Who(user) for user in dict.fromkeys(users))


def called(users: Iterable[str]) -> Sentence:
    """Mentions of these people; beyond ten only how many more."""
    everyone = people(users)
    if len(everyone) <= MENTIONS_MAX:
        return say("{who}", who=everyone)
    return say("{who} and {more} more", who=everyone[:MENTIONS_MAX], more=len(everyone) - MENTIONS_MAX)


def joined(first: Sentence, second: Sentence, between: str = " ") -> Sentence:
    """Two sentences as one; values of the same name are kept apart."""
    values, renamed = dict(first.values), {}
    for name, value in second.values.items():
        fresh = name
        while fresh in values:
            fresh += "_"
        values[fresh], renamed[name] = value, fresh
    template = "".join(
        _escaped(literal) + (f"{{{renamed[name]}}}" if name is not None else "")
        for literal, name, _, _ in Formatter().parse(second.template)
    )
    return Sentence(first.template + between + template, values)


def _escaped(literal: str) -> str:
    return literal.replace("{", "{{").replace("}", "}}")


def link(view: View) -> Sentence:
    """Which incident: for people who read outside of its conversation."""
    state = view.state
    if state.conversation is None:
        return say("*{name}*", name=state.name)
    return say("*{name}* in {where}", name=state.name, where=conversation_link(state.conversation))


def message_link(view: View, thing: str, words: str) -> Sentence | None:
    """A link to the message that shows a thing; None where no address can be made."""
    ref = view.state.posted.get(thing)
    if ref is None or not view.workspace:
        return None
    return say("{link}", link=Drawn(f"<{message_address(view.workspace, ref)}|{words}>"))


def message_address(workspace: str, ref: Ref) -> str:
    return f"{workspace.rstrip('/')}/archives/{ref.conversation}/p{ref.ts.replace('.', '')}"


def channel_names(channels: Iterable[str]) -> str:
    return listed(CHANNELS[each].title for each in in_reading_order(channels))


def to_go(moment: datetime, now: datetime) -> str:
    """As in "in 15 min", "that is now", "5 min ago", "2 days ago": rounded to the minute."""
    minutes = round((moment - now) / timedelta(minutes=1))
    if minutes == 0:
        return "that is now"
    span = duration(timedelta(minutes=abs(minutes)))
    return f"in {span}" if minutes > 0 else f"{span} ago"


def out_word(view: View) -> str:
    """What happens to texts at last; in an exercise nothing reaches the public."""
    return "played" if view.state.exercise else "published"


def due(instant: Instant) -> When:
    return When.of(instant)


def promised_in(view: View, promise: Promise) -> str:
    """Where the public read it: the public channels of the text that made the promise. No sign says it."""
    draft = view.state.drafts.get(promise.draft)
    revision = draft.revision(promise.revision) if draft else None
    receipts = revision.receipts if revision else ()
    return channel_names(each for each in receipts if CHANNELS[each].public and each != SIGN)


def write_button(view: View, step_id: str, kind: Kind, label: str = "", *, primary: bool = False) -> Block:
    return button(
        label or WRITE_LABELS[kind],
        names.WRITE,
        names.pack(view.state.id, step_id, kind),
        "primary" if primary else None,
    )


def no_change_button(view: View, step_id: str) -> Block:
    return button(WRITE_LABELS["no-change"], names.NO_CHANGE, names.pack(view.state.id, step_id))


def mark_button(view: View, draft: Draft, *, primary: bool = True) -> Block:
    label = "Mark as played" if view.state.exercise else "Mark as published"
    value = names.pack(view.state.id, draft.id, str(draft.current.number))
    return button(label, names.MARK, value, "primary" if primary else None)


def renew_button(view: View, draft: Draft, *, primary: bool = True) -> Block:
    value = names.pack(view.state.id, draft.id, str(draft.current.number))
    return button("Renew times", names.RENEW, value, "primary" if primary else None)
