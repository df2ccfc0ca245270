"""Every guard."""

from . import queues_and_links, replies, yes
from .guard import Guard

GUARDS: list[Guard] = [*yes.GUARDS, *queues_and_links.GUARDS, *replies.GUARDS]
