import pytest

from agent.errors import HandoffError, ModelUnavailable
from agent.models.base import Answer, Briefing, ScriptError
from agent.models.scripted import ScriptedModel
from agent.records.decision import Ask, CreateHandoff, Decision, SelectQueue
from tests.models.briefings import briefing


async def test_steps_in_their_order() -> None:
    def first_queue(told: Briefing) -> Decision:
        return SelectQueue(queue_id=told.view.queues[0].id)

    model = ScriptedModel(
        [
            Ask(question="?"),
            Answer(decision=CreateHandoff(), prompt_tokens=5),
            ModelUnavailable("down"),
            TimeoutError,
            first_queue,
        ]
    )
    kinds: list[str] = []
    told = briefing()
    assert (await model.decide(told, kinds.append)).decision == Ask(question="?")
    assert (await model.decide(told)).prompt_tokens == 5
    with pytest.raises(ModelUnavailable, match="down"):
        await model.decide(told)
    with pytest.raises(TimeoutError):
        await model.decide(told)
    chosen = (await model.decide(told, kinds.append)).decision
    assert chosen == SelectQueue(queue_id=told.view.queues[0].id)
    assert kinds == ["ask", "select_queue"]
    assert model.briefings == [told] * 5
    await model.close()


async def test_too_few_steps() -> None:
    model = ScriptedModel([Ask(question="?")])
    await model.decide(briefing())
    with pytest.raises(ScriptError, match="call 2 of a script with 1 steps"):
        await model.decide(briefing())


async def test_steps_that_are_left() -> None:
    model = ScriptedModel([Ask(question="?"), SelectQueue(queue_id="left-over")])
    await model.decide(briefing())
    with pytest.raises(ScriptError, match=r"1 of 2 steps were not used: .*left-over"):
        await model.close()


def test_the_agent_does_not_take_it_for_a_failing_model() -> None:
    assert not issubclass(ScriptError, HandoffError)
    assert issubclass(ScriptError, AssertionError)
