"""What an author should look at in a playbook that can be used: what may not fit, what nobody will see."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from ecomms_bot.playbook.channels import CHANNELS, Count
from ecomms_bot.playbook.checks import PLAIN_LETTERS, SMS_PLENTY
from ecomms_bot.playbook.drafting import TextTooLong, fields_for
from ecomms_bot.playbook.longest import fits_surely, literal, longest_text, longest_value, switching
from ecomms_bot.playbook.mistakes import Mistake, Path
from ecomms_bot.playbook.model import Field, Playbook, Step
from ecomms_bot.playbook.templates import fields_in
from ecomms_bot.playbook.values import COMMON_FIELDS, INCIDENT_NAME

Says = Callable[[Path], bool]
"""Whether it is this file, not one that it extends, that says what is at a path."""

_ONE_BRACE = re.compile(r"(?<!\{)\{[ ]*([a-z][a-z0-9_]*)[ ]*(?:\|[ ]*[a-z_]+[ ]*)?\}(?!\})")
_IF = re.compile(r"\{%[ ]*if[ ]+([a-z][a-z0-9_]*)[ ]*%\}")
FILLERS = 3
"""How many fields are named that fill a text which is too long."""


def advice(playbook: Playbook, says: Says = lambda _: True) -> Iterator[Mistake]:
    """All that is worth a look in a playbook in which nothing is wrong."""
    if playbook.offered:
        yield from _unused(playbook, says)
    yield from _switching_labels(playbook)
    for phase, steps in playbook.phases.items():
        yield from _same_titles(("phases", phase), steps)
        yield from _second_no_change(("phases", phase), steps)
        for n, step in enumerate(steps):
            yield from _of_step(("phases", phase, n), playbook, step)


def _look(path: Path, message: str, inside: tuple[int, int] | None = None) -> Mistake:
    return Mistake(path, message, inside, weight="look")


def _all_steps(playbook: Playbook) -> Iterator[Step]:
    for steps in playbook.phases.values():
        yield from steps


def _unused(playbook: Playbook, says: Says) -> Iterator[Mistake]:
    """What the file itself declares, and nothing in it needs."""
    steps = list(_all_steps(playbook))
    if not steps:
        yield _look((), "there is no step, so nothing can be written with this playbook")
        return
    listed = {name for step in steps for name in step.fields}
    for name in playbook.fields:
        if name not in listed and name not in COMMON_FIELDS and says(("fields", name)):
            yield _look(("fields", name), "no step uses this field")
    needed = {playbook.tier_of(step, kind) for step in steps for kind in step.texts}
    for name in playbook.tiers:
        if name not in needed and says(("tiers", name)):
            yield _look(("tiers", name), "no text is approved in this way")


def _same_titles(path: Path, steps: tuple[Step, ...]) -> Iterator[Mistake]:
    first: dict[str, str] = {}
    for n, step in enumerate(steps):
        if (other := first.setdefault(step.title.casefold(), step.id)) != step.id:
            yield _look((*path, n, "title"), f"{other} has the same title; people choose steps by it")


def _second_no_change(path: Path, steps: tuple[Step, ...]) -> Iterator[Mistake]:
    """*No change* writes for the scheduled updates: the first recurring step of a phase that has the text."""
    found = [(n, step) for n, step in enumerate(steps) if "no-change" in step.texts and len(step.texts) > 1]
    scheduled = next((step for _, step in found if step.recurrence == "recurring"), None)
    for n, step in found:
        place = (*path, n, "texts", "no-change")
        if step.recurrence != "recurring":
            yield _look(place, "only a recurring step can say that nothing changed, so this is never used")
        elif step is not scheduled and scheduled is not None:
            yield _look(place, f"*No change* writes for {scheduled.id} in this phase, so this is never used")


def _of_step(path: Path, playbook: Playbook, step: Step) -> Iterator[Mistake]:
    if set(step.texts) == {"no-change"}:
        message = "this step cannot be begun: no-change repeats an earlier text, and there is none"
        yield _look((*path, "texts"), message)
    written = {channel for text in step.texts.values() for channel in text.templates}
    for n, channel in enumerate(step.channels):
        if channel not in written:
            yield _look((*path, "channels", n), f"no text of this step is for {channel}")
    asked = {name for kind in step.texts for name, _ in fields_for(playbook, step, kind)}
    for n, name in enumerate(step.fields):
        if name not in asked:
            yield _look((*path, "fields", n), f"no text of this step uses {name}")
    yield from _of_cadence((*path, "cadence"), step)
    yield from _of_partners((*path, "partners"), step)
    for kind in step.texts:
        yield from _of_text((*path, "texts", kind), playbook, step, kind)


def _of_cadence(path: Path, step: Step) -> Iterator[Mistake]:
    """A cadence is the time to the next text: it is promised, or kept by steps that recur."""
    if step.cadence is None or any(text.promises for text in step.texts.values()):
        return
    if step.recurrence != "recurring":
        yield _look(
            path, "this does nothing: the step does not recur, and no text of it promises the next one"
        )
    elif any(CHANNELS[channel].public for text in step.texts.values() for channel in text.templates):
        yield _look(path, "the public is never told when the next text comes; say promises: true in a text")


def _of_partners(path: Path, step: Step) -> Iterator[Mistake]:
    """Partners hear of what the public will read."""
    public = any(CHANNELS[channel].public for text in step.texts.values() for channel in text.templates)
    if step.partners and not public:
        yield _look(path, "nobody is asked: no text of this step is for the public")
    for n, partner in enumerate(step.partners):
        if partner in step.partners[:n]:
            yield _look((*path, n), f"{partner} is named twice and asked once")


def _of_text(path: Path, playbook: Playbook, step: Step, kind: str) -> Iterator[Mistake]:
    fields = dict(fields_for(playbook, step, kind))
    for channel, language, source in step.text(kind).all_templates():
        place = (*path, "templates", channel, language)
        yield from _never_seen(place, fields, source)
        yield from _never_filled_in(place, source)
        if channel == "sms":
            yield from _switching_letters(place, source)
        if fits_surely(fields, source, channel):
            continue
        if too_long := _too_long(playbook, step, kind, channel, language):
            yield _look(place, too_long + _fillers(fields, source, channel))


def _never_seen(path: Path, fields: Mapping[str, Field], source: str) -> Iterator[Mistake]:
    """A condition on what is always there."""
    for found in _IF.finditer(source):
        name = found[1]
        if name == INCIDENT_NAME or fields[name].required:
            message = f"{name} is always filled in, so the text without it is never seen"
            yield _look(path, message, _inside(source, found.start()))


def _never_filled_in(path: Path, source: str) -> Iterator[Mistake]:
    """What looks like a blank and is printed as it stands."""
    for found in _ONE_BRACE.finditer(source):
        message = f"{found[0]} is no blank and is printed as it stands; write {{{{ {found[1]} }}}}"
        yield _look(path, message, _inside(source, found.start()))


def _inside(source: str, at: int) -> tuple[int, int]:
    return source.count("\n", 0, at) + 1, at - source.rfind("\n", 0, at)


def _too_long(playbook: Playbook, step: Step, kind: str, channel: str, language: str) -> str:
    """By how much the longest text passes what its channel holds, in words; "" if it fits."""
    try:
        counted, _ = longest_text(playbook, step, kind, channel, language)
    except TextTooLong:
        return "at its longest this passes 20,000 characters, and then it cannot be written"
    if counted.unit == "messages" and (counted.over or counted.used > SMS_PLENTY):
        most = f"{counted.limit} are the most" if counted.over else f"{SMS_PLENTY} are plenty"
        return f"at its longest, in an exercise, this takes {counted.used} messages; {most}"
    return f"at its longest, in an exercise, {_excess(counted)}" if counted.over else ""


def _excess(counted: Count) -> str:
    if counted.unit == "characters":
        over = counted.used - (counted.limit or 0)
        return f"this has {counted.used} of {counted.limit} characters, {over} too many"
    return counted.excess.removesuffix(".")


def _fillers(fields: Mapping[str, Field], source: str, channel: str) -> str:
    """The fields that take most of the room and can be made shorter, with their lengths."""
    found = []
    for name in fields_in(source):
        if name in fields and fields[name].type not in {"datetime", "phone"}:
            value = longest_value(fields[name], channel)
            label = fields[name].sign_of(str(value)) if channel == "sign" else ""
            found.append((len(label or fields[name].label_of(str(value))), name))
    named = [f"{name} ({length})" for length, name in sorted(found, reverse=True)[:FILLERS]]
    return f"; the longest fields are {', '.join(named)}" if named else ""


def _switching_letters(path: Path, source: str) -> Iterator[Mistake]:
    if letters := switching(literal(source)):
        yield _look(path, _switches(letters), _inside(source, source.index(letters[0])))


def _switching_labels(playbook: Playbook) -> Iterator[Mistake]:
    """The words of choices go into messages too."""
    sources = [
        source
        for step in _all_steps(playbook)
        for text in step.texts.values()
        for source in text.templates.get("sms", {}).values()
    ]
    for name in dict.fromkeys(name for source in sources for name in fields_in(source)):
        choices = playbook.fields[name].choices if name in playbook.fields else ()
        for n, choice in enumerate(choices):
            if letters := switching(choice.label):
                yield _look(("fields", name, "choices", n, "label"), _switches(letters))


def _switches(letters: str) -> str:
    known = [f"{PLAIN_LETTERS[each]} for {each}" for each in letters if each in PLAIN_LETTERS]
    instead = f"; write {', '.join(known)}" if known else ""
    return f"{' '.join(letters)} cut an SMS from 160 characters to 70{instead}"
