"""Block Kit as HTML: what a message, a modal or the Home tab looks like to one person.

What can be acted on says so in `data-` attributes, for the page's own script and for nothing else:

- `button[data-act=press]`, `button[data-act=choose]` (an option of a menu in a message): `data-block`,
  `data-action`, `data-value`. A button that is a link is `a[data-act=press]`, which also goes there.
- `[data-tells]` around a field that tells the app at once when it changes: `data-block`, `data-action`; the
  value is among the form's values (`entered`, `chosen`).
- Any of these may carry `data-confirm-title`, `-text`, `-yes`, `-no`, `-style`: ask first.
- A modal is one `form[data-act=submit][data-view]` with `button[data-act=close]` in it. Its fields are named
  `b|BLOCK_ID|ACTION_ID`; one that must be right is `[aria-invalid=true]`, one to begin with has `autofocus`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

from ecomms_bot.practice.workspace.render import Reader
from ecomms_bot.practice.workspace.screen import Home, Message, Modal
from ecomms_bot.practice.workspace.state import Json

from ecomms_bot.practice.workspace.person import Person  # isort: skip

__all__ = ["chosen", "enter", "entered", "home", "message", "modal", "mrkdwn"]

Form = Mapping[str, list[str]]


def message(message: Message, *, person: Person) -> Markup:
    """Its body: blocks or text, and the files with it. Who wrote it and when is the list's business."""
    return Markup("<p>{}</p>").format(message.plain())


def modal(modal: Modal, *, person: Person) -> Markup:
    """All that stands in the dialog, with its form."""
    return Markup('<form data-act="submit" data-view="{}"><h2>{}</h2>{}</form>').format(
        modal.id, modal.title, modal.plain()
    )


def home(home: Home, *, person: Person) -> Markup:
    return Markup("<div>{}</div>").format(home.plain())


def mrkdwn(text: str, reader: Reader) -> Markup:
    """A mrkdwn text; what people typed must have been escaped as their client does (&, <, >)."""
    return escape(reader.mrkdwn(text))


def entered(modal: Modal, form: Form) -> dict[str, Any]:
    """What the browser's fields hold, as `Person.fill` takes it: by block_id, empty ones as None."""
    return {}


def enter(modal: Modal, form: Form) -> None:
    """Write what the browser's fields hold into the view, telling the app nothing."""


def chosen(blocks: list[Json], block_id: str, action_id: str, form: Form) -> Any:
    """What `Person.click(choose=…)` takes for a picker of a message or the Home tab."""
    return None
