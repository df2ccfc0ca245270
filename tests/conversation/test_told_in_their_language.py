"""A language that the embedded model cannot read is told so, in that language, once."""

import pytest

from agent import Chat
from agent.catalogue.schema import Catalogue
from agent.language.foreign import foreign_language
from agent.language.locale import locales
from agent.models.embedded import EmbeddedModel
from tests.support import small

VAGUE = {
    "fr": "bonjour, ça ne marche pas depuis ce matin et je ne peux plus travailler",
    "es": "hola, no puedo trabajar desde ayer y no funciona muy bien",
    "nl": "hoi, het doet het niet meer sinds gisteren en ik kan niet werken",
    "pl": "dzień dobry, od wczoraj nie mogę pracować",
    "ru": "здравствуйте, со вчерашнего дня ничего не работает",
    "ja": "昨日から動きません",
    "zh": "从昨天开始就不行了",
    "ar": "مرحبا، لا شيء يعمل منذ أمس",
}


@pytest.fixture
def chat(catalogue: Catalogue) -> Chat:
    return small.agent_over(
        catalogue, EmbeddedModel(sure=1)
    ).start()  # it asks whatever it makes of the words


def says(text: str) -> str:
    language = foreign_language(text)
    assert language
    return language.says


@pytest.mark.parametrize("language", VAGUE)
async def test_it_is_told_once_in_that_language_and_goes_on(chat: Chat, language: str) -> None:
    text = VAGUE[language]
    first = await chat.send(text)
    assert first.text == says(text)
    assert first.phase == "gathering"
    assert [button.action for button in first.buttons] == ["skip"]
    replies = [await chat.send(text) for _ in range(3)]
    assert says(text) not in [reply.text for reply in replies]
    assert any(reply.phase == "proposed" or reply.buttons[0].style == "filled" for reply in replies)


async def test_who_goes_on_in_english_gets_the_right_queue(chat: Chat) -> None:
    assert (await chat.send(VAGUE["fr"])).text == says(VAGUE["fr"])
    asked = await chat.send("ok: my SQL database backup fails with failing queries")
    assert asked.text.startswith("Is it more about Database Support") or asked.text == locales()["en"](
        "ask_more"
    )
    proposed = await chat.send("the SQL database")
    assert proposed.proposal
    assert proposed.proposal.queue_id == small.DATABASE
    assert "ne marche pas" in proposed.proposal.summary  # what they said goes along
    assert (await chat.send("yes")).handoff


async def test_who_goes_on_in_german_is_answered_in_german(chat: Chat) -> None:
    await chat.send(VAGUE["nl"])
    await chat.send("Meine SQL Datenbank ist nicht erreichbar, die Datenbank hängt")
    proposed = await chat.send("Es ist die SQL Datenbank")
    assert proposed.proposal
    assert proposed.proposal.queue_id == small.DATABASE
    assert proposed.buttons[0].label == locales()["de"]("start")


async def test_the_button_connects_them_at_once(chat: Chat) -> None:
    await chat.send(VAGUE["ru"])
    reply = await chat.press("skip")
    assert reply.proposal
    assert (await chat.press("start")).handoff


async def test_what_is_clear_in_another_language_needs_no_question(catalogue: Catalogue) -> None:
    chat = small.agent_over(catalogue, EmbeddedModel()).start()
    reply = await chat.send("mon SQL Datenbank backup ne marche pas, queries et connections non plus")
    assert foreign_language("mon SQL Datenbank backup ne marche pas, queries et connections non plus")
    assert reply.proposal
    assert reply.proposal.queue_id == small.DATABASE


async def test_what_it_cannot_read_is_never_called_nobodys(chat: Chat) -> None:
    replies = [await chat.send(VAGUE["ja"]) for _ in range(5)]
    told = {locale("not_for_agents") for locale in locales().values()}
    assert told.isdisjoint(reply.text for reply in replies)
