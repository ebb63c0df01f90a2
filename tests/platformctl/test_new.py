"""`platformctl new`: a whole shop or nothing at all."""

import json
import os
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from platformctl import core_wheel, creation, git
from tests.platformctl.conftest import Command


def traces(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir())


def test_a_shop_is_a_git_repository_with_everything_in_its_first_commit(ctl: Command, place: Path) -> None:
    outcome = ctl("new", "corner-shop", "--yes")
    assert outcome.code == 0, outcome.err
    shop = place / "corner-shop"
    assert git.run(shop, "status", "--porcelain") == ""
    assert git.run(shop, "rev-list", "--count", "HEAD") == "1"
    assert git.run(shop, "rev-parse", "refs/platformctl/base") == git.run(shop, "rev-parse", "HEAD")
    committed = git.run(shop, "ls-files").splitlines()
    assert {"app.py", "brand/brand.toml", "brand/plan.toml", "compose.yaml", ".copier-answers.yml"} <= set(committed)
    assert ".env" not in committed
    assert any(name.startswith("wheels/platform_in_a_box-") for name in committed)
    assert traces(place) == ["corner-shop"]


def test_a_commit_needs_no_configured_author_and_runs_no_hook_of_the_machine(
    ctl: Command, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "pre-commit").write_text("#!/bin/sh\nexit 1\n")
    (hooks / "pre-commit").chmod(0o755)
    config = tmp_path / "gitconfig"
    config.write_text(f"[core]\n\thooksPath = {hooks}\n[commit]\n\tgpgsign = true\n[init]\n\tdefaultBranch = trunk\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    assert ctl("new", "shop", "--yes").code == 0
    assert git.run(place / "shop", "log", "--format=%an", "-1") == "platformctl"
    assert git.run(place / "shop", "branch", "--show-current") == "main"


def test_secrets_are_made_for_every_shop_and_readable_by_its_owner_only(ctl: Command, place: Path) -> None:
    ctl("new", "one", "--yes")
    ctl("new", "two", "--yes")
    one, two = (place / name / ".env" for name in ("one", "two"))
    assert one.read_text() != two.read_text()
    assert "SHOP_SECRET_KEY=\n" not in one.read_text()
    assert one.stat().st_mode & 0o077 == 0


def test_answers_come_from_a_file_from_settings_and_from_defaults(ctl: Command, place: Path, tmp_path: Path) -> None:
    file = tmp_path / "answers.toml"
    file.write_text('name = "小店"\nlocale = "zh-CN"\ncurrency = "CNY"\n\n[shipping]\nflat = "300"\n', "utf-8")
    outcome = ctl("new", "shop", "--answers", file, "--set", "currency=JPY", "--preset", "outlet", "--json")
    assert outcome.code == 0, outcome.err
    answers = json.loads(outcome.out)["answers"]
    chosen = [answers[key] for key in ("name", "currency", "preset", "zone", "slug")]
    assert chosen == ["小店", "JPY", "outlet", "Asia/Tokyo", "shop"]
    brand = tomllib.loads((place / "shop/brand/brand.toml").read_text("utf-8"))
    assert brand["shop"]["currency"] == "JPY"
    assert brand["shipping"]["flat"] == "300"
    assert tomllib.loads((place / "shop/brand/plan.toml").read_text("utf-8"))["name"] == "outlet"


def test_settings_of_the_brand_keep_the_comments_of_the_file(ctl: Command, place: Path) -> None:
    assert ctl("new", "shop", "--yes", "--set", "features.you_earn=false").code == 0
    text = (place / "shop/brand/brand.toml").read_text("utf-8")
    assert "you_earn = false" in text
    assert "# members see beside a price what they earn on it" in text


REFUSED = [
    (["--set", "nmae=X"], 2, "Did you mean 'name'?"),
    (["--set", "name"], 2, "key=value"),
    (["--set", "currency=YEN"], 2, "ISO 4217"),
    (["--set", "locale=zh-TW"], 2, "zh-CN"),
    (["--set", "zone=Mars/North"], 2, "Asia/Shanghai"),
    (["--set", 'name=a "b"'], 2, "quotes"),
    (["--set", "primary=red"], 2, "colour"),
    (["--set", "slug=Ä b"], 2, "small letters"),
    (["--preset", "participant"], 2, "'participants'"),
    (["--set", "shipping.flatt=8"], 1, "'flat'"),
    (["--set", "shipping.flat=minus"], 1, "shipping.flat"),
    (["--set", "shop.name.x=8"], 2, "third level"),
    (["--answers", "missing.toml"], 2, "missing.toml"),
    (["--port", "1"], 2, "--port"),
]


@pytest.mark.parametrize(("arguments", "code", "said"), REFUSED, ids=lambda value: str(value))
def test_a_bad_answer_is_named_and_leaves_nothing(
    ctl: Command, place: Path, arguments: list[str], code: int, said: str
) -> None:
    outcome = ctl("new", "deep/shop", "--yes", *arguments)
    assert outcome.code == code
    assert said in outcome.err
    assert "Traceback" not in outcome.err
    assert traces(place) == []


def test_an_occupied_place_is_refused_and_left_as_it_was(ctl: Command, place: Path) -> None:
    (place / "shop").mkdir(parents=True)
    (place / "shop" / "mine.txt").write_text("mine")
    (place / "file").write_text("mine")
    (place / "link").symlink_to(place)
    for name in ("shop", "file", "link"):
        assert ctl("new", name, "--yes").code == 3
    assert traces(place) == ["file", "link", "shop"]
    assert traces(place / "shop") == ["mine.txt"]


def test_an_empty_folder_gives_way(ctl: Command, place: Path) -> None:
    (place / "shop").mkdir(parents=True)
    assert ctl("new", "shop", "--yes").code == 0
    assert (place / "shop" / "app.py").is_file()


def test_a_dry_run_tells_all_and_makes_nothing(ctl: Command, place: Path) -> None:
    outcome = ctl("new", "shop", "--yes", "--dry-run", "--json")
    document = json.loads(outcome.out)
    assert document["commit"] is None
    assert "brand/plan.toml" in document["files"]
    assert traces(place) == []
    assert ctl("new", "shop", "--dry-run", "--set", "shop.nmae=X").code == 1


def test_a_failure_late_leaves_nothing(ctl: Command, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    outcome = ctl("new", "a/b/shop", "--yes")
    assert outcome.code == 4
    assert "git was not found" in outcome.err
    assert traces(place) == []


def test_a_failure_is_told_to_machines_as_json(ctl: Command) -> None:
    document = json.loads(ctl("new", "shop", "--json", "--set", "currency=YEN").out)
    assert (document["ok"], document["error"]) == (False, "bad_answer")


def test_messages_are_in_the_language_of_the_machine(ctl: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "下一步" in ctl("new", "shop", "--yes").out
    assert "不是空的" in ctl("new", "shop", "--yes").err


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_leaves_nothing(tmp_path: Path, sent: signal.Signals) -> None:
    script = (
        "import signal, time, platformctl.creation as creation\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell may have started us deaf to it
        "def slow(folder):\n    print('building', flush=True); time.sleep(30)\n"
        "creation.core_wheel.put_into = slow\n"
        "from platformctl.cli import main; main()\n"
    )
    command = [sys.executable, "-c", script, "new", "a/shop", "--yes"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "building\n"
        process.send_signal(sent)
        assert process.wait(60) in (130, 143)
    assert traces(tmp_path) == []


def test_the_wheel_is_built_once_and_byte_for_byte_the_same(ctl: Command, place: Path, tmp_path: Path) -> None:
    first = core_wheel.put_into(place / "one")
    built = next(core_wheel.cache_folder().rglob("*.whl"))
    before = built.stat().st_mtime_ns
    second = core_wheel.put_into(place / "two")
    assert built.stat().st_mtime_ns == before
    built.unlink()
    time.sleep(0.01)
    third = core_wheel.put_into(place / "three")
    assert first.read_bytes() == second.read_bytes() == third.read_bytes()


def test_two_makers_of_one_shop_cannot_both_win(place: Path, monkeypatch: pytest.MonkeyPatch, ctl: Command) -> None:
    plain = creation.git.first_commit

    def meanwhile(folder: Path, message: str, *, mark: str) -> str:
        (place / "shop").mkdir()
        (place / "shop" / "theirs.txt").write_text("theirs")
        return plain(folder, message, mark=mark)

    monkeypatch.setattr(creation.git, "first_commit", meanwhile)
    assert ctl("new", "shop", "--yes").code == 3
    assert traces(place) == ["shop"]
    assert traces(place / "shop") == ["theirs.txt"]
