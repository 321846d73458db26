"""Every window, with the worst that can be typed or forged: words stay words, and too many are refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from ecomms_bot.practice.stage import Stage
from ecomms_bot.practice.workspace import Modal
from ecomms_bot.slack.inputs import INPUT_MAX
from tests.scenario.acting import Actor, Case, opens, starts_form
from tests.scenario.test_bad_input import everything_sent
from tests.scenario.test_shortcut import in_thread, takes_down

WORST = (
    "<!channel> <@U0NOBODY> <!subteam^S0> & | *b* `c` 🌊👩‍👩‍👧‍👦 \u202eأغلق الطريق\u200f Où\u00a0? «\u200b» "
)
"""Mentions, markup, emoji, right-to-left, French and zero-width letters."""
FORGED = 40_000


def draft(case: Case) -> Actor:
    case.clicks("mara", case.last("step"), "Write draft")
    return case.actor("mara")


def sent_back(label: str) -> Callable[[Case], Actor]:
    def opened(case: Case) -> Actor:
        case.clicks("pia", case.sends("mara"), label)
        return case.actor("pia")

    return opened


def withdrawal(case: Case) -> Actor:
    case.clicks("mara", case.sends("mara"), "Withdraw, if you wrote it…")
    return case.actor("mara")


def skipping(case: Case) -> Actor:
    case.clicks("mara", case.last("step"), "Skip…")
    return case.actor("mara")


def marking(case: Case) -> Actor:
    case.sends("mara")
    case.approves("pia")
    case.opens_mark("mara")
    return case.actor("mara")


def closing(case: Case) -> Actor:
    case.types("pia", "close")
    return case.actor("pia")


def noting(kind: str) -> Callable[[Case], Actor]:
    def opened(case: Case) -> Actor:
        takes_down(case.on, "mara", in_thread(case, "Rescue has arrived."))
        mara = case.actor("mara")
        mara.person.fill({"What it is": kind})
        if kind == "A fact":
            mara.person.fill({"What it is about": "Something else…"})
        return mara

    return opened


def opening(case: Case) -> Actor:
    return starts_form(case.on, "irene")


WINDOWS: Mapping[str, Callable[[Case], Actor]] = {
    "opening": opening,
    "draft": draft,
    "changes": sent_back("Ask for changes"),
    "decline": sent_back("Decline"),
    "withdrawal": withdrawal,
    "skipping": skipping,
    "receipt": marking,
    "closing": closing,
    "note": noting("A note"),
    "fact": noting("A fact"),
    "question": noting("A question of the public"),
}


def typed_into(actor: Actor) -> dict[str, int]:
    """The fields of this window that take words, and how many."""
    modal = shown(actor)
    inputs = [block for block in modal.blocks if block["type"] == "input"]
    return {
        each["block_id"]: int(each["element"].get("max_length") or INPUT_MAX)
        for each in inputs
        if each["element"]["type"] == "plain_text_input"
    }


def shown(actor: Actor) -> Modal:
    modal = actor.person.modal
    assert modal is not None
    return modal


@pytest.mark.parametrize("window", WINDOWS)
def test_forty_thousand_forged_characters_are_refused_beside_each_field_and_stay(
    stage: Stage, window: str
) -> None:
    case = opens(stage, live=True)
    actor = WINDOWS[window](case)
    fields, before = list(typed_into(actor)), len(case.entries())
    assert fields
    actor.person.fill(dict.fromkeys(fields, "é" * FORGED))
    answer = actor.person.submit(unchecked=True)
    assert set(answer.block_errors) >= set(fields)
    assert all(len(words) < 200 and words.endswith(".") for words in answer.errors.values())
    assert all(shown(actor).field(name) == "é" * FORGED for name in fields)
    assert len(case.entries()) == before


@pytest.mark.parametrize("window", WINDOWS)
def test_the_worst_words_filling_each_field_call_nobody_and_break_nothing(stage: Stage, window: str) -> None:
    case = opens(stage, live=True)
    actor = WINDOWS[window](case)
    asked = {case.actor(who).id for who in ("mara", "pia", "dale", "irene", "theo")}
    before = {each.ts for each in case.messages()}
    actor.person.fill({name: (WORST * 60)[:most].strip() for name, most in typed_into(actor).items()})
    reply = actor.reply(actor.person.submit(unchecked=True), actor.personal())
    # then it goes on, or it is told beside a field; never is it Slack's own error or a mistake of ours
    assert reply.answer.error is None
    assert "Something went wrong" not in reply.words
    if reply.answer.pushed:
        actor.submits()
    assert case.entries("EffectFailed") == []
    # and nobody is called but people of the incident, whom the bot's own words name
    for message in case.messages():
        if message.ts not in before:
            assert message.notified <= asked, message.plain()
    for text in everything_sent(stage):
        assert "<!channel>" not in text
        assert "<@U0NOBODY>" not in text
        assert "<!subteam" not in text
