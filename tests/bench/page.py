"""The practice page in a real browser, with the real bot in a process of its own."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, expect, sync_playwright

from ecomms_bot.practice.cast import APPROVER, WRITER
from ecomms_bot.practice.page import panels
from ecomms_bot.practice.training import Training, training
from ecomms_bot.practice.workspace import Conversation
from ecomms_bot.practice.workspace.state import StoredMessage
from tests.bench.arena import BOT, ROOT, arena
from tests.bench.barely import PAGE, barely
from tests.bench.measure import Figure, percentile, say
from tests.system.seat import NAMES, Seat, chromium
from tests.system.test_newcomer import approves, starts, writes

MESSAGES = 2_000
ACTS = 40
UP_S = 60.0
IDLE_MS = 500
WIDE = 1280

LISTEN = """
window.bench = {hello: 0, clicks: 0, fields: new Map()};
window.EventSource = class extends EventSource {
  constructor(...said) {
    super(...said);
    this.addEventListener("hello", () => (window.bench.hello ||= performance.now()));
  }
};
addEventListener("click", (event) => (window.bench.clicks += event.isTrusted), true);
addEventListener("input", ({target}) => window.bench.fields.set(target, target.value.length), true);
"""
SAID_HELLO = "() => window.bench.hello || null"
DONE = "() => [bench.clicks, bench.fields.size, [...bench.fields.values()].reduce((a, b) => a + b, 0)]"

# Until the frame in which something new of this kind stands; `text` is typed into the field before.
TIMED = """
(act, [shown, text]) => new Promise((done) => {
  const before = new Set(document.querySelectorAll(shown));
  let since = 0;
  const seen = new MutationObserver(() => {
    if ([...document.querySelectorAll(shown)].every((one) => before.has(one))) return;
    seen.disconnect();
    requestAnimationFrame(() => done(performance.now() - since));
  });
  seen.observe(document, {subtree: true, childList: true, attributes: true});
  if (text) act.value = text;
  since = performance.now();
  if (text) act.form.requestSubmit();
  else act.click();
})
"""


SENT = """
(field, text) => {
  field.value = text;
  const since = performance.timeOrigin + performance.now();
  field.form.requestSubmit();
  return since;
}
"""
AWAITED = """
(words) => {
  window.bench.seen = 0;
  const seen = new MutationObserver(() => {
    if (!document.getElementById("messages").lastElementChild.textContent.includes(words)) return;
    seen.disconnect();
    requestAnimationFrame(() => (window.bench.seen = performance.timeOrigin + performance.now()));
  });
  seen.observe(document, {subtree: true, childList: true});
}
"""


class Limit(Figure):
    """What is to be reached is said of our own figure: people do not wait for a ratio."""

    def __init__(self, what: str, unit: str, beside: str, most: float | None = None) -> None:
        super().__init__(what, unit, beside)
        self.most = most

    @property
    def aim(self) -> str:
        return "" if self.most is None else f"≤ {self.most:g} {self.unit}"

    @property
    def reached(self) -> str:
        """Of the median, as everywhere."""
        return "" if self.most is None else "yes" if percentile(self.ours, 50) <= self.most else "NO"


def figures() -> dict[str, Figure]:
    bare = "a bare page of the same server"
    return {
        "start": Limit(
            "`ecomms practice` until its page answers and the bot is there", "s", "the bot alone", 30
        ),
        "ready": Limit("A conversation of 2,000 messages until it takes keys and listens", "ms", bare, 1_000),
        "weight": Limit("… everything that came over the wire for it", "KB", "with one message", 200),
        "press": Limit("A button until its form is seen, beyond the bot's own time, p95", "ms", bare, 150),
        "type": Limit("A command until its answer is seen, beyond the bot's own time, p95", "ms", bare, 150),
        "say": Limit("A message until somebody else reads it in another window, p95", "ms", bare, 150),
        "walk": Limit(
            "The first steps until an approval, by a machine", "s", "the bot until it acknowledged"
        ),
    }


def measure(folder: Path, into: dict[str, Figure]) -> None:
    """One run, in a practice of its own."""
    if not any(shutil.which(name) for name in NAMES):
        say("        not measured, Chromium is missing: sudo apt-get install chromium")
        return
    started(folder / "first")  # what it compiles is then there
    with arena(folder / "bot") as on, on.running(BOT) as bot:
        into["start"].add(started(folder / "start"), bot.up_s)
    with (
        sync_playwright() as driver,
        chromium(driver) as browser,
        training(folder / "practice", port=0, site=lambda made: [*barely(), *panels.page(made)]) as (
            made,
            server,
        ),
    ):
        on_page(Bench(browser, made, f"http://127.0.0.1:{server.port}"), into)


@dataclass
class Bench:
    """A practice and a browser that looks at it."""

    browser: Browser
    made: Training
    address: str

    @contextmanager
    def opened(self, path: str) -> Iterator[Page]:
        """A window of somebody who was never here, with nothing kept from before."""
        context = self.browser.new_context(
            timezone_id="America/Vancouver", viewport={"width": WIDE, "height": 800}
        )
        context.add_init_script(LISTEN)
        page = context.new_page()
        page.goto(self.address + path)
        yield page
        context.close()

    def at(self, place: Conversation, who: str = WRITER.handle) -> str:
        return f"/?as={who}&in={place.id}"


def on_page(on: Bench, into: dict[str, Figure]) -> None:
    """Everything that needs the browser: first the walk, then in the conversation that it made."""
    place, desk = walked(on, into["walk"]), on.made.workspace.conversation("ops-desk")
    filled(place)
    visitors = [on.at(place, handle) for handle, one in on.made.people.items() if one.id in place.members]
    into["ready"].add(ready_ms(on, visitors), ready_ms(on, [PAGE] * len(visitors)))
    into["weight"].add(weight_kb(on, on.at(place)), weight_kb(on, on.at(desk)))
    with on.opened(PAGE) as page:
        page.wait_for_function(SAID_HELLO)
        button = page.locator("button")
        bare = percentile([button.evaluate(TIMED, ["li", ""]) for _ in range(ACTS)], 95)
    with on.opened(on.at(place, APPROVER.handle)) as other, on.opened(on.at(place)) as page:
        for each in (other, page):
            each.wait_for_function(SAID_HELLO)
        into["press"].add(percentile([pressed_ms(on, page) for _ in range(ACTS)], 95), bare)
        into["type"].add(percentile([typed_ms(on, page) for _ in range(ACTS)], 95), bare)
        into["say"].add(percentile([said_ms(page, other, number) for number in range(ACTS)], 95), bare)


# --- from nothing -----------------------------------------------------------------------------------------


def started(folder: Path) -> float:
    """From the start of the process until a browser could be sent there, in seconds."""
    command = (
        sys.executable,
        "-m",
        "ecomms_bot",
        "practice",
        "--no-browser",
        "--port",
        "0",
        "--folder",
        str(folder),
    )
    since = time.monotonic()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)}
    ) as own:
        try:
            assert own.stdout is not None
            lines = iter(own.stdout.readline, "")
            address = next(line.split()[-1] for line in lines if "http://" in line)
            urlopen(address, timeout=UP_S).close()  # noqa: S310  (the address is that of the workspace)
            return time.monotonic() - since
        finally:
            own.send_signal(signal.SIGTERM)


def walked(on: Bench, figure: Figure) -> Conversation:
    """What the first steps say, up to the approval; gives the conversation of the exercise."""
    known, sent = set(on.made.workspace.channels), len(on.made.workspace.envelopes)
    with on.opened("/") as page:
        since = time.monotonic()
        seat = Seat(page)
        starts(seat)
        writes(seat)
        seat.follows("Be Priya Nair, in the thread")
        approves(seat)
        took = time.monotonic() - since
        clicks, fields, characters = page.evaluate(DONE)
    acks = [each.latency or 0.0 for each in on.made.workspace.envelopes[sent:]]
    figure.add(took, sum(acks))
    figure.remarks.append(f"{clicks} clicks, {fields} fields with {characters} characters")
    return next(
        one
        for one in on.made.workspace.channels.values()
        if one.id not in known and one.name.startswith("exercise")
    )


def filled(place: Conversation) -> None:
    """2,000 messages before those that are there: people write, and the bot in between."""
    real = [each for each in place.messages if each.blocks]
    first = float(place.messages[0].ts) - MESSAGES
    older: list[StoredMessage] = []
    for number in range(MESSAGES - len(place.messages)):
        ts = f"{first + number:.6f}"
        if number % 5 == 0:
            older.append(replace(real[number // 5 % len(real)], ts=ts, thread_ts=None))
        else:
            user = place.members[number % len(place.members)]
            text = f"*{number}*: the crew says that <https://example.org/{number}|both lanes> are blocked."
            older.append(StoredMessage(place.id, ts, user, text))
    place.messages[:0] = older


# --- what somebody waits for ------------------------------------------------------------------------------


def ready_ms(on: Bench, paths: Sequence[str]) -> float:
    """The middle of a few visits, each with an empty cache and as somebody for whom nothing was drawn yet."""
    took = []
    for path in paths:
        with on.opened(path) as page:
            page.wait_for_function(SAID_HELLO)
            took.append(page.evaluate(SAID_HELLO))
            page.locator("textarea").first.press_sequentially("ok")
            expect(page.locator("textarea").first).to_have_value("ok")
    return percentile(took, 50)


def weight_kb(on: Bench, path: str) -> float:
    """With all headers, and with what the stream has said until nothing more comes."""
    context = on.browser.new_context(viewport={"width": WIDE, "height": 800})
    page = context.new_page()
    network, ended, on_their_way = context.new_cdp_session(page), list[int](), dict[str, int]()
    network.send("Network.enable")

    def came(said: dict[str, Any]) -> None:
        on_their_way[said["requestId"]] = on_their_way.get(said["requestId"], 0) + said["encodedDataLength"]

    def all_came(said: dict[str, Any]) -> None:
        on_their_way.pop(said["requestId"], None)
        ended.append(said["encodedDataLength"])

    network.on("Network.dataReceived", came)
    network.on("Network.loadingFinished", all_came)
    page.goto(on.address + path)
    page.locator("textarea").first.focus()
    page.wait_for_timeout(IDLE_MS)
    context.close()
    return (sum(ended) + sum(on_their_way.values())) / 1024


def pressed_ms(on: Bench, page: Page) -> float:
    """A step's button opens its form, which is closed again."""
    button = page.locator("#flow").get_by_role("button", name="Write new revision", exact=True).last
    took = beyond(on, "views.open", lambda: button.evaluate(TIMED, ["dialog#modal[open] .view", ""]))
    page.locator("dialog#modal [data-act=close]").first.click()
    expect(page.locator("dialog#modal[open]")).to_have_count(0)
    return took


def typed_ms(on: Bench, page: Page) -> float:
    """The answer stands in the acknowledgement."""
    field = page.locator("#composer textarea")
    return beyond(on, "", lambda: field.evaluate(TIMED, ["#messages li.message", "/ecomms status"]))


def beyond(on: Bench, method: str, act: Callable[[], float]) -> float:
    """What it took but for the bot: from the envelope until the call, or the ack, that changes the screen."""
    ws = on.made.workspace
    before, envelopes = len(ws.calls), len(ws.envelopes)
    took = act()
    sent = ws.envelopes[envelopes]
    done = [call.machine_at for call in itertools.islice(ws.calls, before, None) if call.method == method]
    return took - ((done or [sent.acks[0].at])[0] - sent.sent[0][0]) * 1000


def said_ms(page: Page, other: Page, number: int) -> float:
    """Both windows are of one browser on one machine: their clocks are one."""
    words = f"Number {number}: we are on our way."
    other.evaluate(AWAITED, words)
    box = page.locator("#composer textarea")
    since: float = box.evaluate(SENT, words)
    seen: float = other.wait_for_function("() => window.bench.seen || null").json_value()
    return seen - since
