"""Steps that are skipped, drafts that are withdrawn, receipts that are corrected, long previews."""

from __future__ import annotations

from collections.abc import Mapping

from ecomms_bot.slack.listeners import Click, Submission

CLICKS: Mapping[str, tuple[Click, int]] = {}
SUBMISSIONS: Mapping[str, Submission] = {}
