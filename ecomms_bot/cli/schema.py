"""`ecomms schema`: with what it prints an editor completes, explains and checks playbooks and drills."""

from __future__ import annotations

import click


@click.command()
@click.option("--drill", is_flag=True, help="Print the schema of files of drills.")
def schema(*, drill: bool) -> None:
    """Print the JSON Schema of playbook files, or of drills, for editors.

    Keep it beside your playbooks: ecomms schema > playbook.schema.json
    """
    from ecomms_bot.workshop.drill_schema import drill_as_json
    from ecomms_bot.workshop.schema import as_json

    click.echo(drill_as_json() if drill else as_json(), nl=False)
