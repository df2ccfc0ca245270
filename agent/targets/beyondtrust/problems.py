"""What can go wrong with the appliance, told so that an operator knows what to do."""

from agent.errors import TargetError

RIGHTS = "/login > Management > API Configuration"
_GIVE = f"give the API account the right to it ({RIGHTS})"


class Transient(TargetError):
    """May work at once when tried again.

    `reached`: the request may have been carried out. `after`: the pause in seconds that was asked for.
    """

    def __init__(self, text: str, *, reached: bool, after: float | None = None) -> None:
        super().__init__(text)
        self.reached = reached
        self.after = after


class Refused(TargetError):
    """The appliance says no; trying again cannot help. `status` is HTTP's, 200 for an error in a good answer.

    `no_right`: the API account may not do this.
    """

    def __init__(self, text: str, status: int, *, no_right: bool = False) -> None:
        super().__init__(text)
        self.status = status
        self.no_right = no_right


class TooLarge(TargetError):
    """The answer is larger than one is read; less has to be asked for."""


class OverBudget(TargetError):
    """The rate limit leaves no room for this request now."""


def refusal(host: str, what: str, status: int, said: str, hint: str) -> Refused:
    """A refusal of `what`, with the appliance's own words where they are harmless, and what to do."""
    words, remedy = f' "{said}"' if said else "", _remedy(status, said, hint)
    no_right = remedy.startswith(_GIVE)
    return Refused(f"{host} refuses {what} ({status}){words}: {remedy}", status, no_right=no_right)


def _remedy(status: int, said: str, hint: str) -> str:
    text = said.lower()
    if status >= 500:
        return "look at the appliance's health; it may work again by itself"
    if any(word in text for word in ("permission", "denied", "not allowed", "privilege", "unauthori")):
        return f"{_GIVE}; {hint}"
    if any(word in text for word in ("issue", "queue", "team")):
        return "compare the issue and team in the catalogue with /login > Configuration > Issues"
    if any(word in text for word in ("field", "attribute", "custom", "external")):
        return "configure the session's custom fields (/login > Configuration > Custom Fields)"
    if "url_hostname" in text or "site" in text:
        return "use a host of one of the appliance's public sites (/login > Public Portals > Public Sites)"
    if status in (401, 403):
        return f"{_GIVE}; {hint}"
    if status == 404:
        return f"check that the host is the appliance's and its API is enabled ({RIGHTS})"
    return f"check the API account ({RIGHTS}); {hint}"
