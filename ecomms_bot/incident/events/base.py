"""What every event is, and the types that several of them use."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from ecomms_bot.incident.entry import NewEntry
from ecomms_bot.playbook.instant import Instant

Texts = dict[str, dict[str, str]]
"""Channel → language → the exact text."""

FieldValue = str | Instant | None

Kind = Literal["statement", "update", "no-change", "correction", "final", "internal"]

Phase = Literal["before", "during", "after"]


class Event(BaseModel):
    """One entry of the log. `plumbing` entries are hidden from people unless they ask for all.

    `silent` ones are read in the log, but change nothing that stands in Slack.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", defer_build=True
    )  # a start needs hardly any of them
    plumbing: ClassVar[bool] = False
    silent: ClassVar[bool] = False

    def entry(self) -> NewEntry:
        return NewEntry(type(self).__name__, self.model_dump(mode="json"))
