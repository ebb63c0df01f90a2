"""What a deployment decides, read from the environment (a shop: SHOP_…) or .env; never from the repository."""

import difflib
import json
import os
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Annotated, Literal, TypeVar
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
ENV_FILE = Path(".env")
FOR_COMPOSE = {"PORT"}
"""Read by compose.yaml, from the same file."""
PROXIES_MAX = 20
DEVELOPMENT_KEY = "development only: signatures made with this key prove nothing"
ALIKE = 0.7
"""From here on a name is taken for one of ours, written wrongly."""


def database_address(url: str) -> str:
    """`url` if it is the address of a database we know. Raises ValueError, saying how to write one."""
    try:
        backend = make_url(url).get_backend_name()
    except ArgumentError:
        backend = ""
    if backend not in {"sqlite", "postgresql"}:
        raise ValueError(
            N_("write it like sqlite:///shop.db or postgresql+psycopg://USER:PASSWORD@HOST/NAME, special signs as %40")
        )
    return url


def listed(value: object) -> object:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError as error:
        raise ValueError(N_('write a list like ["first", "second"]')) from error


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


class Deployment(BaseSettings):
    """Environment of one process; defaults suit development, production must set what it says."""

    model_config = SettingsConfigDict(env_file=ENV_FILE, env_file_encoding="utf-8-sig", extra="ignore", frozen=True)

    environment: Literal["development", "production"] = "development"
    database_url: Annotated[str, AfterValidator(database_address)]
    secret_key: SecretStr = SecretStr("")
    """Signs links and forms. Production refuses to start without at least 32 characters."""
    previous_secret_keys: Annotated[list[SecretStr], NoDecode, BeforeValidator(listed)] = []
    """Old keys whose signatures are still accepted while a new key takes over."""
    base_url: str = ""
    """Where the app is reached from outside, "https://shop.example". Production refuses to start without it; in
    development empty means: as the request says."""
    trusted_proxies: Annotated[int, Field(ge=0, le=PROXIES_MAX)] = 0
    """How many proxies in front set X-Forwarded-For; 0 trusts none."""
    log_json: bool = False
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(_upper)] = "INFO"
    worker_inline: bool = True
    """Run the background worker inside the app process; off when a worker process runs beside it."""
    media_dir: str = ""
    """Where pictures are kept, shared by all processes of the app. Empty: `media` beside the SQLite database, or in
    the app's folder."""
    media_private_origins: Annotated[list[str], NoDecode, BeforeValidator(listed)] = []
    """Servers inside the own network from which pictures may be fetched, as "http://pictures.lan:8080"."""
    rate_limits: bool = True
    """Off only where a benchmark plays every caller from one address."""

    @classmethod
    def variable(cls, field: str) -> str:
        """The environment variable of a field."""
        return f"{cls.model_config.get('env_prefix', '')}{field}".upper()

    @property
    def secure(self) -> bool:
        """Whether browsers come over TLS: cookies are then bound to the host and never sent in the clear."""
        return self.environment == "production" or self.base_url.startswith("https://")

    @property
    def media_folder(self) -> Path:
        """Where pictures are kept."""
        if self.media_dir:
            return Path(self.media_dir)
        address = make_url(self.database_url)
        file = address.database if address.get_backend_name() == "sqlite" else None
        return Path(file).parent / "media" if file and file != ":memory:" else Path("media")

    @property
    def keys(self) -> tuple[str, ...]:
        """What signs (the first) and what verifies (all)."""
        old = [key.get_secret_value() for key in self.previous_secret_keys]
        return (self.secret_key.get_secret_value() or DEVELOPMENT_KEY, *old)


class Settings(Deployment):
    """A shop's."""

    model_config = SettingsConfigDict(env_prefix="SHOP_")

    database_url: Annotated[str, AfterValidator(database_address)] = "sqlite:///shop.db"
    policy_file: str = ""
    """The core team's policy: which rules of law it lifts for this shop, on whose word. Empty: none."""
    supply_key: SecretStr = SecretStr("")
    """The hub's key for this shop, where brand.toml says that its goods come from a hub."""


D = TypeVar("D", bound=Deployment)


def read_settings() -> Settings:
    """`read` for a shop."""
    return read(Settings)


def read(kind: type[D]) -> D:
    """The settings of this process, in its folder. Raises ConfigError with everything that is wrong in them."""
    found = [each for each in _as_written(kind) if each.severity == "error"]
    if found:
        raise ConfigError(found)
    return kind()


def review_settings(kind: type[Deployment] = Settings) -> list[Finding]:
    """What is wrong in the .env file and the variables of this process, and what keeps the app from starting."""
    found = _as_written(kind)
    readable = all(each.severity != "error" for each in found)
    return [*found, *review(kind())] if readable else found


def refuse_unfit(settings: Deployment) -> None:
    """Raises ConfigError naming every setting with which an app must not start."""
    faults = [each for each in review(settings) if each.severity == "error"]
    if faults:
        raise ConfigError(faults)


def _as_written(kind: type[Deployment]) -> list[Finding]:
    try:
        lines = _read_lines()
    except ConfigError as error:
        return error.findings
    places = _places(lines)
    return [*_unreadable_lines(lines), *_unknown_keys(kind, places), *_wrong_values(kind, places)]


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


def _unknown_keys(kind: type[Deployment], places: Mapping[str, int]) -> Iterator[Finding]:
    """In the file every unknown name is an error; a machine may have variables of its own that begin like ours."""
    prefix = kind.variable("")
    known = [name.upper() for name in kind.model_fields]
    names = [*places, *(name for name in map(str.upper, os.environ) if name not in places)]
    for name in names:
        own = name.removeprefix(prefix)
        if own == name or own in known or own in FOR_COMPOSE:
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
                "near": prefix + near[0] if near else "",
                "known": ", ".join(prefix + each for each in known),
            },
        )


def _wrong_values(kind: type[Deployment], places: Mapping[str, int]) -> Iterator[Finding]:
    try:
        kind()
    except ValidationError as error:
        for each in error.errors(include_url=False, include_input=False):
            yield _bad_setting(kind.variable(str(each["loc"][0])), reason(each), places)


def _bad_setting(key: str, why: Phrase, places: Mapping[str, int]) -> Finding:
    """The value is not shown: it may be a secret."""
    in_file = key in places and key not in map(str.upper, os.environ)
    return Finding(
        code="bad_setting",
        message=N_("the setting cannot be used: {reason}."),
        file=str(ENV_FILE) if in_file else "",
        line=places[key] if in_file else None,
        key=key,
        params={"reason": why},
    )


def review(settings: Deployment) -> Iterator[Finding]:
    """What cannot stay as it is; errors keep the app from starting."""
    production = settings.environment == "production"
    if len(settings.secret_key.get_secret_value()) < SECRET_LENGTH_MIN:
        yield Finding(
            code="no_secret_key",
            message=N_("{key} is missing or shorter than {least} characters."),
            remedy=N_("Set it to the output of: openssl rand -hex 32"),
            severity="error" if production else "warning",
            key=settings.variable("secret_key"),
            params={"key": settings.variable("secret_key"), "least": SECRET_LENGTH_MIN},
        )
    if production and not settings.base_url:
        yield _bad_address(
            settings, "no_base_url", N_("in production it must know the address by which it is reached.")
        )
    elif settings.base_url and not _is_origin(settings.base_url):
        yield _bad_address(settings, "bad_base_url", N_("the address must be a scheme and a host, without a path."))
    elif production and not is_private(settings.base_url):
        yield _bad_address(
            settings, "insecure_base_url", N_("over plain HTTP passwords and log-ins could be read on the way.")
        )


def _bad_address(settings: Deployment, code: str, message: str) -> Finding:
    key = settings.variable("base_url")
    return Finding(code, message, N_("Set it like this: {key}=https://shop.example"), key=key, params={"key": key})


def _is_origin(address: str) -> bool:
    """Whether a browser could send this as Origin, but for a slash at the end."""
    parts = urlsplit(address)
    bare = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and bare


def is_private(address: str) -> bool:
    """Whether nobody can listen in: TLS, or no network at all."""
    parts = urlsplit(address)
    return parts.scheme == "https" or parts.hostname in THIS_MACHINE
