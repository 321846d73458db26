"""mrkdwn as HTML: what is marked up is drawn so, all else is text, and it reads as in the workspace."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomms_bot.practice.page import draw
from ecomms_bot.practice.page.draw.look import look_of
from ecomms_bot.practice.page.draw.words import mrkdwn
from ecomms_bot.practice.workspace import Workspace
from ecomms_bot.practice.workspace.render import Reader
from tests.practice.page.reading import parsed

NOW = 1_636_950_000.0  # Sunday 14 November 2021, 20:20 in Vancouver
READER = Reader("America/Vancouver", lambda: NOW, lambda _: "Mara", lambda _: "ops", lambda _: "leads")


def drawn(text: str) -> str:
    return str(draw.mrkdwn(text, READER))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* _slanted_ ~gone~", "<strong>bold</strong> <em>slanted</em> <s>gone</s>"),
        ("*_both_*", "<strong><em>both</em></strong>"),
        ("a_b_c 2 * 3 * 4", "a_b_c 2 * 3 * 4"),
        ("one\n\ntwo", "one<br><br>two"),
        ("said:\n&gt; a\n&gt; *b*\nend", "said:<blockquote>a<br><strong>b</strong></blockquote>end"),
        ("see ```\n x  y\n``` there", "see <pre><code>\n x  y</code></pre> there"),
        ("*not `bold*` here*", "<strong>not <code>bold*</code> here</strong>"),
        ("&lt;b&gt; &amp;amp;", "&lt;b&gt; &amp;amp;"),
        (":warning: :unheard_of:", '<span role="img" aria-label="warning">⚠️</span> :unheard_of:'),
        ("<!here>", '<span class="bk-mention">@here</span>'),
        ("<!subteam^S1>", '<span class="bk-mention">@leads</span>'),
        ("<@U1|Ann>", '<span class="bk-mention">@Ann</span>'),
    ],
)
def test_marks_are_drawn(text: str, html: str) -> None:
    assert drawn(text) == html


def test_a_link_goes_to_the_web_or_to_mail_in_a_page_of_its_own_that_knows_nothing_of_this_one() -> None:
    found = parsed(draw.mrkdwn("<https://a.example/_x_?b=1&amp;c=2|The *page*> <mailto:a@b.example>", READER))
    first, second = found.all("a")
    assert first.attributes == {
        "href": "https://a.example/_x_?b=1&c=2",
        "target": "_blank",
        "rel": "noopener noreferrer",
    }
    assert first.text == "The *page*"
    assert second.attributes["href"] == "mailto:a@b.example"


def test_an_address_that_was_typed_is_a_link_without_the_sign_that_ends_the_sentence() -> None:
    (link,) = parsed(draw.mrkdwn("Read https://a.example/b_c_d. (Or ask.)", READER)).all("a")
    assert link.text == link.attributes["href"] == "https://a.example/b_c_d"


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//a.example", "file:///etc", "x"]
)
def test_anything_else_is_no_link(address: str) -> None:
    assert parsed(draw.mrkdwn(f"<{address}|here>", READER)).all("a") == []
    assert drawn(f"<{address}|here>") == "here"


def test_a_date_is_told_in_the_zone_of_the_reader() -> None:
    (time,) = parsed(draw.mrkdwn("<!date^1636953300^{date_short_pretty} at {time}|later>", READER)).all(
        "time"
    )
    assert time.text == "today at 21:15"
    assert time.attributes["datetime"] == "2021-11-15T05:15:00+00:00"
    assert time.attributes["title"] == "Sunday, November 14th, 2021, 21:15 (America/Vancouver)"


@pytest.mark.parametrize("token", ["!date^1|then", "!date^x^{time}|then", "!date^99999999999999^{time}|then"])
def test_a_date_that_is_none_is_told_by_its_fallback(token: str) -> None:
    assert drawn(f"<{token}>") == "then"


def test_ones_own_name_stands_out_and_a_conversation_that_one_may_see_is_a_link_as_oneself() -> None:
    workspace = Workspace()
    mara = workspace.add_user("mara", name="Mara Quist").id
    noor = workspace.add_user("noor", name="Noor Lal").id
    ops = workspace.add_conversation("ops", ["mara"], private=True).id
    text = f"<@{mara}> <@{noor}> <#{ops}>"
    for handle, own, address in (
        ("mara", ["@Mara Quist"], f"/?as=mara&in={ops}"),
        ("noor", ["@Noor Lal"], ""),
    ):
        found = parsed(mrkdwn(text, look_of(workspace.person(handle))))
        assert [one.text for one in found.walk() if "bk-me" in one.classes] == own
        assert [one.attributes["href"] for one in found.all("a")] == ([address] if address else [])


def test_a_line_of_nothing_but_marks_is_drawn() -> None:
    assert set(parsed(drawn("*" * 12_000)).text) <= {"*"}
    assert parsed(drawn("*_" * 2_000 + "a" + "_*" * 2_000)).text.count("a") == 1


MARKS = [*"*_~ \n|<>.\"'`:\\", "a", "b ", "&gt; ", "&amp;", "&lt;", "```", ":x:", "\ue000", "🌊"]
TOKENS = ["<@U1>", "<#C1|x>", "<https://a.example|y>", "<!here>", "<script>", " onload=", "<img src=x>"]
PIECES = st.sampled_from([*MARKS, *TOKENS])


@given(st.lists(PIECES, max_size=25).map("".join))
def test_whatever_is_written_is_whole_html_of_a_few_harmless_elements(text: str) -> None:
    root = parsed(drawn(text))
    allowed = {"strong", "em", "s", "code", "pre", "br", "blockquote", "span", "a"}
    assert {one.tag for one in root.walk()} <= allowed
    harmless = {"class", "href", "target", "rel", "role", "aria-label"}
    assert {name for one in root.walk() for name in one.attributes} <= harmless


@given(st.lists(PIECES.filter(lambda one: not set(one) & set("*_~\ue000:`")), max_size=25).map("".join))
def test_it_reads_as_the_workspace_reads_it(text: str) -> None:
    read = parsed(draw.mrkdwn(text, READER)).text
    assert "".join(read.split()) == "".join(READER.mrkdwn(text).split())
