"""What only looks like a yes, in many languages and disguises, is none."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from agent.language.locale import folded, locales
from agent.language.understand import intent_of
from agent.models.scripted import ScriptedModel
from agent.records.decision import CreateHandoff, SelectQueue
from tests.promises.attacks import NEAR_YES
from tests.support import small

YES = sorted({phrase for locale in locales().values() for phrase in locale.phrases["yes"]})
NEAR = sorted(text for texts in NEAR_YES.values() for text in texts)
# Letters of other scripts that are drawn like these.
TWINS = dict(zip("aceijopsxyd", "асеіјорѕхуԁ", strict=True)) | {
    "k": "κ",
    "t": "τ",
    "n": "ո",
    "g": "ɡ",
    "b": "Ь",
}
UNSEEN = [chr(c) for c in (0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0x2063, 0xFEFF)]
DIRECTED = [chr(c) for c in (0x202A, 0x202D, 0x202E, 0x2066, 0x2067, 0x2069)]
HIDDEN = [chr(c) for c in (0xE0001, 0xE0041, 0xE0100, 0x0, 0x8, 0x1B, 0x7F, 0x9B)]


def test_there_are_enough_of_them() -> None:
    assert len(NEAR) >= 30
    assert len(NEAR_YES) >= 8


@given(
    st.sampled_from(NEAR),
    st.sampled_from(["", " ", "\n", *UNSEEN]),
    st.sampled_from(["", ".", "!", "?", "…", " 👍", " 🤔", *UNSEEN]),
    st.booleans(),
)
def test_a_near_yes_however_it_is_dressed(near: str, before: str, after: str, upper: bool) -> None:
    assert intent_of(f"{before}{near.upper() if upper else near}{after}") != "yes"


@given(st.sampled_from(YES), st.sampled_from(UNSEEN), st.data())
def test_nothing_invisible_may_stand_within(yes: str, unseen: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(1, len(yes) - 1))
    assert intent_of(yes[:place] + unseen + yes[place:]) != "yes"


@given(st.sampled_from([yes for yes in YES if set(yes) & set(TWINS)]), st.data())
def test_letters_of_another_script_are_others(yes: str, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from([i for i, letter in enumerate(yes) if letter in TWINS]))
    twin = yes[:place] + TWINS[yes[place]] + yes[place + 1 :]
    assert intent_of(twin) is None


@given(st.sampled_from(YES), st.sampled_from("?¿…‽()[]\"'“”„«»*_~/\\<>#@=+-👍👎😀🤷"), st.booleans())
def test_a_mark_makes_it_something_else(yes: str, mark: str, before: bool) -> None:
    assert intent_of(mark + yes if before else yes + mark) is None


@given(st.sampled_from(YES), st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_a_yes_within_a_longer_text_is_none(yes: str, before: str, after: str) -> None:
    assume(any(unicodedata.category(c)[0] in "LN" for c in before + after))
    text = f"{before} {yes} {after}"
    assume(folded(text) not in YES)
    assert intent_of(text) != "yes"


@pytest.mark.parametrize("around", ["\ufeff{}", "{}\u200b", "\u200e{}\u200f", " {}\u2060 "])
def test_what_keyboards_put_around_it_does_not_matter(around: str) -> None:
    assert intent_of(around.format("yes")) == "yes"


async def test_none_of_them_hands_off(tmp_path: Path) -> None:
    """Also where what is unseen is taken out before the text is kept."""
    disguised = [
        yes[0] + odd + yes[1:] for odd in [*UNSEEN, *DIRECTED, *HIDDEN] for yes in ("yes", "go ahead")
    ]
    disguised += [odd + "yes" for odd in (*DIRECTED, *HIDDEN)]
    chosen = SelectQueue(queue_id=small.DATABASE, summary="SQL is slow.")
    catalogue = small.catalogue(tmp_path)
    for text in [*NEAR, *disguised]:
        agent = small.agent_over(
            catalogue, ScriptedModel([chosen, CreateHandoff()])
        )  # not every text needs both
        chat = agent.start()
        assert (await chat.send("my SQL database is slow")).proposal
        reply = await chat.send(text)
        assert not reply.handoff, ascii(text)
        assert chat.conversation.handoffs == ()
        assert (await chat.send("yes")).handoff or reply.proposal is None
