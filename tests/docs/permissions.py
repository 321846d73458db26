"""Makes docs/reference-permissions.md: python -m tests.docs.permissions > docs/reference-permissions.md"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from ecomms_bot.incident import policy
from ecomms_bot.incident.policy import PERMISSIONS, ROLE_TITLES, Act

PAGE = Path(__file__).parents[2] / "docs" / "reference-permissions.md"

HEAD = """# Permissions

What each role may do, cell by cell, in Slack and in the terminal alike. Who holds several roles may do what
any of them may. What a rule asks beyond this, such as that nobody confirms the fact that they recorded, is
in [the reference](reference.md#who-may) and in [what is refused](reference-refusals.md).
"""

ROLES = (policy.COMMUNICATOR, policy.SME, policy.PIO, policy.IC, policy.EXEC, policy.OBSERVER, policy.RECORDS)

FOOT = """Without a file of roles everybody but guests may do what communicators and leads may, and approve
what they did not write. A guest may do nothing. The person at the terminal holds the roles records and
observer.

This page is made from the code by `python -m tests.docs.permissions`, and a test compares it. Another one
tries every cell.
"""


def page() -> str:
    """The page, in Markdown."""
    short = [f"`{role}`: {ROLE_TITLES[role]}" for role in ROLES if role in ROLE_TITLES]
    rows = [
        _row("May", *ROLES, "and besides"),
        _row(*["---"] * (len(ROLES) + 2)),
        *(_row(act.value, *_cells(act)) for act in Act),
    ]
    return "\n".join([HEAD, f"{', '.join(short)}.\n", *rows, "", FOOT])


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(act: Act) -> Iterator[str]:
    allowed = PERMISSIONS[act]
    for role in ROLES:
        yield "yes" if role in allowed or policy.ANYONE in allowed else ""
    yield ", ".join(sorted(each.rstrip(",") for each in allowed if each not in ROLES))


if __name__ == "__main__":
    sys.stdout.write(page())
