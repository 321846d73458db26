"""Somebody at a browser: what they see, type and click, by the words on the screen."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from typing import Any, Self

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Playwright, expect

NARROW = 400
WAIT_MS = 20_000
"""Far more than anything takes; what does not come in this time does not come."""
NAMES = ("chromium", "chromium-browser", "google-chrome")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
REPLIES = re.compile(r"^\d+ repl(y|ies)\b")

expect.set_options(timeout=WAIT_MS)


def chromium(driver: Playwright) -> Browser:
    """The system's own browser."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    assert path is not None, "These tests need Chromium. Install it with: sudo apt-get install chromium"
    # Without a user namespace, as root in a container, the sandbox cannot be set up; all it sees is ours.
    return driver.chromium.launch(executable_path=path, args=["--no-sandbox"])


@dataclass
class Seat:
    """One window, in the browser's language and in the zone of Vancouver."""

    page: Page
    problems: list[str] = field(default_factory=list)

    @classmethod
    def take(cls, browser: Browser, address: str, handle: str, *, width: int, dark: bool) -> Self:
        context = browser.new_context(timezone_id="America/Vancouver", reduced_motion="reduce")
        seat = cls(context.new_page())
        seat.looks(width, dark=dark)
        seat.watch()
        seat.page.goto(f"{address}/?as={handle}" if handle else address)
        return seat

    def watch(self) -> None:
        """From now on each error in the browser is a problem."""
        self.page.set_default_timeout(WAIT_MS)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", self._said)

    def _said(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(message.text)

    def forgives(self, words: str) -> None:
        """What the browser says of a connection that was cut on purpose."""
        self.problems[:] = [each for each in self.problems if words not in each]

    def leave(self) -> None:
        self.page.context.close()

    # --- what they see ------------------------------------------------------------------------------------

    @property
    def modal(self) -> Locator:
        return self.page.locator("dialog#modal[open]")

    @property
    def thread(self) -> Locator:
        return self.page.get_by_role("region", name="Replies")

    @property
    def flow(self) -> Locator:
        return self.page.get_by_role("region", name="Messages")

    @property
    def guide(self) -> Locator:
        return self.page.get_by_role("complementary", name="First steps")

    def sees(self, words: str, where: Locator | None = None) -> Locator:
        """Waits until these words are on the screen; the last place of them."""
        found = (where or self.page.locator("body")).get_by_text(words).last
        expect(found).to_be_visible()
        return found

    def violations(self) -> list[str]:
        """What axe has against the screen as it is, each with the first place of it."""
        found = Axe().run(self.page, options={"resultTypes": ["violations"], **RULES}).response["violations"]
        return [f"{each['id']}: {each['help']} {each['nodes'][0]['html'][:160]}" for each in found]

    @property
    def sideways(self) -> int:
        """By how many pixels the page is wider than the window."""
        wide: int = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return wide

    def looks(self, width: int, *, dark: bool) -> None:
        """At the same page in another window."""
        self.page.emulate_media(color_scheme="dark" if dark else "light")
        self.page.set_viewport_size({"width": width, "height": 800 if width > NARROW else 740})

    # --- what they do -------------------------------------------------------------------------------------

    def types(self, text: str, name: str = "composer") -> None:
        """In the field below the conversation (`composer`) or the thread (`reply`)."""
        box = self.page.locator(f"#{name} textarea")
        box.fill(text)
        box.press("Escape")  # the list of completions
        box.press("Enter")

    def presses(self, label: str, where: Locator | None = None) -> None:
        """The last button or link of this name."""
        within = where or self.page.locator("body")
        named = within.get_by_role("button", name=label, exact=True)
        named.or_(within.get_by_role("link", name=label, exact=True)).last.click()

    def follows(self, link: str) -> None:
        """A link of the first steps."""
        self.guide.get_by_role("link", name=link).click()

    def opens_thread(self) -> None:
        """The newest message with replies."""
        self.flow.get_by_role("link", name=REPLIES).last.click()

    def opens(self) -> Locator:
        """Waits for a modal."""
        expect(self.modal).to_be_visible()
        return self.modal

    def fills(self, fields: dict[str, str]) -> None:
        """Fields of the modal, by their labels: words, or the one to choose."""
        for label, value in fields.items():
            control = self.modal.get_by_label(label, exact=False).first
            if control.evaluate("element => element.tagName") == "SELECT":
                control.select_option(label=value)
            else:
                control.fill(value)
