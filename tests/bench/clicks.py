"""Share link to binding over HTTP, against the same rows written by pgbench and against a route without a database."""

import json
import re
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import psycopg

from shared_core.kernel.codes import hash_token, new_code, new_token
from tests import postgres
from tests.bench.figures import Figure, Goal, figure
from tests.bench.filling import PROMOTERS, Filled, fill, opened, promoter_code
from tests.bench.servers import Kind, Server, Site, served, site

CONNECTIONS_PER_WORKER = 64
PGBENCH_CLIENTS = 16
KNOWN_VISITORS = 400_000
WRK_MISSING = "wrk is not installed; it makes the clicks. On Debian or Ubuntu: apt-get install wrk"
NOTHING = "/bench/nothing"
SEEN_BY = {"nothing": [NOTHING], "healthz": ["/healthz"]}

LUA = """\
local paths = {}
for line in io.lines(os.getenv("BENCH_PATHS")) do paths[#paths + 1] = line end
local next_path = os.time() % #paths
local threads = {}
function setup(thread) threads[#threads + 1] = thread end
function init(args) refused = 0 end
function request()
  next_path = next_path % #paths + 1
  return wrk.format("GET", paths[next_path])
end
function response(status)
  if status >= 400 then refused = refused + 1 end
end
function done(summary, latency)
  local refused = 0
  for _, thread in ipairs(threads) do refused = refused + thread:get("refused") end
  local e = summary.errors
  print(string.format(
    '{"requests": %d, "microseconds": %d, "failed": %d, "p50": %d, "p99": %d}',
    summary.requests, summary.duration, refused + e.connect + e.read + e.write + e.timeout,
    latency:percentile(50), latency:percentile(99)))
end
"""
"""Every request comes without a cookie, so every click is a fresh visitor's."""

SAME_ROWS = f"""\
\\set n random(0, {PROMOTERS - 1})
WITH sponsor AS (
  SELECT id FROM member WHERE code = 'PROM' || lpad((:n)::text, 5, '0') FOR KEY SHARE
), visitor AS (
  INSERT INTO member (code, name, visitor_token_hash, locale, created_at)
  SELECT left(replace(gen_random_uuid()::text, '-', ''), 16), '',
         replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'en', now()
  FROM sponsor RETURNING id
), bound AS (
  INSERT INTO member_binding (fan_id, sponsor_id, bound_at, protected_until, ends_at, via)
  SELECT visitor.id, sponsor.id, now(), NULL, now() + interval '30 days', 'click' FROM visitor, sponsor
  RETURNING fan_id, sponsor_id
)
SELECT fan_id, sponsor_id FROM bound;
"""
"""What a fresh visitor's click leaves behind, in one statement."""

INSERT_AND_COUNT = f"""\
\\set n random(0, {PROMOTERS - 1})
WITH bound AS (
  INSERT INTO member_binding (fan_id, sponsor_id, bound_at, via)
  SELECT nextval('bench_fan'), id, now(), 'click' FROM member WHERE code = 'PROM' || lpad((:n)::text, 5, '0')
  ON CONFLICT DO NOTHING RETURNING sponsor_id
)
UPDATE reward_metric SET fans = fans + 1 FROM bound WHERE member_id = sponsor_id AND day = '';
"""
"""The least a link could cost: the visitor is known already, a binding and a counter."""


@dataclass(frozen=True)
class Load:
    """What one burst of requests did; CPU in seconds, times in milliseconds."""

    per_second: float
    requests: int
    connections: int
    p99: float
    cpu: dict[str, float]

    def cpu_each(self, *roles: str) -> float:
        """Microseconds per request."""
        return sum(self.cpu.get(role, 0.0) for role in roles) / self.requests * 1e6


@dataclass
class Rounds:
    """Measurements by name, one of each per round."""

    loads: dict[str, list[Load]] = field(default_factory=lambda: defaultdict(list))
    rates: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def per_second(self, name: str) -> list[float]:
        return [load.per_second for load in self.loads[name]] or self.rates[name]


def measure(*, quick: bool) -> Iterator[Figure]:
    """Every figure of clicks, for both databases."""
    if shutil.which("wrk") is None:
        raise RuntimeError(WRK_MISSING)
    rounds, seconds = (1, 2) if quick else (5, 3)
    for kind in ("postgres", "sqlite"):
        with site(kind) as made:
            filled = fill(made, customers=0)
            if kind == "postgres":
                _prepare(made)
            for workers in (2,) if quick else (2, 1):
                yield from _figures(kind, workers, _rounds(made, filled, workers, rounds, seconds))


def _rounds(made: Site, filled: Filled, workers: int, rounds: int, seconds: int) -> Rounds:
    """Alternate the clicks with all they are compared with."""
    found = Rounds()
    with served(made, workers=workers, background=False) as server:
        paths = SEEN_BY | {"click": list(filled.links)}
        for name in paths:
            _wrk(server, paths[name], seconds=1)  # connections, statements and code are warm
        for _ in range(rounds):
            found.rates["same rows"].append(_baseline(made, SAME_ROWS, seconds))
            for name in ("nothing", "click", "healthz"):
                before = _bindings(made)
                load = _wrk(server, paths[name], seconds=seconds)
                if name == "click":
                    _check(load, _bindings(made) - before)
                found.loads[name].append(load)
            if made.kind == "postgres":
                found.rates["insert and count"].append(_baseline(made, INSERT_AND_COUNT, seconds))
    return found


def _figures(kind: Kind, workers: int, found: Rounds) -> Iterator[Figure]:
    clicks, of = found.per_second("click"), f"{kind}, {workers} worker{'s' if workers > 1 else ''}"
    judged = kind == "postgres" and workers == 2
    writer = "pgbench, one statement, the same rows" if kind == "postgres" else "raw sqlite3, the same rows"
    no_database = "no-database route, same middleware"
    yield figure(
        f"clicks bound ({of})",
        clicks,
        "/s",
        baseline=found.per_second("same rows"),
        to=writer,
        goal=Goal("at least", 0.5, of_ratio=True) if judged else None,
    )
    yield figure(
        f"clicks bound ({of})",
        clicks,
        "/s",
        baseline=found.per_second("nothing"),
        to=no_database,
        goal=Goal("at least", 0.6, of_ratio=True) if judged else None,
    )
    yield figure(f"clicks bound ({of})", clicks, "/s", baseline=found.per_second("healthz"), to="/healthz")
    if kind == "postgres":
        counted = found.per_second("insert and count")
        yield figure(f"clicks bound ({of})", clicks, "/s", baseline=counted, to="pgbench, binding + counter only")
        yield figure(f"pgbench, binding + counter only ({of})", counted, "/s")
    yield figure(f"{writer} ({of})", found.per_second("same rows"), "/s")
    yield figure(f"{no_database} ({of})", found.per_second("nothing"), "/s")
    for name, title in (("click", "click"), ("nothing", no_database)):
        loads = found.loads[name]
        note = ", ".join(f"{role} {median(load.cpu_each(role) for load in loads):.0f}" for role in loads[0].cpu)
        each = [load.cpu_each(*load.cpu) for load in loads]
        yield figure(f"CPU per {title} ({of})", each, "µs", note=note)
    loads = found.loads["click"]
    yield figure(f"click p99 ({of}, {loads[0].connections} connections)", [load.p99 for load in loads], "ms")


def _wrk(server: Server, paths: list[str], *, seconds: int) -> Load:
    with tempfile.TemporaryDirectory(prefix="platform-bench-") as folder:
        script, listed = Path(folder) / "clicks.lua", Path(folder) / "paths"
        script.write_text(LUA)
        listed.write_text("\n".join(paths) + "\n")
        connections = CONNECTIONS_PER_WORKER * server.workers
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(script)]
        before = server.cpu()
        command.append(server.address("/"))
        run = subprocess.run(command, env={"BENCH_PATHS": str(listed)}, check=True, capture_output=True, text=True)
        after = server.cpu()
    said = json.loads(run.stdout.strip().splitlines()[-1])
    if said["failed"]:
        raise RuntimeError(f"{said['failed']} of {said['requests']} requests failed")
    return Load(
        per_second=said["requests"] / said["microseconds"] * 1e6,
        requests=said["requests"],
        connections=connections,
        p99=said["p99"] / 1000,
        cpu={role: after[role] - before[role] for role in after},
    )


def _check(load: Load, bound: int) -> None:
    """Every answered click is a binding; the last ones may have been bound without waiting for the answer."""
    if not load.requests <= bound <= load.requests + load.connections:
        raise RuntimeError(f"{load.requests} clicks were answered, {bound} bindings were made")


def _bindings(made: Site) -> int:
    with opened(made) as shop, shop.database.reading() as session:
        return int(session.connection().exec_driver_sql("SELECT count(*) FROM member_binding").scalar_one())


# --- baselines ------------------------------------------------------------------------------------------------------


def _prepare(made: Site) -> None:
    """Visitors for the baseline that binds known ones, and a counter for every promoter."""
    with psycopg.connect(host=made.socket_folder, user="tests", dbname=made.database_name) as connection:
        first = connection.execute(
            "WITH made AS (INSERT INTO member (code, name, created_at)"
            " SELECT 'V' || lpad(n::text, 8, '0'), '', now() FROM generate_series(1, %s) n RETURNING id)"
            " SELECT min(id) FROM made",
            [KNOWN_VISITORS],
        ).fetchone()
        assert first is not None
        connection.execute(f"CREATE SEQUENCE bench_fan START {int(first[0])}")
        connection.execute(
            "INSERT INTO reward_metric (member_id, day, fans, retail_minor, self_minor, purchases_minor, live_minor,"
            " team_minor, packs) SELECT id, '', 0, 0, 0, 0, 0, 0, 0 FROM member WHERE code LIKE 'PROM%%'"
            " ON CONFLICT DO NOTHING"
        )
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")


def _baseline(made: Site, statement: str, seconds: int) -> float:
    return _pgbench(made, statement, seconds) if made.kind == "postgres" else _raw_sqlite(made, seconds)


def _pgbench(made: Site, statement: str, seconds: int) -> float:
    """Statements per second."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(statement)
        script.flush()
        command = [str(postgres.binaries() / "pgbench"), "-n", "-M", "prepared", "-j1", f"-c{PGBENCH_CLIENTS}"]
        command += [f"-T{seconds}", "-f", script.name, "-h", made.socket_folder, "-U", "tests", made.database_name]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"tps = ([\d.]+)", said)
    assert found, said
    return float(found[1])


def _raw_sqlite(made: Site, seconds: int) -> float:
    """The same rows by one bare connection, a transaction each, waited for as the shop waits."""
    connection = sqlite3.connect(made.folder / "shop.db", isolation_level=None)
    connection.executescript("PRAGMA busy_timeout=10000; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;")
    now, clicks, started = "2026-03-02 04:00:00.000000", 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        connection.execute("BEGIN IMMEDIATE")
        code = promoter_code(clicks % PROMOTERS)
        sponsor_id = connection.execute("SELECT id FROM member WHERE code = ?", (code,)).fetchone()[0]
        fan_id = connection.execute(
            "INSERT INTO member (code, name, visitor_token_hash, locale, created_at) VALUES (?, '', ?, 'en', ?)",
            (new_code(), hash_token(new_token()), now),
        ).lastrowid
        connection.execute(
            "INSERT INTO member_binding (fan_id, sponsor_id, bound_at, ends_at, via) VALUES (?, ?, ?, ?, 'click')",
            (fan_id, sponsor_id, now, now),
        )
        connection.execute("COMMIT")
        clicks += 1
    elapsed = time.perf_counter() - started
    connection.close()
    return clicks / elapsed
