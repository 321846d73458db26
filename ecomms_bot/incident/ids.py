"""Ids that follow from the command that makes the thing: a command that arrives twice makes one thing."""

from __future__ import annotations

import base64
import hashlib

LENGTH = 10


def make_id(prefix: str, command_id: str) -> str:
    """`prefix` and the first 10 base32 characters of the command id's SHA-256, in lower case for Slack."""
    digest = hashlib.sha256(command_id.encode()).digest()
    return prefix + base64.b32encode(digest).decode()[:LENGTH].lower()
