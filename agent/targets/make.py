"""The target that a catalogue asks for."""

from agent.catalogue.schema import TargetSettings
from agent.targets.base import Target
from agent.targets.url_template import UrlTemplate


def make_target(settings: TargetSettings) -> Target:
    """The target of `settings.kind`."""
    return UrlTemplate(settings.url)
