"""Templates of what stands beside the chat, and the words for times that they share."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ecomms_bot.errors import EcommsError
from ecomms_bot.practice.workspace import Person

_TEMPLATES = Environment(
    loader=PackageLoader("ecomms_bot.practice.page", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


class Refused(EcommsError):
    """What a control asked for cannot be done; the page shows these words."""


def piece(name: str, **values: Any) -> Markup:
    """One template of `templates/controls`, everything in it escaped."""
    return Markup(_TEMPLATES.get_template(f"controls/{name}.html").render(values).strip())  # noqa: S704


def local(moment: datetime, person: Person) -> datetime:
    """As the clocks of this person show it."""
    return moment.astimezone(ZoneInfo(person.user.tz))


def clock_time(moment: datetime) -> str:
    return f"{moment:%H:%M}"


def city(zone: str) -> str:
    """What people call a time zone: Vancouver, of America/Vancouver."""
    return zone.rpartition("/")[2].replace("_", " ")
