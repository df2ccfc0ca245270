"""The target that a catalogue asks for."""

from agent.catalogue.beyondtrust import PortalLinkSettings, SessionKeySettings
from agent.catalogue.schema import Catalogue
from agent.errors import SettingsError
from agent.stores.base import Store
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
            try:
                from agent.targets.beyondtrust.make import make_session_key
            except ModuleNotFoundError as error:
                raise SettingsError(
                    f"The target session_key needs the package {error.name}: "
                    "pip install 'live-agent-handoff[beyondtrust]'"
                ) from error
            return make_session_key(settings, catalogue.queues, store=store, seconds=seconds)
        case settings:
            return UrlTemplate(settings.url)
