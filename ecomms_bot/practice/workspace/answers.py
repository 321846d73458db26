"""What a person gets back for a command, a click or a submission."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ecomms_bot.practice.workspace.refusals import CallRefused

if TYPE_CHECKING:
    from ecomms_bot.practice.workspace.wire import Envelope

COMMAND_TIMEOUT = '{command} failed with the error "operation_timeout"'
COMMAND_UNREACHABLE = '{command} failed with the error "dispatch_failed"'
COMMAND_BAD_ANSWER = '{command} failed with the error "{code}"'
MODAL_TROUBLE = "We had some trouble connecting. Try again?"
CLICK_TROUBLE = "Something went wrong. Try again."
REQUIRED = "Please complete this required field."


@dataclass(slots=True)
class Answer:
    """The end of one interaction as the person sees it.

    `ok`: the app answered in time and accepted. `error`: what Slack itself shows when it did not answer, or
    answered with something that Slack refuses. `errors`: what stands next to fields, by visible label (by
    block_id in `block_errors`). `sent` is False where Slack's own checks kept the submission from being sent.
    """

    ok: bool
    error: str | None = None
    text: str | None = None  # what the app answered a command with, at once
    in_channel: bool = False
    blocks: list[dict[str, Any]] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    block_errors: dict[str, str] = field(default_factory=dict)
    closed: bool = False
    cleared: bool = False
    updated: bool = False
    pushed: bool = False
    sent: bool = True
    refusal: CallRefused | None = field(default=None, repr=False)  # why Slack did not take the app's answer
    envelope: Envelope | None = field(default=None, repr=False)

    @property
    def trigger_id(self) -> str | None:
        return self.envelope.payload.get("trigger_id") if self.envelope is not None else None

    @property
    def latency(self) -> float | None:
        """Seconds of machine time until the ack."""
        return self.envelope.latency if self.envelope is not None else None
