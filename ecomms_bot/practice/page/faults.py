"""Bad luck for trainers on the page: switches for Slack, and buttons that stop or end the bot."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from ecomms_bot.practice.luck import SWITCHES
from ecomms_bot.practice.page.pieces import Refused, piece
from ecomms_bot.practice.training import Training


def draw(made: Training) -> Markup:
    switches = [(each, made.luck.on(each.name)) for each in SWITCHES]
    return piece("faults", switches=switches, any=made.luck.any, bot=made.bot.state)


def act(made: Training, form: Mapping[str, str]) -> None:
    """`switch` with `on` or `off` behind it (`slow:on`), or `all:off`. Raises Refused."""
    name, _, wanted = form.get("switch", "").partition(":")
    if name == "all":
        made.outages.forget()
        made.luck.all_off()
    elif name in {each.name for each in SWITCHES}:
        if wanted == "off":
            made.outages.forget()
        made.luck.switch(name, on=wanted == "on")
    else:
        raise Refused("There is no such switch.")


def act_on_bot(made: Training, form: Mapping[str, str]) -> None:
    """`do`: start, stop or kill. Raises Refused."""
    match form.get("do"):
        case "start":
            made.bot.start()
        case "stop":
            made.bot.stop()
        case "kill":
            made.bot.kill()
        case _:
            raise Refused("The bot can be started, stopped or ended.")
