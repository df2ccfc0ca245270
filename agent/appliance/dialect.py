"""What the public documentation leaves open, or what differs between releases."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How the stand-in speaks where nobody knows how a real one does, so that a client can be tried against both.

    `namespace`: of the XML answers; it changed from the older one, bomgar's, to beyondtrust's.
    `json_commands`: whether `/api/command/v2` is there; older releases answer 404.
    `spelling`: how an issue of `get_support_teams` and a team of `team_list` carry their names.
    `error_status`: the HTTP status of an `<error>`. `error_inside`: it stands inside the answer's root element.
    `rate_limit_status`: the HTTP status of a refusal for too many requests.
    `customer_on_keys`: whether `generate_session_key` takes `customer.*`; otherwise they are ignored.
    """

    namespace: Literal["beyondtrust", "bomgar"] = "beyondtrust"
    json_commands: bool = True
    spelling: Literal["elements", "attributes"] = "elements"
    error_status: int = 200
    error_inside: bool = False
    rate_limit_status: int = 429
    customer_on_keys: bool = False

    def namespace_of(self, api: Literal["command", "reporting"]) -> str:
        """The XML namespace of an API's answers."""
        if self.namespace == "bomgar":
            return f"http://www.bomgar.com/namespaces/API/{api}"
        return f"http://www.beyondtrust.com/sra/namespaces/API/{api}"
