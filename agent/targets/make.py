"""The target that a catalogue asks for, and who knows how many agents are online."""

from collections.abc import Callable
from datetime import datetime

from agent.catalogue.beyondtrust import PortalLinkSettings, SessionKeySettings
from agent.catalogue.schema import Catalogue
from agent.extras import needs_extra
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
            with needs_extra("The target session_key", "beyondtrust"):
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
            with needs_extra("availability", "beyondtrust"):
                from agent.targets.beyondtrust.make import make_availability as make
            return make(settings, store=store, clock=clock)
    return None
