"""Commands that change the course: phase, severity, rest, who runs it, the end."""

from __future__ import annotations

from datetime import timedelta
from difflib import get_close_matches

from ecomms_bot.incident.commands import ChangePhase, ChangeSeverity, OfferHandover, StandDown
from ecomms_bot.incident.events import Phase
from ecomms_bot.incident.policy import Act, require
from ecomms_bot.incident.rules.common import require_open
from ecomms_bot.incident.rules.course import PHASES, still_required
from ecomms_bot.incident.state import Incident
from ecomms_bot.incident.wording import Rejected, Sentence, Who, any_of, reject, say
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.model import Severity
from ecomms_bot.slack import forms
from ecomms_bot.slack.blocks import divider, section
from ecomms_bot.slack.cards import answers
from ecomms_bot.slack.cards.brief import brief
from ecomms_bot.slack.cards.turns import still_open
from ecomms_bot.slack.cards.view import View, compose, joined
from ecomms_bot.slack.closing import phase_form
from ecomms_bot.slack.commands.asked import Answer, Asked, normal, person_first
from ecomms_bot.slack.desk import Desk, user_id
from ecomms_bot.slack.names import COMMAND
from ecomms_bot.slack.text import every, mrkdwn, spoken
from ecomms_bot.slack.times import NotATime, split_time, there

PHASES_BY_NAME: dict[str, Phase] = {"before": "before", "during": "during", "after": "after"}
IN_ERROR = ("error", "in error", "opened in error", "by mistake", "mistake")
NOTE_MAX = 500
UNTIL = ("until", "till", "til")


def phase(desk: Desk, asked: Asked) -> Answer:
    """Without a word: which phase it is, and the others."""
    typed, _, note = asked.rest.partition(" ")
    if not typed:
        state = asked.state(desk)
        others = [each for each in PHASES if each != state.phase]
        words = "*{name}* is in the phase *{phase}*. To change it, type {how}."
        how = any_of([f"{COMMAND} phase {each}" for each in others])
        return say(words, name=state.name, phase=state.phase, how=how)
    chosen = PHASES_BY_NAME.get(_only_letters(typed))
    if chosen is None:
        near = get_close_matches(_only_letters(typed), PHASES, 1)
        how = any_of([f"{COMMAND} phase {each}" for each in near or PHASES])
        raise reject("phase", "There is no phase “{typed}”. Type {how}.", typed=typed[:50], how=how)
    note, state = note.strip(" ,:;-"), asked.state(desk)
    if state.open and still_required(state, chosen):
        require(desk.person(asked.body), Act.PHASE, state)
        desk.open_view(asked.body, phase_form(state, chosen, note))
        return None
    state = asked.do(desk, ChangePhase(chosen, note)).state
    return _phase_now(desk, state)


def _phase_now(desk: Desk, state: Incident) -> Sentence:
    now = say("*{name}* is in the phase *{phase}* now.", name=state.name, phase=state.phase)
    steps = state.book.steps(state.phase)
    follows = (
        say("Its steps are under way, beginning with *{title}*.", title=steps[0].title)
        if steps
        else say("The playbook has no steps for it.")
    )
    told = joined(joined(now, follows), say("Drafts, printed promises and reminders stay as they are."))
    for each in still_open(View(state, desk.directory.roster(), desk.now())):
        told = joined(told, each)
    return told


def severity(desk: Desk, asked: Asked) -> Answer:
    """Without a word: how severe it is, and the levels there are."""
    typed, _, reason = asked.rest.partition(" ")
    if not typed:
        return answers.severities(asked.view(desk))
    level = _level(typed)
    reason = reason.strip(" ,:;-")
    if not reason:
        raise reject(
            "no-reason",
            "Say why, so that everybody understands the new pace, as in: {example}",
            example=f"{COMMAND} severity {level} two bridges are gone",
        )
    state = asked.do(desk, ChangeSeverity(level, reason)).state
    return joined(_severity_now(state), say("Printed promises stay as they are."))


def _severity_now(state: Incident) -> Sentence:
    found = _severity(state)
    if found is None:
        return say("The severity of *{name}* is {level} now.", name=state.name, level=state.severity)
    return say(
        "The severity of *{name}* is *{level} {title}* now: an update {every}, from the next text on.",
        name=state.name,
        level=state.severity,
        title=found.title,
        every=every(timedelta(minutes=found.cadence_minutes)),
    )


def _severity(state: Incident) -> Severity | None:
    return next((each for name, each in state.book.severities.items() if name == state.severity), None)


def _level(typed: str) -> str:
    """S1 for s1, S1: and 1."""
    letters = _only_letters(typed).upper()
    return f"S{letters}" if letters.isdecimal() else letters


def stand_down(desk: Desk, asked: Asked) -> Answer:
    """`standdown until 6:00`: rest until the time that the last public text promises."""
    words = asked.rest
    first, _, after = words.partition(" ")
    if normal(first) in UNTIL:
        words = after.strip()
    if not words:
        example = f"{COMMAND} standdown until tomorrow 6:00"
        raise reject("until", "Say until when, as in: {example}", example=example)
    state = asked.state(desk)
    require_open(state)
    require(desk.person(asked.body), Act.STAND_DOWN, state)
    try:
        moment, _ = split_time(words, state.zone, desk.now())
    except NotATime as error:
        raise NotATime(error.problem, tuple(f"until {each}" for each in error.instead)) from None
    state = asked.do(desk, StandDown(Instant.of(moment, state.zone))).state
    return say(
        "The team of *{name}* stands down until {when}, as the last text says. "
        "Reminders of steps wait until then; that of the promised update comes as always.",
        name=state.name,
        when=there(moment, state.zone),
    )


def hand_over(desk: Desk, asked: Asked) -> Answer:
    """`handover @mara note`: Slack turns @mara into her id when she is chosen from its list."""
    found = person_first(asked.raw)
    if found is None:
        raise _nobody_named(asked.rest)
    to, note = found
    state = asked.do(desk, OfferHandover(to, note)).state
    runs = say("you run") if state.holder == user_id(asked.body) else say("{who} runs", who=Who(state.holder))
    first = say("{to} is asked to run *{name}*. Until they accept,", to=Who(to), name=state.name)
    roster = desk.directory.roster()
    first = joined(first, joined(runs, say("it.")))
    if to in roster.off:
        words = "⚠️ {to} is off duty now and may not see it: call them, or ask somebody else in the same way."
        first = joined(first, say(words, to=Who(to)))
    first = joined(first, say("This is what they read:"))
    blocks, told = brief(View(state, roster, desk.now()))
    return compose([spoken(first), *told], [section(mrkdwn(first)), divider(), *blocks])


def _nobody_named(typed: str) -> Rejected:
    example = f"{COMMAND} handover @name what they should know"
    if not typed:
        return reject("to", "Say who takes over, as in: {example}", example=example)
    return reject(
        "to",
        "I cannot tell who is meant. Type @ and choose the person from the list that Slack shows, "
        "as in: {example}",
        example=example,
    )


def close(desk: Desk, asked: Asked) -> Answer:
    """Opens the closing form, which lists what is still open; what was typed is filled in."""
    state = asked.state(desk)
    require_open(state)
    require(desk.person(asked.body), Act.CLOSE, state)
    view = forms.close_form(state, desk.now())
    in_error = normal(asked.rest) in IN_ERROR
    blocks = {block.get("block_id"): block for block in view["blocks"]}
    if in_error and "in_error" not in blocks:
        raise reject(
            "went-out",
            "A text of {name} went out, so it was not opened in error. Type {close}.",
            name=state.name,
            close=f"{COMMAND} close",
        )
    if in_error:
        box = blocks["in_error"]["element"]
        box["initial_options"] = box["options"]
    elif len(asked.rest) > NOTE_MAX:
        raise reject("note", "Say how it ended in up to {most} characters. Nothing was done.", most=NOTE_MAX)
    elif asked.rest:
        blocks["note"]["element"]["initial_value"] = asked.rest
    desk.open_view(asked.body, view)
    return None


def _only_letters(word: str) -> str:
    return "".join(each for each in normal(word) if each.isalnum())
