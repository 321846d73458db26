"""What the checker reads, besides the log itself: what the workspace received, what people were told."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from ecomms_bot.practice.workspace import Call
from ecomms_bot.practice.workspace.state import Conversation, StoredMessage
from tests.chaos.bots import ROOT, Bots

NAME = "evidence.json"
STREAM = (
    "SELECT incident, seq, at, actor, command_id, ordinal, type, payload, payload_sha256, prev, hash"
    " FROM events ORDER BY incident, seq"
)


def write(scene: Any, stumbles: list[str], unrest: list[str], ended: list[int | None]) -> Path:
    plan, workspace, luck = scene.plan, scene.workspace, scene.luck
    bots: Bots = scene.bots
    found = {
        "seed": plan.seed,
        "database": plan.database,
        "seconds": plan.seconds,
        "mutant": plan.mutant,
        "speed": plan.speed,
        "now": scene.clock.now().isoformat(),
        "bot": workspace.bot.id,
        "people": {user.id: user.handle for user in workspace.users.values() if not user.bot},
        "conversations": [conversation(each) for each in workspace.channels.values()],
        "answers": [answer(each) for each in workspace.calls if each.method == "response_url"],
        "calls": len(workspace.calls),
        "spoiled": sum(each.fault is not None for each in workspace.calls),
        "envelopes": len(workspace.envelopes),
        "delivered_again": sum(len(each.sent) > 1 for each in workspace.envelopes),
        "acts": scene.ledger.dump(),
        "misfortunes": dict(luck.told),
        "lines": luck.lines,
        "steps": luck.steps,
        "deaths": luck.deaths,
        "log": [list(row) for row in scene.database.rows(STREAM)],
        "unsure": said_of_effects(bots),
        "unrest": unrest,
        "unforeseen": [line for line in bots.said().splitlines() if " ERROR " in line],
        "stumbles": stumbles,
        "ended": ended,
    }
    path: Path = scene.folder / NAME
    path.write_text(json.dumps(found, ensure_ascii=False, indent=1))
    return path


def conversation(place: Conversation) -> dict[str, Any]:
    return {
        "id": place.id,
        "name": place.name,
        "kind": place.kind,
        "creator": place.creator,
        "members": place.members,
        "pins": list(place.pins),
        "messages": [message(each) for each in place.messages],
    }


def message(stored: StoredMessage) -> dict[str, Any]:
    payload = (stored.metadata or {}).get("event_payload") or {}
    return {
        "ts": stored.ts,
        "thread": stored.thread_ts,
        "by_app": stored.by_app,
        "only_for": stored.ephemeral_to,
        "gone": stored.tombstone,
        "key": payload.get("key", ""),
        "text": f"{stored.text}\n{json.dumps(stored.blocks, ensure_ascii=False)}",
    }


def answer(call: Call) -> dict[str, Any]:
    return {"address": call.args.get("url", ""), "arrived": call.ok, "spoiled": call.fault or ""}


def said_of_effects(bots: Bots) -> str:
    """What whoever runs the bots reads of effects that may have been done twice."""
    done = subprocess.run(
        [sys.executable, "-m", "ecomms_bot", "effects", "list"],
        env={**bots.environment, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr
