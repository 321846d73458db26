"""`ecomms schema`: with what it prints an editor completes, explains and checks playbooks."""

from __future__ import annotations

import click


@click.command()
def schema() -> None:
    """Print the JSON Schema of playbook files, for editors.

    Keep it beside your playbooks: ecomms schema > playbook.schema.json
    """
    from ecomms_bot.workshop.schema import as_json

    click.echo(as_json(), nl=False)
