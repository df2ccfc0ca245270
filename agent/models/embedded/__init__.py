"""The model without a model: retrieval over the queues' own words, and a small policy. No LLM, no network.

It goes through the same loop and the same checks as any other model. Questions are fixed texts, filled with the
queues' own words; summaries are the person's own words.
"""

from agent.models.embedded.model import EmbeddedModel as EmbeddedModel
