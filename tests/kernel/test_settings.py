"""The .env file and the SHOP_… variables: every fault is named with its line or variable, and no secret is shown."""

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared_core.kernel.findings import ConfigError, Finding
from shared_core.kernel.settings import Settings, read_settings, review_settings

SECRET = "s" * 40
NOBODY = 65534


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder the process stands in, and no setting in its environment."""
    for name in [name for name in os.environ if name.upper().startswith("SHOP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SHOP_SECRET_KEY", "k" * 40)  # its absence would be found everywhere
    monkeypatch.chdir(tmp_path)
    return tmp_path


def faults(folder: Path, content: str | bytes) -> list[Finding]:
    (folder / ".env").write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(ConfigError) as refused:
        read_settings()
    return refused.value.findings


def test_a_file_that_is_right_is_read_with_or_without_the_mark_at_its_start(folder: Path) -> None:
    content = "# ours\nSHOP_LOG_LEVEL=debug\nexport SHOP_TRUSTED_PROXIES='2'\nSHOP_PORT=9000\nOTHER=x\n"
    for mark in ("", "\ufeff"):
        (folder / ".env").write_text(mark + content, "utf-8")
        assert review_settings() == []
        assert (read_settings().log_level, read_settings().trusted_proxies) == ("DEBUG", 2)


def test_without_a_file_the_defaults_hold(folder: Path) -> None:
    assert read_settings() == Settings()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("SHOP_LOG_LEVEL=loud", "SHOP_LOG_LEVEL: the setting cannot be used: write one of 'DEBUG', 'INFO'"),
        ("SHOP_TRUSTED_PROXIES=two", "SHOP_TRUSTED_PROXIES: the setting cannot be used: a whole number"),
        ("SHOP_TRUSTED_PROXIES=-1", "SHOP_TRUSTED_PROXIES: the setting cannot be used: it is at least 0"),
        ("SHOP_DATABASE_URL=shop.db", "SHOP_DATABASE_URL: the setting cannot be used: write it like sqlite:///shop.db"),
        ("SHOP_DATABASE_URL=mysql://a:b@c/d", "SHOP_DATABASE_URL: the setting cannot be used: write it like"),
        ("SHOP_PREVIOUS_SECRET_KEYS=old", "SHOP_PREVIOUS_SECRET_KEYS: the setting cannot be used: write a list like"),
        ("SHOP_WORKER_INLINE=perhaps", "SHOP_WORKER_INLINE: the setting cannot be used: write true or false"),
        ("SHOP_DATABSE_URL=x", "SHOP_DATABSE_URL is not a setting. Did you mean SHOP_DATABASE_URL?"),
        ("SHOP_COLOUR=red", "SHOP_COLOUR is not a setting. Settings: SHOP_ENVIRONMENT, SHOP_DATABASE_URL,"),
        ("SHOP_LOG_JSON", "this line is not NAME=value."),
        ('SHOP_SECRET_KEY="abc', "this line is not NAME=value."),
    ],
)
def test_a_fault_has_its_line_and_what_to_do(folder: Path, line: str, said: str) -> None:
    [finding] = faults(folder, f"# ours\n\nSHOP_BASE_URL=\n{line}\n")

    assert finding.text(str).startswith(f".env:4: {said}")


def test_all_faults_are_told_at_once_and_no_value_is_shown(folder: Path) -> None:
    found = faults(folder, f"SHOP_PREVIOUS_SECRET_KEYS={SECRET}\nSHOP_LOG_LEVEL={SECRET}\nSHOP_SECRET={SECRET}\n")

    assert [each.line for each in sorted(found, key=lambda each: each.line or 0)] == [1, 2, 3]
    assert SECRET not in json.dumps([each.as_dict() for each in found])


@pytest.mark.parametrize("content", [b"SHOP_BASE_URL=\n\nSHOP_LOG_LEVEL=\xff\n", b"A=1\nB=2\nSHOP_BASE_URL=a\0b\n"])
def test_what_is_no_text_is_refused_with_its_line(folder: Path, content: bytes) -> None:
    [finding] = faults(folder, content)

    assert finding.text(str).startswith(".env:3: the file cannot be read: it is not text in UTF-8.")


@pytest.fixture
def ordinary_user() -> Iterator[None]:
    """The system's rights hold: whoever may read everything is somebody else in between."""
    privileged = os.geteuid() == 0
    if privileged:
        os.seteuid(NOBODY)
    yield
    if privileged:
        os.seteuid(0)


def test_a_file_nobody_may_read_says_so(folder: Path, ordinary_user: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory() as own:
        monkeypatch.chdir(own)
        Path(".env").touch(mode=0)
        with pytest.raises(ConfigError, match=r"\.env: the file cannot be read: Permission denied"):
            read_settings()


def test_a_variable_is_named_without_a_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".env").write_text("SHOP_LOG_LEVEL=INFO\n")
    monkeypatch.setenv("SHOP_LOG_LEVEL", "loud")
    monkeypatch.setenv("SHOP_TRUSTED_PROXIE", "1")

    with pytest.raises(ConfigError) as refused:
        read_settings()

    texts = [finding.text(str) for finding in refused.value.findings]
    assert texts[0] == "SHOP_TRUSTED_PROXIE is not a setting. Did you mean SHOP_TRUSTED_PROXIES?"
    assert texts[1].startswith("SHOP_LOG_LEVEL: the setting cannot be used: write one of")


def test_a_machine_may_have_variables_of_its_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_PORT_8000_TCP_ADDR", "10.0.0.7")

    assert read_settings() == Settings()
    assert [(each.code, each.severity) for each in review_settings()] == [("unknown_setting", "warning")]
