"""The background work, inside the app's process and as a process of its own."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import structlog

from shared_core import members, supply
from shared_core.kernel.settings import Settings
from shared_core.storefront import create_app, worker
from shared_core.storefront.chores import OFTEN, Chore
from tests.storefront.conftest import CHEAP, Clock, Front, buy, key, open_front

PATIENCE_SECONDS = 60


def test_an_app_does_its_own_background_work_and_stops_gracefully(
    brand_dir: Path, database_url: str, clock: Clock
) -> None:
    settings = Settings(database_url=database_url, worker_inline=True, _env_file=None)
    front = open_front(brand_dir, settings, clock)
    front.stock("A")
    with front.browser() as client:
        front.member(client)
        staff = front.staff()
        order = buy(client, "A")
        body = {"transaction_no": "T1", "amount": {"minor": 9900, "currency": "CNY"}}
        staff.post(f"/api/v1/admin/orders/{order}/payment", json=body, headers=key())
        waited_until = time.monotonic() + PATIENCE_SECONDS
        while not client.get(f"/api/v1/orders/{order}").json()["parcels"]:
            assert time.monotonic() < waited_until, "nobody told the suppliers"
            time.sleep(0.05)
    assert client.get("/healthz").status_code == 200


def test_a_worker_process_works_until_it_is_told_to_stop(
    brand_dir: Path, front: Front, database_url: str, tmp_path: Path
) -> None:
    front.stock("A")
    client, staff = front.member(), front.staff()
    order = buy(client, "A")
    body = {"transaction_no": "T1", "amount": {"minor": 9900, "currency": "CNY"}}
    staff.post(f"/api/v1/admin/orders/{order}/payment", json=body, headers=key())
    program = f"from shared_core.storefront import run_worker\nrun_worker({str(brand_dir)!r})"
    environment = {**os.environ, "SHOP_DATABASE_URL": database_url, "PYTHONPATH": str(Path.cwd())}
    worker = subprocess.Popen([sys.executable, "-c", program], cwd=tmp_path, env=environment)
    try:
        waited_until = time.monotonic() + PATIENCE_SECONDS
        while not client.get(f"/api/v1/orders/{order}").json()["parcels"]:
            assert time.monotonic() < waited_until and worker.poll() is None
            time.sleep(0.1)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE_SECONDS) == 0
    finally:
        if worker.poll() is None:
            worker.kill()
            worker.wait()


def test_two_shops_run_side_by_side_in_one_process(
    brand_dir: Path, settings: Settings, clock: Clock, front: Front, tmp_path: Path
) -> None:
    """Each app has its own shop; nothing is kept in modules."""
    text = (brand_dir / "brand.toml").read_text(encoding="utf-8")
    (brand_dir / "brand.toml").write_text(text.replace("Lamplight", "Harbour"), encoding="utf-8")
    other = create_app(brand_dir, settings=settings, clock=clock, passwords=CHEAP)
    assert (front.shop.brand.shop.name, other.state.shop.brand.shop.name) == ("Lamplight", "Harbour")
    assert isinstance(other.state.shop.passwords, members.Passwords)
    other.state.shop.database.dispose()


@pytest.mark.parametrize(
    "failure",
    [supply.SupplyUnavailable(retry_after=5), supply.HubRefused(reason="its key was revoked")],
    ids=lambda failure: failure.code,
)
def test_while_the_hub_is_away_a_chore_says_so_in_one_line_and_waits(
    failure: Exception, front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def away(_shop: object, _at: object) -> int:
        asked.append("away")
        raise failure

    def fine(_shop: object, _at: object) -> int:
        asked.append("fine")
        return 0

    monkeypatch.setattr(worker, "CHORES", (Chore("follow supply", away, OFTEN), Chore("others", fine, OFTEN * 0)))
    works = worker.Worker(front.shop)
    with structlog.testing.capture_logs() as said:
        works._round(works._chores)
        works._round(works._chores)
    assert asked == ["away", "fine", "fine"]
    assert [(each["event"], each["log_level"], each["chore"]) for each in said] == [
        ("chore put off", "warning", "follow supply")
    ]
