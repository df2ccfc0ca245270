"""The API account's credentials, from the environment or from files; they never show in a repr or an error."""

import os
import ssl
from pathlib import Path

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from agent.errors import SettingsError

_PREFIX = "HANDOFF_BEYONDTRUST_"
_SECRETS_DIR = f"{_PREFIX}SECRETS_DIR"


class Credentials(BaseSettings):
    """HANDOFF_BEYONDTRUST_CLIENT_ID and _CLIENT_SECRET of an API account, and the _CA_FILE that signs its host.

    With HANDOFF_BEYONDTRUST_SECRETS_DIR each may be a file of that name, in small letters, in that directory. The
    environment goes first.
    """

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_ignore_empty=True, hide_input_in_errors=True, extra="ignore", frozen=True
    )

    client_id: SecretStr
    client_secret: SecretStr
    ca_file: Path | None = None

    def tls(self) -> ssl.SSLContext:
        """What connections are verified with: the CA file alone where there is one, else the public CAs.

        There is no setting that turns the verification off. Raises `SettingsError`.
        """
        if self.ca_file is None:
            import httpx2

            return httpx2.create_ssl_context()
        try:
            return ssl.create_default_context(cafile=self.ca_file)
        except (OSError, ValueError) as error:
            raise SettingsError(
                f"{_PREFIX}CA_FILE: {self.ca_file} cannot be used ({error}): give a file with the CA's "
                "certificate in PEM"
            ) from None


def read_credentials(what: str = "The appliance's API") -> Credentials:
    """The credentials, which `what` needs. Raises `SettingsError`, which names what is missing."""
    folder = os.environ.get(_SECRETS_DIR) or None
    if folder and not Path(folder).is_dir():
        raise SettingsError(f"{_SECRETS_DIR}: there is no directory {folder}")
    try:
        return Credentials(_secrets_dir=folder)
    except ValidationError as error:
        names = " and ".join(_PREFIX + str(e["loc"][0]).upper() for e in error.errors(include_input=False))
    raise SettingsError(
        f"{what} needs {names}: take them from an API account of the appliance "
        "(/login > Management > API Configuration)"
    )
