"""The short names by which a model chooses in JSON."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.catalogue.schema import Queue
from agent.models.encoding_json import WORDS
from agent.models.handles import LONGEST, handles, slug
from agent.models.messages import PromptWriter
from agent.records.user import User
from tests.models.briefings import HIDDEN, NETWORK, QUEUES, briefing, proposal, view


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Database Support", "database_support"),
        ("Network & VPN", "network_vpn"),
        ("  Büro-Geräte (2. Stock)  ", "buro_gerate_2_stock"),
        ("ＳＡＰ", "sap"),
        ("財務部", "財務部"),
        ("!?", "queue"),
        ("a" * 39 + " b", "a" * 39),
    ],
)
def test_a_handle_is_the_name_in_small_letters(name: str, expected: str) -> None:
    assert slug(name) == expected


def queue(id_: str, name: str) -> Queue:
    return Queue(id="x", name="x").model_copy(update={"id": id_, "name": name})


@pytest.mark.parametrize(
    ("queues", "expected"),
    [
        ([("1", "Desk"), ("2", "desk!"), ("3", "DESK")], ["desk", "desk_2", "desk_3"]),
        ([("1", "Desk 2"), ("2", "Desk"), ("3", "Desk")], ["desk_2", "desk", "desk_3"]),
        ([("1", "Unclear"), ("2", "Not for agents")], ["unclear_2", "not_for_agents_2"]),
        ([("1", "Sales"), ("sales", "Sales")], ["sales_2", "sales"]),
        ([("1", "n" * 60), ("2", "n" * 60)], ["n" * 40, "n" * 38 + "_2"]),
    ],
)
def test_names_that_are_alike_get_a_number(queues: list[tuple[str, str]], expected: list[str]) -> None:
    assert list(handles([queue(*each) for each in queues], WORDS).values()) == expected


_NAMES = st.one_of(
    st.text(min_size=1, max_size=60), st.sampled_from(["Desk", "desk 2", "DESK_3", "Unclear", "№"])
)
_IDS = st.one_of(st.text(min_size=1, max_size=20), st.sampled_from(["desk", "desk_2", "unclear", "queue"]))


@given(st.dictionaries(_IDS, _NAMES, max_size=12))
def test_no_two_queues_share_a_handle(names: dict[str, str]) -> None:
    found = handles([queue(id_, name) for id_, name in names.items()], WORDS)
    assert list(found) == list(names)
    assert len(set(found.values())) == len(names)
    for id_, handle in found.items():
        assert 1 <= len(handle) <= LONGEST
        assert re.fullmatch(r"\w+", handle)
        assert handle not in WORDS
        assert handle == id_ or handle not in names  # what is somebody's id means that queue


def test_a_hidden_queue_has_no_handle_and_changes_none() -> None:
    writer = PromptWriter("m", "json")
    twin = QUEUES[2].model_copy(update={"name": "Network"})
    for hidden in (QUEUES[2], twin):
        told = writer.write(
            briefing(
                view=view([hidden, *QUEUES[:2]]),
                phase="proposed",
                proposal=proposal(HIDDEN),
                asked_between=(HIDDEN, NETWORK),
                handed_off=HIDDEN,
            )
        )
        assert list(told.ids) == ["database_support", "network"]
        assert not re.search("secret", json.dumps(told.messages()), re.IGNORECASE)


def test_who_may_see_it_gets_its_handle() -> None:
    told = PromptWriter("m", "json").write(briefing(view=view(user=User(attributes={"region": ["EU"]}))))
    assert told.ids["secret_desk"] == HIDDEN
    assert HIDDEN not in json.dumps(told.messages())


def test_only_handles_are_told() -> None:
    told = PromptWriter("m", "json").write(
        briefing(phase="proposed", proposal=proposal(NETWORK), asked_between=(NETWORK,), handed_off=NETWORK)
    )
    said = json.dumps(told.messages())
    assert NETWORK not in said
    assert told.state.count("(network)") == 3
    assert "\nnetwork | Network | VPN and Wi-Fi." in told.system
