"""Failures as answers: application/problem+json (RFC 9457) for programs, a page for people.

`type` and `code` are stable; `title` and `detail` are in the reader's language; `params` are what `detail` was made
from. A database that is away gives 503 with Retry-After, whatever was being asked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.datastructures import URL
from starlette.exceptions import HTTPException

from shared_core.kernel.errors import Away, PlatformError
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money
from shared_core.web import logs

API_PREFIX = "/api/"
API_PREFIXES = (API_PREFIX, "/supplier/")
"""Below these only programs ask; a shop has nothing below the second."""
PROBLEM_JSON = "application/problem+json"
TYPE_PREFIX = "urn:platform:problem:"
RETRY_SECONDS = 2
ERRORS_MAX = 50

_log = structlog.get_logger()


TITLES: Mapping[int, str] = {
    400: N_("The request cannot be read"),
    401: N_("Please log in"),
    403: N_("Not allowed"),
    404: N_("Not found"),
    405: N_("Not possible here"),
    408: N_("That took too long"),
    409: N_("That is not possible any more"),
    410: N_("No longer here"),
    413: N_("Too large"),
    422: N_("Not accepted"),
    429: N_("Too often"),
    500: N_("Something went wrong"),
    503: N_("Back in a moment"),
}


class FieldError(BaseModel):
    """One thing wrong with what was sent."""

    where: str
    code: str
    message: str


class Problem(BaseModel):
    """What went wrong, for programs (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "urn:platform:problem:out_of_stock",
                "code": "out_of_stock",
                "title": "That is not possible any more",
                "status": 409,
                "detail": "Only 2 of A-1 are left.",
                "params": {"available": 2, "sku": "A-1"},
                "errors": [],
                "request_id": "5b0e6f2c9a3d4e1f",
            }
        }
    )

    type: str
    code: str
    title: str
    status: int
    detail: str
    params: dict[str, Any] = {}
    errors: list[FieldError] = []
    request_id: str = ""


class LoginRequired(PlatformError):
    code = "login_required"
    status = 401
    message = "Please log in first."


class Unavailable(PlatformError):
    code = "unavailable"
    status = 503
    message = "The shop cannot be reached at the moment. Try again in {retry_after} seconds."


class Broken(PlatformError):
    code = "internal_error"
    status = 500
    message = "Something went wrong on our side. It has been noted."


class BadRequest(PlatformError):
    code = "bad_request"
    status = 422
    message = "What was sent cannot be accepted."


class Face(Protocol):
    """How an app speaks to whoever asks."""

    def translate(self, request: Request) -> Callable[[str], str]:
        """gettext in the language of the answer."""
        ...

    def error_page(self, request: Request, problem: Problem) -> Response:
        """The failure as a page for people, with its status."""
        ...


def install(app: FastAPI, face: Face) -> None:
    """Answer every failure of `app` as a problem."""
    answers = _Answers(face)
    app.add_exception_handler(PlatformError, answers.platform_error)
    app.add_exception_handler(RequestValidationError, answers.validation_error)
    app.add_exception_handler(HTTPException, answers.http_error)
    app.add_exception_handler(DBAPIError, answers.database_error)
    app.add_exception_handler(PoolTimeout, answers.database_error)
    app.add_exception_handler(Exception, answers.unexpected)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The error answers of an operation, for its OpenAPI description."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }


@dataclass(frozen=True)
class _Answers:
    face: Face

    async def platform_error(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, PlatformError)
        if isinstance(error, LoginRequired) and wants_page(request):
            return _to_log_in(request)
        if isinstance(error, Away):
            error = calmed(error)
        elif error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            _log.error("failed", code=error.code, exc_info=error)
        return self._answer(request, error)

    async def validation_error(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        found = [
            FieldError(where=".".join(str(part) for part in each["loc"]), code=each["type"], message=each["msg"])
            for each in error.errors()[:ERRORS_MAX]
        ]
        return self._answer(request, BadRequest(), errors=found)

    async def http_error(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "_").replace("-", "_")
        about = {"status": error.status_code, "code": code, "message": title_of(error.status_code)}
        named: PlatformError = type("HttpError", (PlatformError,), about)()
        return self._answer(request, named, headers=error.headers or {})

    async def database_error(self, request: Request, error: Exception) -> Response:
        """Away, locked too long or stopped in the middle: nothing was done, so the same request may be sent again.

        A broken constraint is our own fault and says so; a text that no column takes is the sender's.
        """
        if isinstance(error, DataError):
            _log.warning("database refused a value", reason=type(error.orig).__name__)
            return self._answer(request, BadRequest())
        if isinstance(error, IntegrityError):
            return await self.unexpected(request, error)
        _log.error("database failed", reason=type(error).__name__, exc_info=error)
        return self._answer(request, Unavailable(retry_after=RETRY_SECONDS))

    async def unexpected(self, request: Request, error: Exception) -> Response:
        _log.error("unexpected failure", exc_info=error)
        return self._answer(request, Broken())

    def _answer(
        self,
        request: Request,
        error: PlatformError,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        translate = self.face.translate(request)
        problem = Problem(
            type=TYPE_PREFIX + error.code,
            code=error.code,
            title=translate(title_of(error.status)),
            status=error.status,
            detail=error.text(translate),
            params={name: _plain(value) for name, value in error.params.items()},
            errors=list(errors),
            request_id=logs.request_id(request),
        )
        response = self.face.error_page(request, problem) if wants_page(request) else _json(problem)
        response.headers.update(headers or {})
        if "retry_after" in error.params or error.status == HTTPStatus.SERVICE_UNAVAILABLE:
            response.headers["Retry-After"] = str(error.params.get("retry_after", RETRY_SECONDS))
        if error.status == HTTPStatus.UNAUTHORIZED:
            response.headers["WWW-Authenticate"] = "Bearer"
        return response


def calmed(error: PlatformError) -> PlatformError:
    """The failure as whoever asks hears of it. What is between us and somebody who does not answer is for those who run
    the app: it goes to the log, and only the waiting time is told.
    """
    if not isinstance(error, Away):
        return error
    _log.warning("somebody does not answer", code=error.code, reason=str(error))
    wait = error.params.get("retry_after")
    return Away(retry_after=RETRY_SECONDS) if wait is None else type(error)(retry_after=wait)


def title_of(status: int) -> str:
    """What kind of failure it is, in a few words (English, a msgid)."""
    return TITLES.get(status, HTTPStatus(status).phrase)


def wants_page(request: Request) -> bool:
    """Whether a person is looking: outside the API, and HTML is welcome."""
    if request.url.path.startswith(API_PREFIXES):
        return False
    return "text/html" in request.headers.get("accept", "")


def _plain(value: object) -> object:
    """A parameter as JSON."""
    if value is None or isinstance(value, bool | int | str):
        return value
    return {"minor": value.minor, "currency": value.currency} if isinstance(value, Money) else str(value)


def _json(problem: Problem) -> Response:
    return JSONResponse(problem.model_dump(), status_code=problem.status, media_type=PROBLEM_JSON)


def _to_log_in(request: Request) -> Response:
    """The log-in page, which leads back here when this page can be asked for again."""
    here = request.url.path if request.method == "GET" else "/"
    query = f"?{request.url.query}" if request.url.query and request.method == "GET" else ""
    return RedirectResponse(str(URL("/login").include_query_params(next=here + query)), status_code=303)
