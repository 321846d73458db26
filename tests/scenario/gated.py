"""A bot whose flood has partners, required steps and a phase after: what the gates stand in front of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from ecomms_bot.practice.stage import Stage
from tests.books import FLOOD_FILE
from tests.scenario.acting import office

CITY, NATION = "City of Hope", "Chawathil First Nation"


@contextmanager
def gated_office(folder: Path) -> Iterator[Stage]:
    """Closures (D3) are told to two partners first; the holding statement (D1) is required."""
    books = folder / "playbooks"
    books.mkdir()
    raw: dict[str, Any] = yaml.safe_load(FLOOD_FILE.read_text())
    steps = {step["id"]: step for step in raw["phases"]["during"]}
    steps["D1"]["required"] = True
    steps["D3"]["partners"] = [CITY, NATION]
    raw["phases"]["after"] = [{**steps["D1"], "id": "A1", "title": "What we learned", "required": False}]
    (books / "flood.yaml").write_text(yaml.safe_dump(raw, sort_keys=False, allow_unicode=True))
    with office(folder, playbooks=books) as made:
        yield made
