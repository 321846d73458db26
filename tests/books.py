"""The playbook of the tests: three steps whose words they know, so that those that ship may change."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent / "playbooks"
FLOOD_FILE = FOLDER / "flood.yaml"
