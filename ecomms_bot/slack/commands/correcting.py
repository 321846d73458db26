"""`/ecomms correct`: what people can read now, and the form that puts one of these texts right."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from ecomms_bot.incident.policy import Act, require
from ecomms_bot.incident.rules.common import require_open
from ecomms_bot.incident.standing import Standing, standing
from ecomms_bot.incident.wording import Rejected, reject
from ecomms_bot.slack.cards.putting_right import to_correct
from ecomms_bot.slack.cards.view import title_in
from ecomms_bot.slack.commands.asked import Answer, Asked, normal
from ecomms_bot.slack.desk import Desk
from ecomms_bot.slack.following import open_following_form
from ecomms_bot.slack.names import COMMAND

ALIKE = 0.75


def correct(desk: Desk, asked: Asked) -> Answer:
    """The list with a button for each text; the form at once where only one can be meant."""
    state = asked.state(desk)
    require_open(state)
    require(desk.person(asked.body), Act.DRAFT, state)
    found = tuple(reversed(standing(state)))
    if not found:
        raise reject(
            "nothing-stands",
            "No text of {name} stands where the public reads it, so there is nothing to correct.",
            name=state.name,
        )
    titles = [title_in(state, each.draft.step, each.revision.kind) for each in found]
    meant = _meant(found, titles, asked.rest) if asked.rest else found
    if not meant:
        raise _no_text(titles, asked.rest)
    if len(meant) > 1:
        return to_correct(asked.view(desk), meant)
    (one,) = meant
    open_following_form(desk, asked.body, state, one.draft.id, one.revision.number, relation="correction")
    return None


def _meant(found: Sequence[Standing], titles: Sequence[str], typed: str) -> Sequence[Standing]:
    """By its number in the list, its title, or a title that is near."""
    wanted = normal(typed)
    if wanted.isdecimal():
        return found[int(wanted) - 1 : int(wanted)] if int(wanted) else ()
    called = [normal(title) for title in titles]
    for match in (wanted, *get_close_matches(wanted, called, 1, ALIKE)):
        if exact := [each for each, title in zip(found, called, strict=True) if title == match]:
            return exact
    return [each for each, title in zip(found, called, strict=True) if wanted in title]


def _no_text(titles: Sequence[str], typed: str) -> Rejected:
    return reject(
        "no-text",
        "No text “{typed}” stands where the public reads it. These do: {titles}. Type {how} for the list.",
        typed=typed[:50],
        titles=", ".join(dict.fromkeys(titles)),
        how=f"{COMMAND} correct",
    )
