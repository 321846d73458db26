"""App Home: what waits for one person over all open incidents, as of the moment it was drawn. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ecomms_bot.incident.policy import LEADS, Act, Person, Roster, helps, may, usable_roles
from ecomms_bot.incident.progress import keeping_step, next_steps, step_due
from ecomms_bot.incident.reminders import review_wanted
from ecomms_bot.incident.rules.overriding import involved, unseen
from ecomms_bot.incident.rules.releases import GRACE
from ecomms_bot.incident.state import Draft, Incident, Promise
from ecomms_bot.incident.things import partners_thing, publish_thing
from ecomms_bot.incident.wording import Sentence, When, Who, say
from ecomms_bot.playbook.exercise import mark
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import button, context, header, section
from ecomms_bot.slack.cards.asking import stalled, with_wanted
from ecomms_bot.slack.cards.drill import drill_line
from ecomms_bot.slack.cards.duty import Off, duty_part
from ecomms_bot.slack.cards.following import out_at, update_button
from ecomms_bot.slack.cards.home_facts import facts_wait
from ecomms_bot.slack.cards.partners import onward_button, to_tell
from ecomms_bot.slack.cards.publishing import stale
from ecomms_bot.slack.cards.putting_right import (
    begun,
    go_on_button,
    holds_no_more,
    past_their_time,
    progress_of,
)
from ecomms_bot.slack.cards.view import (
    LINE_VALUE_MAX,
    View,
    due,
    joined,
    message_address,
    renew_button,
    write_button,
)
from ecomms_bot.slack.message import Block
from ecomms_bot.slack.text import Drawn, conversation_link, duration, escape, mrkdwn

SOON = timedelta(hours=2)
WAITS_MAX, PROMISES_MAX, DRAFTS_MAX, INCIDENTS_MAX = 15, 10, 10, 20
"""Lines of each part; the rest is counted. Slack draws at most 100 blocks."""
START = f"{names.COMMAND} start"


@dataclass(frozen=True)
class Desktop:
    """What one person's Home is drawn from. `workspace` is Slack's address of it, "" if not known.

    `views` are the open incidents; `total` is how many are open in all; `now` is UTC. `roster` and `off`: who
    is on duty.
    """

    person: Person
    views: Sequence[View]
    total: int
    now: datetime
    zone: str
    workspace: str = ""
    roster: Roster | None = None
    off: Off = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing, its incident, and what to press for it. `at` sorts: the most urgent first."""

    state: Incident
    words: Sentence
    at: datetime
    button: Block | None = None


def home(desktop: Desktop) -> dict[str, object]:
    """The view for `views.publish`."""
    if desktop.person.guest:
        return _home([section("This is for members of the workspace. Guests see nothing here.")])
    blocks: list[Block] = []
    if not desktop.views:
        nothing = say("Nothing is open. To open an incident or an exercise, type *{start}*", start=START)
        blocks.append(section(mrkdwn(nothing)))
    else:
        blocks += _part("Waits for you", waits(desktop), WAITS_MAX, "Nothing waits for you.")
        blocks += _part(
            "Promised in the next 2 hours", promises(desktop), PROMISES_MAX, "No update is due in 2 hours."
        )
        drafts = list(my_drafts(desktop))
        if drafts:
            blocks += _part("Your drafts", drafts, DRAFTS_MAX, "")
        blocks += _incidents(desktop)
    if desktop.roster is not None:
        blocks += duty_part(desktop.person, desktop.roster, desktop.off)
    drawn = say("As of {now}. Drawn again when you open it, and when you do something.", now=_now(desktop))
    return _home([*blocks, context(mrkdwn(drawn))])


def waits(desktop: Desktop) -> Iterator[Line]:
    """Decisions, questions and texts that wait for this person; for the holder also the steps to write."""
    me = desktop.person
    for view in desktop.views:
        for draft in view.state.drafts.values():
            yield from _draft_waits(desktop, view, draft)
        yield from _wrong_words(me, view)
        for said, press in facts_wait(view, me):
            yield Line(view.state, said, view.now, press)
        for question in view.state.open_questions:
            if question.owner == me.id:
                words = say("Answer the public: “{text}”", text=question.text)
                if question.due is not None:
                    words = joined(words, say("wanted by {when}", when=due(question.due)), ", ")
                answer = button("Answer…", names.ANSWER, names.pack(view.state.id, question.id))
                at = question.due.utc if question.due else question.asked_at
                yield Line(view.state, words, at, answer)
        offer = view.state.handover
        if offer is not None and offer.to == me.id:
            words = say("{who} asks you to run this incident", who=Who(offer.person))
            accept = button("Accept", names.ACCEPT, names.pack(view.state.id, offer.id), "primary")
            yield Line(view.state, words, offer.at, accept)
        if view.state.holder == me.id:
            yield from _steps(view)


def _draft_waits(desktop: Desktop, view: View, draft: Draft) -> Iterator[Line]:
    me, state = desktop.person, view.state
    if not draft.revisions:
        return
    revision = draft.current
    title = view.of(draft, revision)
    if draft.status == "in review" and _may_decide(me, state, draft):
        words = say("Decide on *{title}*, revision {n}", title=title, n=revision.number)
        words = with_wanted(view, draft, words, read_now=True)
        where = _place(desktop, state, f"review:{draft.id}:{revision.number}", "Read and decide")
        yield Line(state, joined(words, where, " · "), review_wanted(revision))
    if me.roles & LEADS:
        yield from _second_looks(desktop, view, draft)
    if draft.status == "approved" and revision.author == me.id:
        yield _to_post(desktop, view, draft)
    if draft.status == "returned" and revision.author == me.id:
        back = draft.returns[-1]
        words = say(
            "Change *{title}*: {who} sent it back, “{why}”",
            title=title,
            who=Who(back.person),
            why=back.reason,
        )
        yield Line(state, words, back.at, write_button(view, draft.step, draft.kind))


def _wrong_words(me: Person, view: View) -> Iterator[Line]:
    """What people still read although it is wrong or holds no more: for its authors and the holder."""
    for draft in begun(view.state):
        told = progress_of(view.state, draft)
        if told is not None and me.id in {*draft.authors, view.state.holder}:
            yield Line(view.state, joined(say("⚠️"), told), out_at(draft.current), go_on_button(view, draft))
    for each in past_their_time(view, read_now=True):
        if me.id in {*each.draft.authors, view.state.holder}:
            words = joined(say("⚠️"), holds_no_more(view, each))
            press = update_button(view.state, each.draft, each.revision)
            yield Line(view.state, words, out_at(each.revision), press)


def _second_looks(desktop: Desktop, view: View, draft: Draft) -> Iterator[Line]:
    """What was let out and nobody looked at since, for leads who had no part in it."""
    state = view.state
    for revision in unseen(state, draft):
        if desktop.person.id not in involved(draft, revision):
            title = view.of(draft, revision)
            words = say("Look once more at *{title}*, revision {n}", title=title, n=revision.number)
            where = _place(desktop, state, f"review:{draft.id}:{revision.number}", "Read and say")
            yield Line(state, joined(words, where, " · "), revision.approved_at or revision.at)


def _to_post(desktop: Desktop, view: View, draft: Draft) -> Line:
    """With what helps: a text whose promised time passed is renewed, unless it is out."""
    state, revision = view.state, draft.current
    title, press = view.of(draft, revision), onward_button(view, draft)
    words = say("{do} *{title}*, then mark it", do="Play" if state.exercise else "Post", title=title)
    first = to_tell(view, draft)
    if first is not None:
        words = Sentence(first.template[0].upper() + first.template[1:], first.values)
    elif stale(view, draft):
        words = say(
            "⚠️ *{title}*: its promised time has passed. Renew its times, if it is not out", title=title
        )
        press = renew_button(view, draft)
    thing, label = (publish_thing, "The approved text") if first is None else (partners_thing, "Whom to tell")
    where = _place(desktop, state, thing(draft.id, revision.number), label)
    return Line(state, joined(words, where, " · "), revision.approved_at or revision.at, press)


def _steps(view: View) -> Iterator[Line]:
    for step in next_steps(view.state):
        if view.state.draft_of(step.id) is not None:
            continue
        words, wanted = say("Write *{title}*", title=step.title), step_due(view.state, step.id)
        if wanted is not None:
            words = joined(words, say("due {when}", when=due(wanted)), ", ")
        at = wanted.utc if wanted else view.now + SOON
        yield Line(view.state, words, at, write_button(view, step.id, step.main.kind))


def promises(desktop: Desktop) -> Iterator[Line]:
    """What the public was promised and is not out, of all incidents."""
    for view in desktop.views:
        for promise in view.state.live_promises:
            if promise.due.utc <= desktop.now + SOON:
                yield Line(
                    view.state, _promised(desktop, promise), promise.due.utc, _update(desktop, view, promise)
                )


def _promised(desktop: Desktop, promise: Promise) -> Sentence:
    late, when = desktop.now - promise.due.utc, due(promise.due)
    if late >= GRACE:
        return say("⚠️ Update promised for {when} is not out, {late} late", when=when, late=duration(late))
    if late >= timedelta(0):
        return say("⚠️ Update promised for {when} is not out", when=when)
    return say("Update promised for {when}", when=when)


def _update(desktop: Desktop, view: View, promise: Promise) -> Block | None:
    step = keeping_step(view.state, promise)
    under_way = view.state.draft_of(step.id) if step else None
    if step is None or not may(desktop.person, Act.DRAFT, view.state):
        return None
    if view.state.holder == desktop.person.id and step in next_steps(view.state) and under_way is None:
        return None  # the button stands above, with what waits for them
    if under_way is not None and under_way.status in {"in review", "approved"}:
        return None
    return write_button(view, step.id, step.main.kind)


def my_drafts(desktop: Desktop) -> Iterator[Line]:
    """What this person wrote or helped to write, and is not out."""
    for view in desktop.views:
        for draft in view.state.drafts.values():
            if not draft.open or not draft.step or desktop.person.id not in draft.authors:
                continue
            words = say("*{title}*: {status}", title=view.of(draft), status=draft.status)
            if draft.status == "in review":
                words = with_wanted(view, draft, words, read_now=True)
            go_on = (
                write_button(view, draft.step, draft.kind, "Go on") if draft.status == "drafting" else None
            )
            yield Line(view.state, words, draft.started_at, go_on)


def _incidents(desktop: Desktop) -> Iterator[Block]:
    yield header("Open incidents")
    shown = sorted(desktop.views, key=_urgency)[:INCIDENTS_MAX]
    for view in shown:
        state = view.state
        words = say(
            "*{name}* · {hazard} · {severity} · {phase}",
            name=state.name,
            hazard=state.book.hazard,
            severity=state.severity,
            phase=state.phase,
        )
        if state.conversation:
            words = joined(words, say("{where}", where=conversation_link(state.conversation)), " · ")
        promise = next(iter(state.live_promises), None)
        said = say("no update promised")
        if promise is not None:
            passed = promise.due.utc <= desktop.now
            what = "⚠️ update promised for {when} is not out" if passed else "next update promised for {when}"
            said = say(what, when=due(promise.due))
        for draft in state.drafts.values():
            if stalled(view, draft, read_now=True):
                waits_ = say("*{title}* waits for approval", title=view.of(draft))
                said = joined(said, with_wanted(view, draft, waits_, read_now=True), " · ")
        if (drill := drill_line(view)) is not None:
            said = joined(said, drill, " · ")
        yield _drawn(state, joined(words, said, " · "))
    if desktop.total > len(shown):
        yield context(f"and {desktop.total - len(shown)} more: type {escape(names.COMMAND)} status")


def _urgency(view: View) -> tuple[bool, bool, datetime]:
    promise = next(iter(view.state.live_promises), None)
    exercise = view.state.exercise
    return exercise, promise is None, promise.due.utc if promise else view.state.opened_at or view.now


def _may_decide(person: Person, state: Incident, draft: Draft) -> bool:
    given = any(each.person == person.id for each in draft.approvals)
    roles = usable_roles(person, state, draft.current)
    return person.id not in draft.authors and not given and bool(roles) and helps(state, draft, roles)


def _part(title: str, lines: Iterable[Line], most: int, none: str) -> Iterator[Block]:
    found = sorted(lines, key=lambda line: (line.state.exercise, line.at))  # what is real comes first
    yield header(title)
    if not found:
        yield section(none)
    for line in found[:most]:
        named = joined(line.words, say("{name}", name=line.state.name), " · ")
        drawn = _drawn(line.state, named)
        yield {**drawn, "accessory": line.button} if line.button else drawn
    if len(found) > most:
        yield context(f"and {len(found) - most} more")


def _drawn(state: Incident, words: Sentence) -> Block:
    """Incidents and exercises stand side by side here, so each line of an exercise carries the mark."""
    line = mrkdwn(words, LINE_VALUE_MAX)
    return section(mark(line) if state.exercise else line)


def _place(desktop: Desktop, state: Incident, thing: str, words: str) -> Sentence:
    """A link to the message that shows a thing; the conversation where no address can be made."""
    ref = state.posted.get(thing)
    if ref is None or not desktop.workspace:
        where = conversation_link(state.conversation) if state.conversation else ""
        return say("{where}", where=where)
    return say("{link}", link=Drawn(f"<{message_address(desktop.workspace, ref)}|{words}>"))


def _now(desktop: Desktop) -> When:
    return When(desktop.now, desktop.zone)


def _home(blocks: Sequence[Block]) -> dict[str, object]:
    return {"type": "home", "blocks": list(blocks)}
