"""`python -m ecomms_bot` is `ecomms`."""

from __future__ import annotations

from ecomms_bot.cli import main

main()
