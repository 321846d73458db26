"""What is typed becomes what Slack's client would send."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomms_bot.practice.page.composer import as_sent, as_typed
from ecomms_bot.practice.workspace import Workspace


def workspace() -> Workspace:
    ws = Workspace("typing")
    ws.add_user("mara", name="Mara Lund")
    ws.add_user("j.doe", name="J. Doe")
    ws.add_group("leads", ["mara"])
    ws.add_conversation("ops-desk", ["mara"])
    return ws


WS = workspace()
IDS = {
    "MARA": WS.user("mara").id,
    "DOE": WS.user("j.doe").id,
    "LEADS": next(iter(WS.groups)),
    "OPS": WS.conversation("ops-desk").id,
}
"""What stands for whom in the cases below; ids of conversations are others in every run."""


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("@mara look", "<@MARA> look"),
        ("(@mara, @j.doe.)", "(<@MARA>, <@DOE>.)"),
        ("mail mara@mara.example", "mail mara@mara.example"),
        ("@nobody", "@nobody"),
        ("@leads @here", "<!subteam^LEADS> <!here>"),
        ("in #ops-desk, not #elsewhere", "in <#OPS|ops-desk>, not #elsewhere"),
        ("see https://example.org/a?b=1&c=2.", "see <https://example.org/a?b=1&amp;c=2>."),
        ("https://example.org/@mara#ops-desk", "<https://example.org/@mara#ops-desk>"),
        ("<b> & </b>", "&lt;b&gt; &amp; &lt;/b&gt;"),
        ("<@U123> <!channel>", "&lt;@U123&gt; &lt;!channel&gt;"),
    ],
)
def test_names_and_addresses_are_marked_and_nothing_else(typed: str, sent: str) -> None:
    for name, identity in IDS.items():
        sent = sent.replace(name, identity)
    assert as_sent(WS, typed) == sent
    assert as_typed(WS, sent) == typed


WORDS = st.sampled_from(
    [
        "@mara",
        "@leads",
        "@here",
        "#ops-desk",
        "https://example.org/x",
        "<",
        ">",
        "&amp;",
        "&",
        " ",
        "\n",
        "a",
        "|",
    ]
)


@given(st.lists(WORDS, max_size=12).map("".join) | st.text(max_size=60))
def test_whoever_edits_a_message_finds_what_they_typed(typed: str) -> None:
    assert as_typed(WS, as_sent(WS, typed)) == typed
