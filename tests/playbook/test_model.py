"""What a playbook may say, what it is asked, and what its author is told about mistakes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pydantic
import pytest

from ecomms_bot.errors import PlaybookError
from ecomms_bot.playbook.channels import CHANNELS
from ecomms_bot.playbook.drafting import fields_for
from ecomms_bot.playbook.mistakes import BadPlaybook, Mistake
from ecomms_bot.playbook.model import Playbook, UnknownField, UnknownSeverity, UnknownStep, UnknownText
from tests.playbook.samples import FLOOD, small, small_raw

Raw = dict[str, Any]
Change = Callable[[Raw], object]


def told(change: Change) -> list[str]:
    """What the author of the small playbook is told after this change."""
    raw = small_raw()
    change(raw)
    with pytest.raises(BadPlaybook) as caught:
        Playbook.parse(raw)
    assert isinstance(caught.value, PlaybookError)
    assert str(caught.value).splitlines() == [each.words(raw) for each in caught.value.mistakes]
    return str(caught.value).splitlines()


def step_of(raw: Raw) -> Raw:
    return raw["phases"]["during"][0]  # type: ignore[no-any-return]


def texts(raw: Raw) -> Raw:
    return step_of(raw)["texts"]  # type: ignore[no-any-return]


# --- what it is asked


def test_steps_fields_and_texts_are_found_by_name() -> None:
    assert FLOOD.step("D3").title == "Road closure or change"
    assert [one.id for one in FLOOD.steps("during")] == ["D1", "D3", "D4"]
    assert FLOOD.steps("before") == FLOOD.steps("night") == ()
    assert FLOOD.field("road").label == "Road"
    assert FLOOD.step("D4").main.kind == "update"
    assert FLOOD.step("D4").text("no-change").title == "No change"


@pytest.mark.parametrize(
    ("ask", "error", "words"),
    [
        (lambda: FLOOD.step("D9"), UnknownStep, "the playbook Flood has no step D9"),
        (lambda: FLOOD.field("roda"), UnknownField, "the playbook Flood has no field roda"),
        (lambda: FLOOD.step("D1").text("final"), UnknownText, "step D1 has no text of the kind final"),
        (
            lambda: FLOOD.cadence(FLOOD.step("D1"), "S5"),
            UnknownSeverity,
            "the playbook Flood has no severity S5",
        ),
    ],
)
def test_what_is_not_there_is_a_key_error_that_says_so(
    ask: Callable[[], object], error: type[KeyError], words: str
) -> None:
    with pytest.raises(error) as caught:
        ask()
    assert isinstance(caught.value, KeyError)
    assert str(caught.value) == words


def test_the_tier_of_a_text_is_its_own_or_that_of_its_step() -> None:
    d4 = FLOOD.step("D4")
    assert [FLOOD.tier_of(d4, kind) for kind in ("update", "no-change", "final")] == ["T1", "T0", "T1"]


def test_the_cadence_is_the_steps_own_or_that_of_the_severity() -> None:
    raw = small_raw()
    for cadence, expected in ((45, 45), ("severity", 60), (None, 60)):
        step_of(raw)["cadence"] = cadence
        playbook = Playbook.parse(raw)
        assert playbook.cadence(playbook.step("D1"), "S2") == timedelta(minutes=expected)


def test_which_texts_promise() -> None:
    promises = {kind: text.promises for kind, text in small().step("D1").texts.items()}
    assert promises == {"statement": True, "final": True, "internal": False}
    raw = small_raw()
    texts(raw)["statement"]["promises"] = False
    assert not Playbook.parse(raw).step("D1").main.promises


def test_a_label_is_read_for_a_value() -> None:
    state = small().field("state")
    assert [state.label_of(value) for value in ("closed", "gone")] == ["is closed", "gone"]


def test_a_template_without_a_language_is_english() -> None:
    raw = small_raw()
    texts(raw)["internal"]["templates"] = {"internal": {"en": "{{ place }}", "fr": "à {{ place }}"}}
    assert list(Playbook.parse(raw).step("D1").text("internal").all_templates()) == [
        ("internal", "en", "{{ place }}"),
        ("internal", "fr", "à {{ place }}"),
    ]


def test_a_playbook_cannot_be_changed() -> None:
    with pytest.raises(pydantic.ValidationError, match="frozen"):
        small().title = "Other"  # type: ignore[misc]


def test_a_playbook_that_went_through_the_log_is_the_same() -> None:
    # Given the plain data as the log embeds it: names sorted, their order lost
    replayed = Playbook.parse(json.loads(json.dumps(FLOOD.model_dump(mode="json"), sort_keys=True)))
    # Then nothing that anybody sees depends on that order
    assert replayed == FLOOD
    for step in FLOOD.steps("during"):
        assert replayed.step(step.id).main == step.main
        for kind in step.texts:
            assert fields_for(replayed, replayed.step(step.id), kind) == fields_for(FLOOD, step, kind)


# --- mistakes of shape

SHAPES: list[tuple[Change, list[str]]] = [
    (lambda raw: raw.pop("title"), ["title: this is missing"]),
    (lambda raw: raw.update(schema_version=2), ["schema_version: this must be 1"]),
    (lambda raw: raw.update(colour="red"), ["colour: this word is not known here"]),
    (lambda raw: raw.update(title=7), ["title: this must be text; put it in quotes"]),
    (lambda raw: raw.update(title=""), ["title: this must not be empty"]),
    (lambda raw: raw.update(title="a" * 76), ["title: this may have up to 75 characters; it has 76"]),
    (lambda raw: raw.update(title="a\nb"), ["title: this must be one line"]),
    (
        lambda raw: raw.update(id="My flood"),
        ["id: this must be up to 40 small letters, digits and -, beginning with a letter"],
    ),
    (lambda raw: raw.update(tiers={}), ["tiers: this must not be empty"]),
    (lambda raw: raw.update(tiers=[]), ["tiers: this must be a group of named entries"]),
    (lambda raw: raw["tiers"].update(T0="pio"), ["tiers > T0: this must be a group of named entries"]),
    (
        lambda raw: raw["tiers"]["T0"].update(roles=["boss"]),
        ["tiers > T0 > roles > 1: this must be one of 'sme', 'pio', 'ic' or 'exec'"],
    ),
    (lambda raw: raw["tiers"]["T0"].update(roles=[]), ["tiers > T0 > roles: this must not be empty"]),
    (
        lambda raw: raw["tiers"]["T0"].update(roles="pio"),
        ["tiers > T0 > roles: this must be a list; put it in brackets, such as [pio]"],
    ),
    (
        lambda raw: raw["tiers"]["T0"].update(target_minutes="5"),
        ["tiers > T0 > target_minutes: this must be a whole number"],
    ),
    (
        lambda raw: raw["tiers"]["T0"].update(target_minutes=0),
        ["tiers > T0 > target_minutes: this must be 1 or more"],
    ),
    (
        lambda raw: raw["fields"]["place"].update(max_length=9999),
        ["fields > place > max_length: this must be 3000 or less"],
    ),
    (
        lambda raw: raw["fields"]["place"].update(required="maybe"),
        ["fields > place > required: this must be true or false"],
    ),
    (
        lambda raw: raw["fields"]["place"].update(minimum="low"),
        ["fields > place > minimum: this must be a number"],
    ),
    (
        lambda raw: raw["fields"].update(Place=raw["fields"].pop("place")),
        ["fields > Place: this must be up to 40 small letters, digits and _, beginning with a letter"],
    ),
    (
        lambda raw: step_of(raw).update(cadence="daily"),
        ["phases > during > D1 > cadence: this must be 'severity' or a whole number"],
    ),
    (
        lambda raw: step_of(raw).update(texts="hello"),
        ["phases > during > D1 > texts: this must be a group of named entries"],
    ),
    (
        lambda raw: texts(raw).update(statement="hello"),
        ["phases > during > D1 > texts > statement: this must be a group of named entries"],
    ),
    (
        lambda raw: texts(raw)["statement"].update(templates="hello"),
        ["phases > during > D1 > texts > statement > templates: this must be a group of named entries"],
    ),
    (
        lambda raw: step_of(raw).update(title=None, recurrence="daily"),
        [
            "phases > during > D1 > title: this is empty; fill it in or take the line out",
            "phases > during > D1 > recurrence: this must be one of 'once', 'recurring' or 'on-demand'",
        ],
    ),
]


@pytest.mark.parametrize(("change", "words"), SHAPES)
def test_a_mistake_of_shape_is_named_with_its_place(change: Change, words: list[str]) -> None:
    assert told(change) == words


def test_what_is_no_playbook_at_all_is_refused_too() -> None:
    with pytest.raises(BadPlaybook, match=r"^this must be a group of named entries$"):
        Playbook.parse([])  # type: ignore[arg-type]


def test_a_kind_of_mistake_without_words_of_ours_keeps_the_validators() -> None:
    class Even(pydantic.BaseModel):
        number: int = pydantic.Field(multiple_of=2)

    from ecomms_bot.playbook.shape import from_pydantic

    with pytest.raises(pydantic.ValidationError) as caught:
        Even(number=3)
    assert from_pydantic(caught.value, {}) == (Mistake(("number",), "input should be a multiple of 2"),)


# --- mistakes of sense

FITS: list[tuple[Change, list[str]]] = [
    (lambda raw: raw["severities"].pop("S3"), ["severities: S3 must be here too"]),
    (
        lambda raw: raw["fields"].update({"none": raw["fields"]["place"]}),
        ["fields > none: a field cannot be called none, which means something in templates"],
    ),
    (
        lambda raw: raw["fields"]["state"].pop("choices"),
        ["fields > state > choices: the answers of a field of type choice are listed here"],
    ),
    (
        lambda raw: raw["fields"]["place"].update(choices=raw["fields"]["state"]["choices"]),
        [
            (
                "fields > place > choices: only a field of type choice has choices; "
                "say type: choice, or take them out"
            )
        ],
    ),
    (
        lambda raw: raw["fields"]["state"]["choices"][1].update(value="closed"),
        ["fields > state > choices: two choices have the same value"],
    ),
    (
        lambda raw: raw["fields"]["place"].update(past_allowed=False, future_allowed=False),
        ["fields > place: a time that may be neither past nor future cannot be given"],
    ),
    (
        lambda raw: raw["fields"]["place"].update(max_length=3),
        [
            (
                "fields > place > example: the example would be refused: "
                "This may have up to 3 characters; it has 4."
            )
        ],
    ),
    (
        lambda raw: raw["fields"]["next_update_at"].update(example="6 p.m."),
        [
            (
                "fields > next_update_at > example: the example would be refused: "
                'This must be a date and a time; write it such as "2021-11-15T08:30:00-08:00", '
                "the date, the time and how far its zone is from UTC"
            )
        ],
    ),
    (
        lambda raw: raw["fields"]["next_update_at"].update(past_allowed=True),
        [
            (
                "fields > next_update_at: the next update must be of type datetime, required, "
                "with past_allowed: false"
            )
        ],
    ),
    (
        lambda raw: raw["fields"].update(expires_at={**raw["fields"]["as_of"], "future_allowed": True}),
        [
            (
                "fields > expires_at: the time until which a text holds must be of type datetime, "
                "with past_allowed: false"
            )
        ],
    ),
    (
        lambda raw: raw["fields"]["as_of"].update(future_allowed=True),
        ["fields > as_of: the time of the facts must be of type datetime, with future_allowed: false"],
    ),
    (
        lambda raw: raw["fields"].update(incident_name=raw["fields"]["place"]),
        ["fields > incident_name: the incident has its name; leave this field out"],
    ),
    (
        lambda raw: step_of(raw).update(tier="T9"),
        ["phases > during > D1 > tier: there is no tier T9; there are T0, T1"],
    ),
    (
        lambda raw: texts(raw)["internal"].update(tier="T9"),
        ["phases > during > D1 > texts > internal > tier: there is no tier T9; there are T0, T1"],
    ),
    (
        lambda raw: step_of(raw)["channels"].append("pigeon"),
        [f"phases > during > D1 > channels > 4: there is no channel pigeon; there are {', '.join(CHANNELS)}"],
    ),
    (
        lambda raw: step_of(raw)["fields"].append("plaice"),
        ["phases > during > D1 > fields > 4: there is no field plaice; did you mean place?"],
    ),
    (
        lambda raw: step_of(raw)["fields"].append("homes"),
        [
            (
                "phases > during > D1 > fields > 4: there is no field homes; "
                "say what it is under fields, at the top of the file"
            )
        ],
    ),
    (
        lambda raw: step_of(raw)["channels"].remove("sms"),
        [
            (
                "phases > during > D1 > texts > statement > templates > sms: "
                "the step does not go to the channel sms; list it under the step's channels, "
                "or take this text out"
            )
        ],
    ),
    (
        lambda raw: (
            step_of(raw)["channels"].append("pigeon"),
            texts(raw)["internal"]["templates"].update(pigeon="a"),
        ),
        [f"phases > during > D1 > channels > 4: there is no channel pigeon; there are {', '.join(CHANNELS)}"],
    ),
    (
        lambda raw: step_of(raw)["fields"].remove("state"),
        [
            (
                "phases > during > D1 > texts > statement > templates > web: "
                "this uses the field state; list it under the step's fields"
            )
        ],
    ),
    (
        lambda raw: texts(raw)["internal"]["templates"].update(internal="a\n{{ plaice }}"),
        [
            (
                "phases > during > D1 > texts > internal > templates > internal, line 2, column 1: "
                "there is no field “plaice”; did you mean place?"
            )
        ],
    ),
    (
        lambda raw: texts(raw)["internal"]["templates"].update(internal="{{ no_promise_reason }}"),
        [
            (
                "phases > during > D1 > texts > internal > templates > internal: "
                "only a final text uses no_promise_reason"
            )
        ],
    ),
    (
        lambda raw: texts(raw)["statement"].update(tier="T0"),
        [
            (
                "phases > during > D1 > texts > statement > templates > web: "
                "a text of tier T0 has bounded fields only; story is a long text"
            )
        ],
    ),
    (
        lambda raw: texts(raw)["statement"]["templates"].update(web="{{ place }}[[ {{ next_update_at }}]]"),
        [
            (
                "phases > during > D1 > texts > statement > templates > web: "
                "this promises an update, so it must always print next_update_at"
            )
        ],
    ),
    (
        lambda raw: texts(raw)["final"]["templates"].update(web="{{ place }}"),
        [
            (
                "phases > during > D1 > texts > final > templates > web: "
                "a final text must be able to print next_update_at"
            ),
            (
                "phases > during > D1 > texts > final > templates > web: "
                "a final text must be able to print no_promise_reason"
            ),
        ],
    ),
    (
        lambda raw: raw["phases"].update(after=[step_of(raw)]),
        ["phases > after > D1 > id: there is already a step D1 in the phase during"],
    ),
]


@pytest.mark.parametrize(("change", "words"), FITS)
def test_a_mistake_of_sense_is_named_with_its_place(change: Change, words: list[str]) -> None:
    assert told(change) == words


def test_promises_need_their_fields() -> None:
    def change(raw: Raw) -> None:
        del raw["fields"]["next_update_at"], raw["fields"]["no_promise_reason"]

    words = told(change)
    assert "fields: next_update_at must be here: it is the promise that every text makes" in words
    assert "fields: no_promise_reason must be here, since there is a final text" in words


def test_a_text_message_may_leave_the_next_update_to_the_page_it_links_to() -> None:
    raw = small_raw()
    texts(raw)["statement"]["templates"]["sms"] = "{{ place }}"
    Playbook.parse(raw)


def test_a_playbook_without_the_time_of_facts_or_a_final_text_is_possible() -> None:
    raw = small_raw()
    del raw["fields"]["as_of"], raw["fields"]["no_promise_reason"], texts(raw)["final"]
    texts(raw)["statement"]["templates"]["sms"] = "{{ place }}"
    Playbook.parse(raw)


def test_a_mistake_about_the_whole_has_no_place() -> None:
    assert str(Mistake((), "it is empty")) == "it is empty"
