"""Block Kit as HTML: what a message, a modal or the Home tab looks like to one person.

What can be acted on says so in `data-` attributes, for the page's own script and for nothing else:

- `button[data-act=press]`, `button[data-act=choose]` (an option of a menu in a message): `data-block`,
  `data-action`, `data-value`. A button that is a link is `a[data-act=press]`, which also goes there.
- `[data-tells]` around a field that tells the app at once when it changes: `data-block`, `data-action`.
  Outside modals it is a form of its own. What is in it is among the form's values (`enter`, `chosen`).
- Any of these may carry `data-confirm-title`, `-text`, `-yes`, `-no`, `-style`: ask first.
- A modal is one `form[data-act=submit][data-view]` with `button[data-act=close]` in it. Its fields are named
  `b|BLOCK_ID|ACTION_ID`; one to put right is `[aria-invalid=true]`, one to begin with has `autofocus`.
"""

from __future__ import annotations

from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, Template
from markupsafe import Markup

from ecomms_bot.practice.page.draw import fields, words
from ecomms_bot.practice.page.draw.drawing import Drawing
from ecomms_bot.practice.page.draw.fields import Form
from ecomms_bot.practice.page.draw.files import files_of
from ecomms_bot.practice.page.draw.look import Look
from ecomms_bot.practice.workspace import forms
from ecomms_bot.practice.workspace.person import Person
from ecomms_bot.practice.workspace.render import Reader
from ecomms_bot.practice.workspace.screen import Home, Message, Modal
from ecomms_bot.practice.workspace.screen import fields as fields_of
from ecomms_bot.practice.workspace.state import Json

__all__ = ["Form", "chosen", "enter", "entered", "home", "message", "modal", "mrkdwn"]

ENVIRONMENT = Environment(
    loader=PackageLoader("ecomms_bot.practice.page.draw"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


@cache
def template(name: str) -> Template:
    return ENVIRONMENT.get_template(f"{name}.html")


def rendered(name: str, **values: Any) -> Markup:
    return Markup(template(name).render(**values))  # noqa: S704  (the templates escape)


def message(message: Message, *, person: Person, base: str = "k") -> Markup:
    """Its body: blocks or text, and the files with it. Who wrote it and when is the list's business.

    `base` begins the ids in it: a page that shows it twice, as a thread does beside its root, gives two.
    """
    d = Drawing(person, f"{base}{message.ts.replace('.', '-')}")
    text = words.mrkdwn(message.text, d.look)
    files = files_of(message, person)
    return rendered("message", d=d, blocks=message.blocks, text=text, files=files)


def modal(modal: Modal, *, person: Person) -> Markup:
    """All that stands in the dialog, with its form."""
    view = modal.view
    d = Drawing(person, f"v{view.id}", in_modal=True, entered=view.entered, errors=view.errors)
    close = (view.content["close"] or {}).get("text") or ("Cancel" if modal.submit_text else "Close")
    return rendered(
        "modal",
        d=d,
        id=modal.id,
        title=d.text(view.content["title"]),
        blocks=modal.blocks,
        submit=modal.submit_text,
        close=close,
        still=not any(fields_of(modal.blocks)) and not modal.buttons,
    )


def home(home: Home, *, person: Person) -> Markup:
    d = Drawing(person, f"v{home.id}", entered=home.view.entered)
    return rendered("home", d=d, blocks=home.blocks)


def mrkdwn(text: str, reader: Reader) -> Markup:
    """A mrkdwn text; what people typed must have been escaped as their client does (&, <, >)."""
    return words.mrkdwn(text, Look(reader))


# --- what the browser sends back ----------------------------------------------------------------------------


def entered(modal: Modal, form: Form) -> dict[str, Any]:
    """What the browser's fields hold, as `Person.fill` takes it: by block_id, empty ones as None."""
    filled = {}
    for (block_id, action_id), entry in _entries(modal, form).items():
        value = entry[forms.FIELDS[entry["type"]][0]]
        value = [_plain(one) for one in value] if isinstance(value, list) else _plain(value)
        alone = sum(block["block_id"] == block_id for block, _ in fields_of(modal.blocks)) == 1
        filled[block_id if alone else action_id] = value
    return filled


def enter(modal: Modal, form: Form) -> None:
    """Write what the browser's fields hold into the view, telling the app nothing."""
    with modal.person.workspace.lock:
        modal.view.entered.update(_entries(modal, form))


def _entries(modal: Modal, form: Form) -> dict[tuple[str, str], Json]:
    zone = ZoneInfo(modal.person.user.tz)
    return fields.entries(modal.blocks, form, modal.view.entered, zone)


def _plain(value: Any) -> Any:
    """An option by its value; anything else as it is."""
    return value["value"] if isinstance(value, dict) else value


def chosen(blocks: list[Json], block_id: str, action_id: str, form: Form, *, person: Person) -> Any:
    """What `Person.click(choose=…)` takes for a picker of a message; of a menu, the option itself."""
    found = fields.entries(blocks, form, {}, ZoneInfo(person.user.tz)).get((block_id, action_id))
    if found is None:
        return None
    value = found[forms.FIELDS[found["type"]][0]]
    return [_plain(one) for one in value] if isinstance(value, list) else value
