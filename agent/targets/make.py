"""The target that a catalogue asks for, and who knows how many agents are online."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from agent.catalogue.beyondtrust import PortalLinkSettings, SessionKeySettings
from agent.catalogue.schema import Catalogue
from agent.errors import SettingsError
from agent.stores.base import Store
from agent.targets.availability import Availability
from agent.targets.base import Target
from agent.targets.url_template import UrlTemplate


def make_target(catalogue: Catalogue, *, store: Store, seconds: float) -> Target:
    """The target of the catalogue's `target.kind`.

    `store` is where processes share what they share; `seconds` bounds a turn. Raises `SettingsError` where
    credentials or an extra are missing.
    """
    match catalogue.target:
        case PortalLinkSettings() as settings:
            from agent.targets.beyondtrust.portal_link import PortalLink

            return PortalLink(settings, catalogue.queues)
        case SessionKeySettings() as settings:
            with beyondtrust_extra("The target session_key"):
                from agent.targets.beyondtrust.make import make_session_key
            return make_session_key(settings, catalogue.queues, store=store, seconds=seconds)
        case settings:
            return UrlTemplate(settings.url)


def make_availability(
    catalogue: Catalogue, *, store: Store, clock: Callable[[], datetime]
) -> Availability | None:
    """Who knows how many agents are online; None unless the catalogue's target has `availability`.

    Raises `SettingsError` as `make_target` does, for a portal link too.
    """
    match catalogue.target:
        case PortalLinkSettings(availability=int()) | SessionKeySettings(availability=int()) as settings:
            with beyondtrust_extra("availability"):
                from agent.targets.beyondtrust.make import make_availability as make
            return make(settings, store=store, clock=clock)
    return None


@contextmanager
def beyondtrust_extra(what: str) -> Iterator[None]:
    """Say what is missing where the appliance's API is needed: `SettingsError`."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"{what} needs the package {error.name}: pip install 'live-agent-handoff[beyondtrust]'"
        ) from error
