"""A text that is corrected, one that holds no more, and what people see of it: samples. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import things
from ecomms_bot.incident.ids import make_id
from ecomms_bot.incident.rules import following
from ecomms_bot.incident.standing import standing
from ecomms_bot.slack import cards, forms
from ecomms_bot.slack.blocks import exercise as marked
from ecomms_bot.slack.cards.putting_right import to_correct
from ecomms_bot.slack.composing import begin, compose
from ecomms_bot.slack.following_forms import taken_down_form
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.sample_book import RAW, SHA256
from ecomms_bot.slack.sample_life import COMMUNICATOR, SampleLife
from ecomms_bot.slack.writing import Beginning, Writing, draft_form, preview

Drawn = tuple[str, Message | forms.View, str]
"""The kind of a thing, of a form or of an answer; what it looks like; in which state."""
CORRECTED: dict[str, Any] = {
    "superseded_item": "the holding statement of 8 p.m. PST on X, SMS and the web page",
    "wrong_text": "the road that is closed",
    "correct_fact": "Highway 7 is closed, Highway 1 is open.",
}
LINK = "https://www.example.org/news/7"


def putting_right(*, exercise: bool) -> Iterator[Drawn]:
    """Drawn at the moments at which people see them."""
    life = SampleLife(RAW, SHA256, exercise=exercise)
    life.submit("D1")
    life.approve_all("D1")
    life.mark("D1", "x", "web", "sms", "sign")
    yield from _written(life)
    wrong, draft = life.draft("D1"), life.draft("D8")
    review, text = things.review_thing(draft.id, 1), things.publish_thing(draft.id, 1)
    yield _shown(life, review, "of a correction")
    life.approve_all("D8")
    yield _shown(life, text, "of a correction")
    form = forms.mark_form(life.state, life.draft("D8"), life.draft("D8").current, life.now)
    yield form["callback_id"], form, "of a correction"
    receipt = life.mark("D8", "x", "web", proof=LINK)
    yield _shown(life, receipt, "of a correction")
    yield _shown(life, things.publish_thing(wrong.id, 1), "corrected")
    yield _shown(life, things.receipt_thing(wrong.id, wrong.marks[0].seq), "of what was corrected")
    yield _shown(life, things.CARD, "a correction not everywhere")
    yield _shown(life, things.step_thing("D8"), "a correction not everywhere")
    close = forms.close_form(life.state, life.now)
    yield close["callback_id"], close, "a correction not everywhere"
    yield _shown(life, _reminded_of(life, "put-right"), "a correction not everywhere")
    down = taken_down_form(life.state, life.draft("D1"), life.draft("D1").current)
    yield down["callback_id"], down, ""
    life.do(COMMUNICATOR, c.EndRelease(wrong.id, 1, ("sign",), "The sign is dark."))
    receipt = life.mark("D8", "sms", proof=LINK)
    yield _shown(life, receipt, "of a correction that is everywhere")
    yield from _expiring(life)


def _written(life: SampleLife) -> Iterator[Drawn]:
    """The list of what can be corrected, and the forms in which it is done."""
    listed = to_correct(life.view, standing(life.state))
    yield "answer to correct", marked(listed) if life.state.exercise else listed, ""
    form = draft_form(life.state, *_begun(life, "cancellation"))
    yield form["callback_id"], form, "cancellation"
    writing, begins = _begun(life, "correction")
    form = draft_form(life.state, writing, begins)
    yield form["callback_id"], form, "correction"
    values = {**begins.values, **CORRECTED}
    found = compose(life.state, writing, values, life.now)
    shown = preview(
        *(life.state, writing, found.texts, found.sha256, found.findings),
        tier=found.tier,
        seen=begins.seen,
        extra={},
    )
    yield shown["callback_id"], shown, "of a correction"
    life.submit("D8", "correction", about=writing.about, **CORRECTED)


def _begun(life: SampleLife, relation: str) -> tuple[Writing, Beginning]:
    wrong = life.draft("D1")
    about = following.about(life.state, wrong.id, 1, relation)
    step, kind = following.following_step(life.state, wrong.id, relation)
    writing = Writing(life.state.id, make_id("d", relation), step.id, kind, about)
    return writing, begin(life.state, writing, COMMUNICATOR, life.now, {})


def _expiring(life: SampleLife) -> Iterator[Drawn]:
    life.submit("D7", holds=60)
    life.approve_all("D7")
    life.mark("D7", "x", "web")
    for state in ("a text that will hold no more", "a text that holds no more"):
        yield _shown(life, _reminded_of(life, "expiry"), state)
    yield _shown(life, things.CARD, "a text that holds no more")


def _shown(life: SampleLife, thing: str, state: str) -> Drawn:
    return things.split(thing)[0], cards.render(thing, life.view), state


def _reminded_of(life: SampleLife, subject: str) -> str:
    while not (thing := life.fire_next()).startswith(f"reminder:{subject}/"):
        pass
    return thing
