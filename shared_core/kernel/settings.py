"""What a deployment decides, read from the environment (SHOP_…) or a .env file; never from the repository."""

import difflib
import json
import os
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from dotenv.parser import Binding, parse_stream
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from shared_core.kernel.errors import Phrase
from shared_core.kernel.findings import ConfigError, Finding
from shared_core.kernel.i18n import N_
from shared_core.kernel.reasons import reason

SECRET_LENGTH_MIN = 32
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
PREFIX = "SHOP_"
ENV_FILE = Path(".env")
FOR_COMPOSE = {"SHOP_PORT"}
"""Read by compose.yaml, from the same file."""
PROXIES_MAX = 20
ALIKE = 0.7
"""From here on a name is taken for one of ours, written wrongly."""


def _address(url: str) -> str:
    try:
        backend = make_url(url).get_backend_name()
    except ArgumentError:
        backend = ""
    if backend not in {"sqlite", "postgresql"}:
        raise ValueError(
            N_("write it like sqlite:///shop.db or postgresql+psycopg://USER:PASSWORD@HOST/NAME, special signs as %40")
        )
    return url


def _listed(value: object) -> object:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError as error:
        raise ValueError(N_('write a list like ["first key", "second key"]')) from error


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


class Settings(BaseSettings):
    """Environment of one process; defaults suit development, production must set what it says."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=ENV_FILE, env_file_encoding="utf-8-sig", extra="ignore", frozen=True
    )

    environment: Literal["development", "production"] = "development"
    database_url: Annotated[str, AfterValidator(_address)] = "sqlite:///shop.db"
    secret_key: SecretStr = SecretStr("")
    """Signs share links and forms. Production refuses to start without at least 32 characters."""
    previous_secret_keys: Annotated[list[SecretStr], NoDecode, BeforeValidator(_listed)] = []
    """Old keys whose signatures are still accepted while a new key takes over."""
    base_url: str = ""
    """Where the shop is reached from outside, "https://shop.example". Production refuses to start without it; in
    development empty means: as the request says."""
    trusted_proxies: Annotated[int, Field(ge=0, le=PROXIES_MAX)] = 0
    """How many proxies in front set X-Forwarded-For; 0 trusts none."""
    log_json: bool = False
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(_upper)] = "INFO"
    worker_inline: bool = True
    """Run the background worker inside the app process; off when a worker process runs beside it."""
    rate_limits: bool = True
    """Off only where a benchmark plays every visitor from one address."""
    policy_file: str = ""
    """The core team's policy: which rules of law it lifts for this shop, on whose word. Empty: none."""


def read_settings() -> Settings:
    """The settings of this process, in its folder. Raises ConfigError with everything that is wrong in them."""
    found = [each for each in _as_written() if each.severity == "error"]
    if found:
        raise ConfigError(found)
    return Settings()


def review_settings() -> list[Finding]:
    """What is wrong in the .env file and the SHOP_… variables of this process, and what keeps a shop from starting."""
    found = _as_written()
    readable = all(each.severity != "error" for each in found)
    return [*found, *review(Settings())] if readable else found


def _as_written() -> list[Finding]:
    try:
        lines = _read_lines()
    except ConfigError as error:
        return error.findings
    return [*_unreadable_lines(lines), *_unknown_keys(_places(lines)), *_wrong_values(_places(lines))]


def _read_lines() -> list[Binding]:
    """The lines of the file; none where there is no file. Raises ConfigError."""
    if not ENV_FILE.is_file():
        return []
    try:
        text = ENV_FILE.read_text("utf-8-sig")
    except OSError as error:
        raise ConfigError([_unreadable(Phrase(error.strerror or str(error)))]) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError([_unreadable(Phrase(N_("it is not text in UTF-8")), line)]) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ConfigError([_unreadable(Phrase(N_("it is not text in UTF-8")), line)])
    return list(parse_stream(StringIO(text)))


def _unreadable(why: Phrase, line: int | None = None) -> Finding:
    return Finding(
        code="unreadable",
        message=N_("the file cannot be read: {reason}."),
        remedy=N_("Check the path, its permissions and its encoding."),
        file=str(ENV_FILE),
        line=line,
        params={"reason": why},
    )


def _unreadable_lines(lines: list[Binding]) -> Iterator[Finding]:
    for each in lines:
        if each.error or (each.key and each.value is None):
            yield Finding(
                code="bad_line",
                message=N_("this line is not NAME=value."),
                remedy=N_("Write it so, begin a comment with #, and close every quotation mark."),
                file=str(ENV_FILE),
                line=_line(each),
            )


def _line(binding: Binding) -> int:
    """Where the binding itself starts: blank lines before it belong to what was read."""
    text = binding.original.string
    return binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")


def _places(lines: list[Binding]) -> dict[str, int]:
    return {each.key.upper(): _line(each) for each in lines if each.key and each.value is not None}


def _unknown_keys(places: Mapping[str, int]) -> Iterator[Finding]:
    """In the file every unknown name is an error; a machine may have variables of its own that begin like ours."""
    known = [name.upper() for name in Settings.model_fields]
    names = [*places, *(name for name in map(str.upper, os.environ) if name not in places)]
    for name in names:
        own = name.removeprefix(PREFIX)
        if own == name or own in known or name in FOR_COMPOSE:
            continue
        near = difflib.get_close_matches(own, known, n=1, cutoff=ALIKE)
        yield Finding(
            code="unknown_setting",
            message=N_("{name} is not a setting."),
            remedy=N_("Did you mean {near}?") if near else N_("Settings: {known}."),
            severity="error" if near or name in places else "warning",
            file=str(ENV_FILE) if name in places else "",
            line=places.get(name),
            params={
                "name": name,
                "near": PREFIX + near[0] if near else "",
                "known": ", ".join(PREFIX + each for each in known),
            },
        )


def _wrong_values(places: Mapping[str, int]) -> Iterator[Finding]:
    try:
        Settings()
    except ValidationError as error:
        for each in error.errors(include_url=False, include_input=False):
            yield _bad_setting(str(each["loc"][0]), reason(each), places)


def _bad_setting(name: str, why: Phrase, places: Mapping[str, int]) -> Finding:
    """The value is not shown: it may be a secret."""
    key = PREFIX + name.upper()
    in_file = key in places and key not in map(str.upper, os.environ)
    return Finding(
        code="bad_setting",
        message=N_("the setting cannot be used: {reason}."),
        file=str(ENV_FILE) if in_file else "",
        line=places[key] if in_file else None,
        key=key,
        params={"reason": why},
    )


def review(settings: Settings) -> Iterator[Finding]:
    """What cannot stay as it is; errors keep a shop from starting."""
    production = settings.environment == "production"
    if len(settings.secret_key.get_secret_value()) < SECRET_LENGTH_MIN:
        yield Finding(
            code="no_secret_key",
            message=N_("SHOP_SECRET_KEY is missing or shorter than {least} characters."),
            remedy=N_("Set it to the output of: openssl rand -hex 32"),
            severity="error" if production else "warning",
            key="SHOP_SECRET_KEY",
            params={"least": SECRET_LENGTH_MIN},
        )
    if production and not settings.base_url:
        yield _bad_address("no_base_url", N_("a shop in production must know the address its customers use."))
    elif settings.base_url and not _is_origin(settings.base_url):
        yield _bad_address("bad_base_url", N_("the address must be a scheme and a host, without a path."))
    elif production and not _is_private(settings.base_url):
        yield _bad_address("insecure_base_url", N_("over plain HTTP passwords and log-ins could be read on the way."))


def _bad_address(code: str, message: str) -> Finding:
    return Finding(code, message, N_("Set it like this: SHOP_BASE_URL=https://shop.example"), key="SHOP_BASE_URL")


def _is_origin(address: str) -> bool:
    """Whether a browser could send this as Origin, but for a slash at the end."""
    parts = urlsplit(address)
    bare = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and bare


def _is_private(address: str) -> bool:
    """Whether nobody can listen in: TLS, or no network at all."""
    parts = urlsplit(address)
    return parts.scheme == "https" or parts.hostname in THIS_MACHINE
