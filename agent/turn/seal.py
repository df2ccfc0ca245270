"""What a yes binds to: the fingerprint of everything that the person was shown."""

import json
from hashlib import sha256

from agent.records.reply import Proposal

_SEALED = ("queue_id", "queue", "summary", "sends", "to", "carries_summary", "wanted", "revision")


def fingerprint(conversation: str, proposal: Proposal) -> str:
    """The SHA-256 over conversation, revision, queue, summary and what is sent."""
    sealed = {name: getattr(proposal, name) for name in _SEALED}
    text = json.dumps([conversation, sealed], sort_keys=True, ensure_ascii=False)
    return sha256(text.encode()).hexdigest()
