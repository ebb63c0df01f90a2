"""How the JSON API writes its answers."""

from fastapi import APIRouter, FastAPI, Response
from fastapi.testclient import TestClient
from pydantic import BaseModel

from shared_core.web.answers import AnswerRoute

router = APIRouter(route_class=AnswerRoute)


class Price(BaseModel):
    minor: int


class Secret(Price):
    cost: int = 7


@router.post("/price", status_code=201)
def price() -> Price:
    """What it costs."""
    return Price(minor=3)


@router.get("/more")
def more() -> Price:
    return Secret(minor=3)


@router.get("/later")
async def later() -> Price:
    return Price(minor=4)


@router.get("/page")
def page() -> Response:
    return Response("a page", media_type="text/plain")


def client() -> TestClient:
    app = FastAPI()
    app.include_router(router)
    return TestClient(app)


def test_a_model_is_written_with_the_status_of_its_route() -> None:
    answer = client().post("/price")
    assert (answer.status_code, answer.json()) == (201, {"minor": 3})
    assert answer.headers["content-type"] == "application/json"


def test_nothing_is_written_that_the_model_does_not_name() -> None:
    assert client().get("/more").json() == {"minor": 3}


def test_a_route_that_waits_is_left_to_the_framework() -> None:
    assert client().get("/later").json() == {"minor": 4}


def test_a_ready_answer_is_left_as_it_is() -> None:
    assert client().get("/page").text == "a page"


def test_the_document_still_names_the_model() -> None:
    described = client().get("/openapi.json").json()["paths"]["/price"]["post"]
    answer = described["responses"]["201"]["content"]["application/json"]["schema"]
    assert answer == {"$ref": "#/components/schemas/Price"}
    assert described["description"] == "What it costs."
