"""`ecomms preview`: what a playbook would say, tried in the terminal."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from ecomms_bot.cli.books import playbook_named
from ecomms_bot.cli.common import settings, shown
from ecomms_bot.errors import EcommsError

if TYPE_CHECKING:
    from ecomms_bot.playbook.model import Field, Playbook, Step
    from ecomms_bot.settings import Settings
    from ecomms_bot.workshop.sampling import Occasion

ALIKE = 0.6
"""How like a name what was typed must be to be taken for it misspelt (0 to 1)."""


class NotFound(EcommsError):
    """There is no such step or text; nothing was shown."""


class CannotTake(EcommsError):
    """A value given with --set cannot be used; nothing was shown."""


@click.command()
@click.argument("playbook")
@click.argument("step", required=False)
@click.option("--kind", help="Only the text of this kind, such as update or no-change.")
@click.option(
    "--set", "given", multiple=True, metavar="FIELD=VALUE", help="Fill in this in place of the example."
)
@click.option("--exercise/--live", default=False, help="With or without the mark of an exercise [live].")
@click.option("--name", help="The name of the incident.")
@click.option("--longest", is_flag=True, help="With every field at its longest, as an exercise.")
@click.option("--lengths", is_flag=True, help="Only the length of every text on every channel.")
@click.pass_context
def preview(ctx: click.Context, /, playbook: str, step: str | None, **options: Any) -> None:
    """Show what PLAYBOOK (its id, or a file) says in STEP (an id or a title).

    Without STEP: the steps to choose from. The examples of the fields are filled in, at times that fit the
    present. VALUE is typed as in Slack: the words of a choice, 14:30, in 45 min. Nothing is sent or kept.

    Exit code 1 if a text is too long or something would keep it from being submitted.
    """
    of = settings()
    book = playbook_named(of, playbook).playbook
    ctx.exit(0 if _show(book, of, step, {**options, "named": shlex.quote(playbook)}) else 1)


def _show(book: Playbook, of: Settings, typed_step: str | None, options: Mapping[str, Any]) -> bool:
    """Print what was asked for; whether all of it is sound."""
    from ecomms_bot.workshop import lengths as measured
    from ecomms_bot.workshop import preview as words

    steps = [step for steps in book.phases.values() for step in steps]
    chosen = _step(book, typed_step) if typed_step else None
    if options["lengths"]:
        which = [chosen] if chosen else steps
        _say([*words.wrapped(measured.LEGEND), "", *measured.table(book, which)])
        return not any(each.most.over for each in measured.lengths(book, which))
    if chosen is not None:
        return _show_step(book, chosen, of, options)
    if options["kind"] or options["given"] or options["longest"]:
        raise NotFound("Name the step too: --kind, --set and --longest are about the texts of one.")
    _say(words.overview(book, options["named"]))
    return True


def _show_step(book: Playbook, step: Step, of: Settings, options: Mapping[str, Any]) -> bool:
    """Print a step and its texts; whether they are sound. Nothing is printed if something is refused."""
    from ecomms_bot.workshop import preview as words

    kinds = [_kind(step, options["kind"])] if options["kind"] else [t.kind for t in words.in_order(step)]
    if options["longest"]:
        if options["given"]:
            raise CannotTake("--longest fills in every field itself. Leave out --longest, or --set.")
        made = [words.longest(book, step, kind) for kind in kinds]
        _say(words.heading(book, step))
    else:
        occasion = _occasion(book, step, kinds, of, options)
        made = [words.preview(book, step, kind, occasion) for kind in kinds]
        _say([*words.heading(book, step), "", *words.on_what(occasion)])
    for each in made:
        _say(each.lines)
    return all(each.sound for each in made)


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(shown(line))


# --- which step, which text -------------------------------------------------------------------------------


def _step(book: Playbook, typed: str) -> Step:
    """By id or title, in small letters or capitals; or by words that only one title has."""
    steps = [step for steps in book.phases.values() for step in steps]
    wanted = typed.casefold().strip()
    for step in steps:
        if wanted in {step.id.casefold(), step.title.casefold()}:
            return step
    within = [step for step in steps if wanted in step.title.casefold()]
    if len(within) == 1:
        return within[0]
    near = within or [
        step
        for step in steps
        if get_close_matches(wanted, [step.title.casefold(), *step.title.casefold().split()], 1, ALIKE)
    ]
    listed = "\n".join(f"  {step.id:<4} {step.title}" for step in near or steps)
    question = "Did you mean:" if near else "There are:"
    raise NotFound(f"The playbook {book.title} has no step “{typed}”. {question}\n{listed}")


def _kind(step: Step, typed: str) -> str:
    if typed in step.texts:
        return typed
    raise NotFound(f"{step.id} {step.title} has no text “{typed}”. {_instead(typed, step.texts)}")


def _instead(typed: str, known: Iterable[str]) -> str:
    names = list(known)
    near = get_close_matches(typed, names, 3, ALIKE)
    return f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(sorted(names))}."


# --- what is filled in ------------------------------------------------------------------------------------


def _occasion(
    book: Playbook, step: Step, kinds: Sequence[str], of: Settings, options: Mapping[str, Any]
) -> Occasion:
    from ecomms_bot import bootstrap
    from ecomms_bot.playbook.values import INCIDENT_NAME_MAX
    from ecomms_bot.workshop.sampling import ZONE, Occasion

    name = options["name"] or f"{book.title} near Hope"
    if len(name) > INCIDENT_NAME_MAX:
        raise CannotTake(
            f"An incident's name has up to {INCIDENT_NAME_MAX} characters; this has {len(name)}."
        )
    now = bootstrap.clock_of(of).now().replace(second=0, microsecond=0)
    zone = of.office.time_zone if "time_zone" in of.office.model_fields_set else ZONE
    return Occasion(
        now=now,
        zone=zone,
        incident=name,
        exercise=options["exercise"],
        office={"issuing_source": of.office.organisation, "info_url": of.office.info_url},
        given=_given(book, step, kinds, options["given"], zone=zone, now=now),
    )


def _given(
    book: Playbook, step: Step, kinds: Sequence[str], typed: Sequence[str], *, zone: str, now: datetime
) -> dict[str, str | datetime]:
    """What --set says, by field. Raises CannotTake and NotFound with all that is wrong."""
    from ecomms_bot.playbook.drafting import fields_for
    from ecomms_bot.playbook.values import FieldError, parse

    asked: dict[str, Field] = {name: field for kind in kinds for name, field in fields_for(book, step, kind)}
    given: dict[str, str | datetime] = {}
    wrong: list[str] = []
    for each in typed:
        name, equals, value = each.partition("=")
        name = name.strip()
        if not equals:
            wrong.append(f"--set {each}: write it as FIELD=VALUE.")
        elif name not in asked:
            wrong.append(f"--set {name}: {_not_asked(book, step, name, asked)}")
        else:
            try:
                given[name] = _understood(asked[name], value.strip(), zone, now)
                parse(name, asked[name], given[name], zone=zone, now=now)
            except (FieldError, EcommsError) as error:
                wrong.append(f"--set {name}: {error} {asked[name].hint}".rstrip())
    if wrong:
        raise CannotTake("\n".join(wrong))
    return given


def _not_asked(book: Playbook, step: Step, name: str, asked: Mapping[str, Field]) -> str:
    if name in book.fields:
        return f"{step.id} {step.title} does not ask for it. {_instead(name, asked)}"
    labels = {field.label.casefold(): known for known, field in asked.items()}
    near = get_close_matches(name.casefold(), [*asked, *labels], 3, ALIKE)
    names = dict.fromkeys(labels.get(each, each) for each in near)
    return "there is no such field. " + (
        f"Did you mean {' or '.join(names)}?" if names else _instead(name, asked)
    )


def _understood(field: Field, typed: str, zone: str, now: datetime) -> str | datetime:
    """What was typed as Slack takes it: a choice in any case, a number without its unit, a time in words."""
    if field.type == "choice":
        called = {
            words.casefold(): each.value for each in field.choices for words in (each.value, each.label)
        }
        return called.get(typed.casefold(), typed)
    if field.type in {"integer", "decimal"} and field.unit:
        return typed.removesuffix(field.unit).strip()
    return _moment(field, typed, zone, now) if field.type == "datetime" and typed else typed


def _moment(field: Field, typed: str, zone: str, now: datetime) -> datetime:
    """A time of the zone unless it names its own: as it is typed in Slack, or in full, as past ones need."""
    from ecomms_bot.slack.times import NotATime, split_time

    there = ZoneInfo(zone)
    if re.fullmatch(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d.*", typed):
        try:
            full = datetime.fromisoformat(typed)
        except ValueError:
            raise CannotTake(f"“{typed}” is no date and time. Write it as 2021-11-14 20:40.") from None
        return full if full.tzinfo else full.replace(tzinfo=there)
    if not field.future_allowed and (clock := re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", typed)):
        last = datetime.combine(now.astimezone(there), time(int(clock[1]), int(clock[2]), tzinfo=there))
        return last if last <= now else last - timedelta(days=1)
    try:
        moment, rest = split_time(typed, zone, now)
    except NotATime as error:
        instead = f" Such as: {', '.join(error.instead)}." if error.instead else ""
        raise CannotTake(f"{error.problem}{instead}") from None
    if rest:
        raise CannotTake(f"“{typed}” is more than a time. Write it as 14:30 or 2021-11-14 20:40.")
    return moment
