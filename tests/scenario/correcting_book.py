"""The playbook of the tests with a step for corrections, and travel advice that holds until a time."""

from __future__ import annotations

from pathlib import Path

from tests.books import FLOOD_FILE

# After the tier of corrections, which is the last one.
FIELDS = """
    second_review_minutes: 15

fields:
  expires_at:
    type: datetime
    label: Holds until
    example: "2021-11-15T12:00:00-08:00"
    past_allowed: false
  superseded_item:
    type: text
    label: The text that was wrong
    example: the update of 7 p.m. PST on X
    max_length: 80
    carry: false
  wrong_text:
    type: text
    label: What we said wrongly
    example: the number of vehicles
    max_length: 40
    carry: false
  correct_fact:
    type: text
    label: What is true
    example: 140 vehicles are trapped as of 9 p.m. PST.
    max_length: 80
    carry: false
"""
STEPS = """
    - id: D7
      title: Travel advice
      purpose: What drivers can do until the road is looked at again.
      audience: drivers
      recurrence: on-demand
      channels: [web, x, sms, sign]
      tier: T0
      fields: [road, expires_at]
      texts:
        statement:
          title: Travel advice
          promises: false
          templates:
            web: "As of {{ as_of | time }}: {{ road }}, one lane. Until {{ expires_at | time }}."
            x: "As of {{ as_of | time }}: {{ road }}, one lane. Until {{ expires_at | time }}."
            sms: "As of {{ as_of | time }}: {{ road }}, one lane. Until {{ expires_at | time }}."
            sign: "ONE LANE"
    - id: D8
      title: Correction
      purpose: We said something wrong. Say so to the same people.
      audience: everyone who read the wrong text
      recurrence: on-demand
      channels: [internal, web, x, sms]
      tier: CORR
      cadence: severity
      fields: [superseded_item, wrong_text, correct_fact]
      texts:
        correction:
          title: Correction
          promises: true
          templates:
            internal: |
              Wrong: {{ wrong_text }}, in {{ superseded_item }}. True: {{ correct_fact }}
              As of {{ as_of | time }}. Next update by {{ next_update_at | datetime }}.
            web: |
              Correction, {{ as_of | time }}: {{ correct_fact }}
              We got {{ wrong_text }} wrong in {{ superseded_item }}.
              Next update by {{ next_update_at | datetime }}.
            x: >-
              Correction: {{ correct_fact }} Next update by {{ next_update_at | datetime }}.
            sms: >-
              Correction: {{ correct_fact }} Next update by {{ next_update_at | datetime }}.
"""


def written_to(folder: Path) -> Path:
    """A folder with this playbook alone."""
    made = folder / "playbooks"
    made.mkdir()
    book = FLOOD_FILE.read_text(encoding="utf-8")
    assert book.count("\n\nfields:\n") == book.count("\n  after: []") == 1
    book = book.replace("\n\nfields:\n", FIELDS).replace("\n  after: []", f"{STEPS}\n  after: []")
    (made / "flood.yaml").write_text(book, encoding="utf-8")
    return made
