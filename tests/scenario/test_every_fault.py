"""A short incident under each fault of Slack, at every method in turn: nothing lost, doubled or silent."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from functools import partial

import pytest

from ecomms_bot.practice.stage import Stage
from ecomms_bot.practice.workspace.faults import Fault
from ecomms_bot.service import carrying
from ecomms_bot.store import tasks
from tests.scenario.acting import PEOPLE, Actor, Case, Reply, next_evening, office, opens
from tests.scenario.aftermath import key_of, log_is_whole

METHODS = (
    "views.open",
    "conversations.create",
    "conversations.invite",
    "chat.postMessage",
    "chat.update",
    "pins.add",
    "response_url",
)
"""What a short incident calls. The first call of each meets the fault."""
LOOK_UPS = ("conversations.history", "conversations.replies", "conversations.list", "conversations.members")
"""What is called only because something went wrong before; it goes wrong as well."""
MORE = 0.2
"""So many of the calls after the first meet it too."""

FAULTS: Mapping[str, Callable[[str], Fault]] = {
    "delay": lambda method: Fault(method, "delay", None, seconds=0.1),
    "rate_limited": lambda method: Fault(method, "rate_limited", None, seconds=0),
    "server_error": lambda method: Fault(method, "server_error", None),
    "drop_before": lambda method: Fault(method, "drop_before", None),
    "drop_after": lambda method: Fault(method, "drop_after", None),
    "outage": lambda method: Fault(method, "drop_before", None),
}
OUTAGE_CALLS = 6
"""An outage: so many calls in a row fail, whatever they are, at a time; then it is quiet for a while."""


class Luck:
    """When a fault strikes: from a seed, so that a failing run can be played again."""

    def __init__(self, fault: str, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - nothing here is a secret
        self._outage = fault == "outage"
        self._calls = 0
        self._seen: Counter[str] = Counter()

    def strikes(self, method: str, _args: object) -> bool:
        self._calls += 1
        self._seen[method] += 1
        if self._outage:
            return self._calls % (4 * OUTAGE_CALLS) < OUTAGE_CALLS or self._seen[method] == 1
        return self._seen[method] == 1 or self._random.random() < MORE


@dataclass(frozen=True)
class Left:
    """What a played incident leaves behind, free of ids."""

    shown: Mapping[str, str]
    entries: Counter[str]

    @property
    def lines(self) -> list[str]:
        said = [f"{key}: {line}" for key, text in sorted(self.shown.items()) for line in text.splitlines()]
        return [*said, *(f"{number} {type_}" for type_, number in sorted(self.entries.items()))]


def play(on: Stage) -> Case:
    """From the command to the closing message: one text is approved, published and promises the next."""
    on.workspace.person("mara").open_home()
    case = opens(on)
    case.publishes()
    case.clock("20:50")
    case.closes("pia", withdraw_reason="The road list takes over.")
    return case


OF_THE_DAY = re.compile(
    r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\., \w+\.? \d+\b|\b[0-9A-F]{4}-[0-9A-F]{4}\b|\b\d+:[0-9a-f]{12,64}\b"
)
"""Dates, and what is computed from texts with dates in them."""


def left_by(case: Case) -> Left:
    """What stands in Slack, by the task that posted it, and how many entries of each kind are in the log."""

    def nameless(text: str) -> str:
        text = text.replace(case.id, "i").replace(case.draft().id, "d").replace(f"-{case.id[-4:]}", "-i")
        return OF_THE_DAY.sub("…", text)

    messages = [*case.messages(), *(dm for who in PEOPLE for dm in case.dms(who))]
    keys = [nameless(str((each.metadata or {})["event_payload"]["key"])) for each in messages]
    assert len(set(keys)) == len(keys), f"posted twice: {Counter(keys).most_common(3)}"
    shown = {key: nameless(each.plain()) for key, each in zip(keys, messages, strict=True)}
    shown.pop("i/answer", None)  # the opener's own answer: a direct message where Slack's address failed
    return Left(shown, Counter(entry.type for entry in case.entries()))


@pytest.fixture(scope="module")
def _whole_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A bot of its own: Mara looks at her Home, so that it is drawn after all that she does."""
    with office(tmp_path_factory.mktemp("faults")) as made:
        yield made
        log_is_whole(made)


@pytest.fixture
def undisturbed(stage: Stage) -> Left:
    """The same incident, with a Slack that does all it is asked."""
    left = left_by(play(stage))
    called = {call.method for call in stage.workspace.calls if call.method in METHODS}
    assert called == set(METHODS), "name the methods of today's short incident above"
    next_evening(stage)
    stage.workspace.calls.clear()
    return left


@pytest.fixture
def patient(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Here the bot tries again soon, and people press again when no form came."""
    monkeypatch.setattr(carrying, "RETRY_MAX_S", 0.02)

    def pressing(do: Callable[..., Reply]) -> Callable[..., Reply]:
        def again(self: Actor, *args: object) -> Reply:
            before = len(self.on.workspace.calls_of("views.open"))
            reply = do(self, *args)
            tried = self.on.workspace.calls_of("views.open")[before:]
            if not tried or tried[-1].ok:
                return reply
            unheard = any(call.fault for call in self.on.workspace.calls_of("response_url"))
            assert "Please try once more." in reply.words or unheard, "nobody said that no form came"
            return again(self, *args)

        return again

    monkeypatch.setattr(Actor, "types", pressing(Actor.types))
    monkeypatch.setattr(Actor, "clicks", pressing(Actor.clicks))
    return stage


@pytest.mark.parametrize("fault", FAULTS)
def test_a_short_incident_under_this_fault_ends_as_one_without(
    patient: Stage, undisturbed: Left, fault: str
) -> None:
    luck = Luck(fault, seed=7)
    for method in (*METHODS, *LOOK_UPS):
        bad = FAULTS[fault](method)
        bad.matching = partial(luck.strikes, method)
        patient.workspace.faults.add(bad)
    case = play(patient)
    patient.settle()
    # then the fault was met at every method
    met = {call.method for call in patient.workspace.calls if call.fault == FAULTS[fault]("").kind}
    assert met >= set(METHODS)
    # nothing is lost and nothing doubled: Slack and the log are as they would have been
    other = list(unified_diff(undisturbed.lines, left_by(case).lines, "undisturbed", fault, lineterm="", n=0))
    assert not other, "\n".join(other)
    # and nothing is silent: what could not be made sure of is named, and says so where it stands. Of all this
    # that is the opener's own answer alone, since Slack lets nobody look whether such a one has arrived
    with patient.bot.db.read() as conn:
        troubled = {each.key for each in tasks.troubled(conn) if each.incident == case.id}
    again = {key_of(call) for call in patient.workspace.calls if "Sent again" in str(call.args)}
    assert troubled <= again <= {f"{case.id}/answer"}
