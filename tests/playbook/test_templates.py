"""The language of templates: small, exact about mistakes, and never tempted by what people type."""

from __future__ import annotations

import keyword
from collections.abc import Mapping

import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import nodes

from ecomms_bot.errors import PlaybookError
from ecomms_bot.playbook.templates import (
    FILTERS,
    MAX_OUTPUT,
    RESERVED,
    Label,
    Shown,
    TextTooLong,
    certain_fields,
    fields_in,
    fill,
    optional_parts,
    template_problems,
)
from tests.playbook.samples import at

TYPES = {"road": "text", "news": "long_text", "state": "choice", "when": "datetime", "count": "integer"}
EMPTY: Mapping[str, Shown] = dict.fromkeys(TYPES)


@pytest.mark.parametrize(
    ("source", "values", "text"),
    [
        ("{{ road }}", {"road": "Highway 5"}, "Highway 5"),
        ("{{road}}!", {"road": "Highway 5"}, "Highway 5!"),
        ("a{{ road }}b", {}, "ab"),
        ("{{ when }}", {"when": at(15, day=15)}, "Mon., Nov. 15, 3 p.m. PST"),
        ("{{ when | datetime }}", {"when": at(15, day=15)}, "Mon., Nov. 15, 3 p.m. PST"),
        ("{{ when | date }}", {"when": at(15, day=15)}, "Mon., Nov. 15"),
        ("{{ when | time }}", {"when": at(15, day=15)}, "3 p.m. PST"),
        ("[{{ when | time }}]", {}, "[]"),
        ("{{ state }}", {"state": Label("is closed")}, "is closed"),
        ("{{ state | choice }}", {"state": Label("is closed")}, "is closed"),
        ("{{ state | upper_first }}", {"state": Label("is closed")}, "Is closed"),
        ("{{ road | lower_first }}", {"road": "The Bridge"}, "the Bridge"),
        ("[{{ road | upper_first }}]", {}, "[]"),
        ("{% if road %}yes{% else %}no{% endif %}", {"road": "x"}, "yes"),
        ("{% if road %}yes{% else %}no{% endif %}", {}, "no"),
        ("{% if count %}{{ count }} cars{% endif %}", {"count": "0"}, "0 cars"),
        ("{% if road %}{% if when %}both{% endif %}{% endif %}", {"road": "x", "when": at(1)}, "both"),
        ("A[[ B {{ road }}]] C", {"road": "x"}, "A B x C"),
        ("A[[ B {{ road }}]] C", {}, "A C"),
        ("A[[ B {{ road }} {{ news }}]] C", {"road": "x"}, "A C"),
        ("A[[ B{% if road %}!{% endif %}]] C", {}, "A C"),
        ("A[[ always]]", {}, "A always"),
        ("{ road } % [road] }", {}, "{ road } % [road] }"),
    ],
)
def test_what_each_form_prints(source: str, values: Mapping[str, Shown], text: str) -> None:
    assert template_problems(source, TYPES) == ()
    assert fill(source, {**EMPTY, **values}) == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("A\n[[{{ road }}]]\nB", "A\nB"),
        ("A\n\n[[{{ road }}]]\n\nB", "A\n\nB"),
        ("A\n\n[[{{ road }}]]\n\n[[{{ road }}]]\n\nB", "A\n\nB"),
        ("[[{{ road }}]]\n\nA", "A"),
        ("A\n\n[[{{ road }}]]", "A"),
        ("A\n[[{{ road }}]] B", "A\n B"),
        ("A [[{{ road }}]]\nB", "A \nB"),
    ],
)
def test_a_dropped_part_leaves_no_gap_between_lines(source: str, text: str) -> None:
    assert fill(source, EMPTY) == text


def test_the_author_can_drop_a_part_to_shorten_the_text() -> None:
    source = "Closed.[[ Use {{ road }}.]][[ {{ news }}]]"
    values = {**EMPTY, "road": "Highway 3", "news": "Crews are there."}
    assert [part.source for part in optional_parts(source)] == ["Use {{ road }}.", "{{ news }}"]
    assert fill(source, values, omit={1}) == "Closed. Crews are there."
    assert fill(source, values, omit={1, 2}) == "Closed."


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("{{ rode }}", "line 1, column 1: there is no field “rode”"),
        ("{% if rode %}{% endif %}", "line 1, column 1: there is no field “rode”"),
        ("Closed\n  {{ road | tme }}", "line 2, column 3: there is no filter “tme”; there are time, date, "),
        (
            "{{ road | time }}",
            "line 1, column 1: the filter “time” does not fit the field “road”, which is of type text",
        ),
        ("{{ count | upper_first }}", "line 1, column 1: the filter “upper_first” does not fit"),
        ("{{ road.upper() }}", "line 1, column 1: {{ road.upper() }} is not allowed"),
        ("{{ 'a' * 10**9 }}", "line 1, column 1: {{ 'a' * 10**9 }} is not allowed"),
        ("{{ road | lower_first | upper_first }}", "line 1, column 1: "),
        ("{{ road ~ news }}", "line 1, column 1: "),
        ("{{ Road }}", "line 1, column 1: "),
        ("{{- road -}}", "line 1, column 1: "),
        ("{{ }}", "line 1, column 1: "),
        ("{% for x in road %}{% endfor %}", "line 1, column 1: {% for x in road %} is not allowed"),
        ("{% if not road %}{% endif %}", "line 1, column 1: "),
        ("{% elif road %}", "line 1, column 1: "),
        ("{% include 'x' %}", "line 1, column 1: "),
        ("{% raw %}{% endraw %}", "line 1, column 1: "),
        ("{# a note #}", "line 1, column 1: {# a note #} is not allowed"),
        ("Closed {{ road", "line 1, column 8: {{ is never closed"),
        ("Closed {% if road", "line 1, column 8: {% is never closed"),
        ("Closed {# note", "line 1, column 8: {# is never closed"),
        ("Closed road }}", "line 1, column 13: }} closes nothing"),
        ("Closed road %}", "line 1, column 13: %} closes nothing"),
        ("{% if road %}x", "line 1, column 1: this if has no endif"),
        ("{% if road %}x{% else %}y", "line 1, column 1: this if has no endif"),
        ("x{% else %}", "line 1, column 2: an else needs an if before it"),
        ("{% if road %}{% else %}{% else %}{% endif %}", "line 1, column 24: an else needs an if before it"),
        ("x{% endif %}", "line 1, column 2: an endif needs an if before it"),
        ("a [[ b", "line 1, column 3: this optional part is never closed by ]]"),
        ("a ]] b", "line 1, column 3: this closes an optional part that was not opened here"),
        ("[[ a [[ b ]] ]]", "line 1, column 6: an optional part cannot stand inside another"),
        ("{[[ a ]]# b", "line 1, column 1: a { cannot stand right before [[ or ]]"),
        ("[[ a {]]% b", "line 1, column 6: a { cannot stand right before [[ or ]]"),
        ("{% if road %}[[ a {% endif %} ]]", "line 1, column 19: an endif needs an if before it"),
    ],
)
def test_anything_else_is_refused_with_its_place(source: str, problem: str) -> None:
    problems = template_problems(source, TYPES)
    assert problems[0].startswith(problem)


def test_all_problems_of_a_template_are_named_at_once() -> None:
    assert [text.split(":")[0] for text in template_problems("{{ a }}\n{{ b }} {{ c }}", TYPES)] == [
        "line 1, column 1",
        "line 2, column 1",
        "line 2, column 9",
    ]


def test_which_fields_a_template_uses_and_which_it_prints_for_certain() -> None:
    source = (
        "{{ road }}[[ {{ news }}]]{% if when %}{{ when | time }}{% else %}{{ count }}{% endif %} {{ state }}"
    )
    assert fields_in(source) == ("road", "news", "when", "count", "state")
    assert certain_fields(source) == {"road", "state"}


@given(st.text())
def test_what_people_type_is_never_read_as_a_template(typed: str) -> None:
    # Given a value that may look like anything at all
    for value in (
        typed,
        "{{ news }}" + typed,
        "[[" + typed + "]]",
        "{% if x %}" + typed,
        "<!channel>" + typed,
    ):
        # Then it comes out letter by letter, in a plain place, in an optional part and in a condition
        shown = {**EMPTY, "road": value}
        assert fill("({{ road }})", shown) == f"({value})"
        assert fill("([[{{ road }}]])", shown) == f"({value})"
        assert fill("({% if road %}{{ road }}{% endif %})", shown) == f"({value})"


_PIECES = (
    *(
        "{{ road }}",
        "{{ state | choice }}",
        "{% if when %}",
        "{% else %}",
        "{% endif %}",
        "[[",
        "]]",
        "{{",
        "}}",
        "{%",
        "%}",
    ),
    *(
        "{# #}",
        "{#",
        "#}",
        "{{ road.x }}",
        "{{ 1 }}",
        "{% set a = 1 %}",
        "{% raw %}",
        "{",
        "}",
        "[",
        "%",
        "#",
        "-",
        "\n",
        "a ",
    ),
)
_ALLOWED = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Filter, nodes.If)


@settings(max_examples=1000)
@given(st.lists(st.sampled_from(_PIECES), max_size=8).map("".join))
def test_what_passes_the_check_is_harmless_to_jinja_too(source: str) -> None:
    # Given a template without problems
    if template_problems(source, TYPES):
        return
    # Then Jinja's own parser sees fields, conditions and our filters in it, and nothing else
    tree = jinja2.Environment(autoescape=True).parse(source)
    for node in [tree, *tree.find_all(nodes.Node)]:
        assert isinstance(node, _ALLOWED)
        assert not isinstance(node, nodes.Filter) or node.name in FILTERS
        assert not isinstance(node, nodes.Name) or node.name in TYPES
    # And it renders, with all its optional parts and with none
    fill(source, EMPTY)
    fill(source, {"road": "x", "news": "x", "state": Label("x"), "when": at(1), "count": "1"})


_SPECIAL = {"self", "super", "loop", "caller", "varargs", "kwargs", "none", "not"}
_ELSEWHERE = {*jinja2.defaults.DEFAULT_NAMESPACE, *keyword.kwlist, *keyword.softkwlist}


@pytest.mark.parametrize("word", sorted(_SPECIAL | RESERVED | {word.lower() for word in _ELSEWHERE}))
def test_a_field_named_like_a_word_of_the_machinery_prints_what_was_typed_or_is_reserved(word: str) -> None:
    if word not in RESERVED:
        source = "{{ word }} {% if word %}yes{% endif %}".replace("word", word)
        assert fill(source, {word: "typed"}) == "typed yes"


def test_a_flood_of_input_is_stopped() -> None:
    values = {**EMPTY, "news": "a" * MAX_OUTPUT}
    assert len(fill("{{ news }}", values)) == MAX_OUTPUT
    with pytest.raises(TextTooLong, match=r"20,000 characters\. Nothing was sent") as caught:
        fill("{{ news }}.", values)
    assert isinstance(caught.value, PlaybookError)
