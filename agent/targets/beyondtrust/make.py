"""Puts together what talks to the appliance: one API account, shared through the store."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from agent.catalogue.beyondtrust import BeyondTrustSettings, SessionKeySettings
from agent.catalogue.schema import Queue
from agent.stores.base import Store
from agent.targets.availability import LONGEST, Availability
from agent.targets.beyondtrust.budget import Budget, Usage
from agent.targets.beyondtrust.client import Client
from agent.targets.beyondtrust.commands import Commands
from agent.targets.beyondtrust.credentials import Credentials, read_credentials
from agent.targets.beyondtrust.key_form import KeyForm
from agent.targets.beyondtrust.online import look_up
from agent.targets.beyondtrust.session_key import API_SHARE, SessionKey
from agent.targets.beyondtrust.shared import Shared
from agent.targets.beyondtrust.tokens import Token, Tokens
from agent.targets.beyondtrust.transport import Transport

_ATTEMPT_SHARE = 0.6  # of the seconds goes to one request, so that one that hangs leaves time for another
_LONGEST_ATTEMPT = 10.0


def make_session_key(
    settings: SessionKeySettings, queues: Sequence[Queue], *, store: Store, seconds: float
) -> SessionKey:
    """The target. Raises `SettingsError` where the credentials are missing or the CA file cannot be read."""
    each = min(_LONGEST_ATTEMPT, seconds * API_SHARE * _ATTEMPT_SHARE)
    commands = make_commands(settings.host, read_credentials("The target session_key"), store, seconds=each)
    return SessionKey(settings, queues, KeyForm(commands), seconds=seconds)


def make_availability(
    settings: BeyondTrustSettings, *, store: Store, clock: Callable[[], datetime]
) -> Availability:
    """Who is online, looked up again after `settings.availability` seconds. Raises `SettingsError` as above."""
    commands = make_commands(settings.host, read_credentials("availability"), store, seconds=LONGEST)
    keep = timedelta(seconds=settings.availability or 0)
    return Availability(lambda: look_up(commands), keep=keep, clock=clock)


def make_commands(
    host: str,
    credentials: Credentials,
    store: Store,
    *,
    seconds: float,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], Awaitable[Any]] = asyncio.sleep,
) -> Commands:
    """The APIs of `host`, with the account's token and rate limit in `store`; a request takes at most `seconds`."""
    client_id = credentials.client_id.get_secret_value()
    budget = Budget(Shared(store, "budget", host, client_id, Usage()), clock=clock, sleep=sleep)
    transport = Transport(host, credentials.tls(), budget, seconds=seconds)
    shared = Shared(store, "token", host, client_id, Token())
    tokens = Tokens(transport, credentials, shared, clock=clock, sleep=sleep)
    return Commands(Client(transport, tokens, sleep=sleep))
