"""The environment variables: parsed and checked before anything starts, with all errors at once.

An empty variable counts as unset. Error messages never contain a value, which may be a password.
"""

import os
import ssl
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from webinar_service import environment_forms as forms

EXIT_CODE = os.EX_CONFIG
MESSAGES = {
    "bool_parsing": "must be 1 or 0",
    "int_parsing": "must be a whole number",
}


class UnusableEnvironment(Exception):
    """`errors` are pairs of a variable's name and what is wrong with it."""

    def __init__(self, errors: list[tuple[str, str]]) -> None:
        super().__init__("\n".join(f"{name}: {fault}" for name, fault in errors))
        self.errors = errors


def _listed(value: object) -> object:
    return [item.strip() for item in value.split(",") if item.strip()] if isinstance(value, str) else value


Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
Folder = Annotated[Path, AfterValidator(forms.folder)]
Hosts = Annotated[list[Annotated[str, AfterValidator(forms.allowed_host)]], BeforeValidator(_listed)]
Networks = Annotated[list[Annotated[str, AfterValidator(forms.network)]], BeforeValidator(_listed)]
Proxies = Annotated[list[Annotated[str, AfterValidator(forms.proxy)]], BeforeValidator(_listed)]
Languages = Annotated[list[Literal["en", "sv", "pl", "de", "da", "lt"]], BeforeValidator(_listed)]
Words = Annotated[list[Text], BeforeValidator(_listed)]
Port = Annotated[int, Field(ge=1, le=65535)]
Months = Annotated[int, Field(ge=1, le=600)]
Upper = BeforeValidator(lambda value: value.upper() if isinstance(value, str) else value)


class Environment(BaseModel):
    """In the order of `.env.example`, except that a variable follows those that its validator reads."""

    model_config = ConfigDict(frozen=True, validate_default=True)

    SECRET_KEY: Text = ""
    SECRET_KEY_FALLBACKS: Words = []

    PORT: Port = 8000
    HOST: Annotated[Text, AfterValidator(forms.bind_address)] = "127.0.0.1"
    SITE_URL: Annotated[Text, AfterValidator(forms.site_url)] = ""
    SITE_NAME: Annotated[Text, AfterValidator(forms.site_name)] = "Southern Baltic Cleantech"
    ALLOWED_HOSTS: Hosts = []
    FORWARDED_ALLOW_IPS: Proxies = []
    DEFAULT_TIMEZONE: Annotated[Text, AfterValidator(forms.time_zone)] = "Europe/Stockholm"
    LANGUAGES: Languages = ["en", "sv", "pl", "de", "da", "lt"]

    DEMO: bool = False
    DEBUG: bool = False
    DATA_DIR: Folder = Path("var")
    STATIC_ROOT: Annotated[Path, AfterValidator(forms.folder_to_read)] | None = None
    RATE_LIMITS: bool = True

    TLS_CA_FILE: Annotated[Text, AfterValidator(forms.authorities)] = ""
    DATABASE_URL: Annotated[Text, AfterValidator(forms.database_url)] = ""
    REDIS_URL: Annotated[Text, AfterValidator(forms.redis_url)] = ""
    STORAGE_URL: Annotated[Text, AfterValidator(forms.storage_url)] = ""
    UPLOAD_MAX_BYTES: Annotated[int, Field(ge=1)] = 4 * 1024**3  # of one recording
    PROJECT_QUOTA_BYTES: Annotated[int, Field(ge=1)] = 10 * 1024**3  # files of one project
    CLAMD_URL: Annotated[Text, AfterValidator(forms.clamd_url)] = ""
    MIN_FREE_BYTES: Annotated[int, Field(ge=0)] = 1024**3

    RETENTION_GUEST_MONTHS: Months = 24
    RETENTION_EMAIL_MONTHS: Months = 12
    RETENTION_CHAT_MONTHS: Months = 24
    RETENTION_ATTENDANCE_YEARS: Annotated[int, Field(ge=1, le=50)] = 10

    EMAIL_URL: Annotated[Text, AfterValidator(forms.email_url)] = ""
    EMAIL_FROM: Annotated[Text, AfterValidator(forms.sender)] = ""
    CONTACT_EMAIL: Annotated[Text, AfterValidator(forms.contact_address)] = ""
    INBOUND_EMAIL_URL: Annotated[Text, AfterValidator(forms.inbound_email_url)] = ""
    INBOUND_EMAIL_ADDRESS: Annotated[Text, AfterValidator(forms.inbound_email_address)] = ""

    VAPID_PRIVATE_KEY: Annotated[Text, AfterValidator(forms.vapid_key)] = ""

    MEDIA: Literal["mesh", "sfu"] = "mesh"
    LIVEKIT_URL: Annotated[Text, AfterValidator(forms.livekit_url)] = ""
    LIVEKIT_API_URL: Annotated[Text, AfterValidator(forms.livekit_api_url)] = ""
    LIVEKIT_API_KEY: Text = ""
    LIVEKIT_API_SECRET: Annotated[Text, AfterValidator(forms.livekit_secret)] = ""
    LIVEKIT_NODE_IP: Annotated[Text, AfterValidator(forms.ip_or_nothing)] = ""
    TURN_SECRET: Text = ""
    TURN_URL: Annotated[Text, AfterValidator(forms.turn_urls)] = ""

    TRANSCRIPTION_URL: Annotated[Text, AfterValidator(forms.transcription_url)] = ""
    TRANSCRIPTION_KEY: Text = ""
    TRANSCRIPTION_MODEL: Text = "whisper-1"

    SENTRY_DSN: Annotated[Text, AfterValidator(forms.sentry_dsn)] = ""
    METRICS_ALLOWED: Networks = ["127.0.0.1", "::1"]
    LOG_LEVEL: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], Upper] = "INFO"
    LOG_JSON: bool | None = None

    @field_validator("SITE_URL")
    @classmethod
    def _default_site(cls, value: str, info: ValidationInfo) -> str:
        return value or f"http://127.0.0.1:{info.data.get('PORT', 8000)}"

    @field_validator("LANGUAGES")
    @classmethod
    def _each_once(cls, value: list[str]) -> list[str]:
        if not value or len(set(value)) < len(value):
            raise ValueError("must name each language once, and at least one")
        return value

    @field_validator("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET")
    @classmethod
    def _media_server(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.data.get("MEDIA") == "sfu":
            raise ValueError("must be set with MEDIA=sfu")
        return value

    @field_validator("LIVEKIT_URL")
    @classmethod
    def _no_mixed_content(cls, value: str, info: ValidationInfo) -> str:
        secure = str(info.data.get("SITE_URL", "")).startswith("https://")
        if secure and value.startswith("ws://") and not forms.is_loopback(forms.host_of(value)):
            raise ValueError("must be wss:// where SITE_URL is https: browsers refuse ws:// there")
        return value

    @field_validator("INBOUND_EMAIL_ADDRESS")
    @classmethod
    def _of_a_mailbox(cls, value: str, info: ValidationInfo) -> str:
        if value and not info.data.get("INBOUND_EMAIL_URL"):
            raise ValueError("needs INBOUND_EMAIL_URL: otherwise nothing would read what is sent there")
        return value

    @field_validator("TURN_URL")
    @classmethod
    def _credentials(cls, value: str, info: ValidationInfo) -> str:
        if "turn" in value and not info.data.get("TURN_SECRET"):
            raise ValueError("needs TURN_SECRET: browsers refuse a TURN server without credentials")
        if not value and info.data.get("TURN_SECRET"):
            raise ValueError("must be set where TURN_SECRET is")
        return value


def read(variables: Mapping[str, str]) -> Environment:
    """Raises UnusableEnvironment with every error."""
    given = {name: variables[name] for name in Environment.model_fields if variables.get(name, "").strip()}
    try:
        return Environment.model_validate(given)
    except ValidationError as error:
        raise UnusableEnvironment([_message_of(each) for each in error.errors(include_input=False)]) from None


def read_or_exit(variables: Mapping[str, str]) -> Environment:
    """For settings.py: prints the errors as a list to standard error, without a traceback, and exits."""
    try:
        return read(variables)
    except UnusableEnvironment as problem:
        _exit(problem)


def trust_authorities(ca_file: str) -> None:
    """Adds this file to the trusted certificate authorities of the process (OpenSSL's own variables).

    psycopg brings an OpenSSL without default authorities; it gets the system's.
    """
    if ca_file:
        os.environ["SSL_CERT_FILE"] = ca_file
    os.environ.setdefault("SSL_CERT_DIR", ssl.get_default_verify_paths().openssl_capath)


def _exit(problem: UnusableEnvironment) -> NoReturn:
    sys.stderr.write("These settings cannot be used, so nothing was started:\n")
    sys.stderr.writelines(f"  {name}: {fault}\n" for name, fault in problem.errors)
    sys.stderr.write(".env.example explains each of them.\n")
    raise SystemExit(EXIT_CODE)


def _message_of(error: Any) -> tuple[str, str]:
    name, *places = (str(part) for part in error["loc"])
    if error["type"] == "value_error":
        message = str(error["ctx"]["error"])
    else:
        message = MESSAGES.get(error["type"], error["msg"].replace("Input should be", "must be"))
    entry = next((place for place in places if place.isdigit()), None)
    return name, f"entry {int(entry) + 1}: {message}" if entry else message
