"""A shop on a machine that has only its folder and a package index: installed from its own wheel, its tests run."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.template.shops import PRESETS

pytestmark = pytest.mark.template

CHECKOUT = Path(__file__).parents[2]
FOREIGN = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "SHOP_DATABASE_URL", "PLATFORMCTL_REENTERED")


def run(*command: str | Path, cwd: Path, **variables: str) -> str:
    """Run a command as a partner would, outside this environment; its stdout."""
    environment = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment | {"LANG": "C.UTF-8"} | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def new_shop(folder: Path, *arguments: str) -> Path:
    """A shop made by the command line of this environment."""
    run(sys.executable, "-m", "platformctl", "new", folder, "--yes", *arguments, cwd=folder.parent)
    return folder


def install(shop: Path, requirements: str) -> Path:
    """Make the shop's own environment; returns its programs' folder. uv where there is one, because it is quick."""
    programs = shop / ".venv" / "bin"
    uv = shutil.which("uv")
    if uv:
        run(uv, "venv", "--quiet", "--python", sys.executable, ".venv", cwd=shop)
        run(uv, "pip", "install", "--quiet", "--python", programs / "python", "-r", requirements, cwd=shop)
    else:
        run(sys.executable, "-m", "venv", ".venv", cwd=shop)
        run(programs / "pip", "install", "--quiet", "-r", requirements, cwd=shop)
    return programs


def test_a_shop_lives_on_its_own_wheel_and_makes_equal_shops(tmp_path: Path) -> None:
    original = new_shop(tmp_path / "corner-shop", "--set", "locale=zh-CN", "--set", "currency=JPY")
    shop = tmp_path / "moved" / "shop"
    shop.parent.mkdir()
    shutil.move(original, shop)
    programs = install(shop, "requirements-test.txt")
    assert str(shop) in run(programs / "python", "-c", "import shared_core; print(shared_core.__file__)", cwd=shop)
    run(programs / "python", "-m", "pytest", "-q", cwd=shop)
    assert json.loads(run(programs / "platformctl", "check", "--json", cwd=shop))["ok"]
    run(programs / "platformctl", "migrate", cwd=shop)
    assert json.loads(run(programs / "platformctl", "doctor", "--json", "--port", "59321", cwd=shop))["ok"]
    assert json.loads(run(programs / "platformctl", "seed", "--json", cwd=shop))["ok"]
    assert json.loads(run(programs / "platformctl", "books", "--json", cwd=shop))["balanced"]
    second = tmp_path / "second"
    run(programs / "platformctl", "new", second, "--yes", cwd=tmp_path)
    first_wheel, second_wheel = (next((each / "wheels").glob("*.whl")) for each in (shop, second))
    assert first_wheel.read_bytes() == second_wheel.read_bytes()


def test_pip_installs_a_shop_from_its_folder(tmp_path: Path) -> None:
    shop = new_shop(tmp_path / "shop")
    target = tmp_path / "target"
    pip = [sys.executable, "-m", "pip"]
    if subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode:
        run(sys.executable, "-m", "venv", "pip", cwd=tmp_path)
        pip = [str(tmp_path / "pip" / "bin" / "python"), "-m", "pip"]
    run(*pip, "install", "--quiet", "--no-deps", "--target", target, "-r", "requirements.txt", cwd=shop)
    assert (target / "shared_core" / "py.typed").is_file()
    assert (target / "platformctl" / "_template.zip").is_file()


@pytest.mark.parametrize("preset", PRESETS)
def test_the_own_tests_of_a_shop_of_every_preset_pass(preset: str, tmp_path: Path) -> None:
    shop = new_shop(tmp_path / "shop", "--preset", preset)
    run(sys.executable, "-m", "pytest", "-q", cwd=shop)


def test_the_built_wheel_holds_what_a_shop_gets(tmp_path: Path) -> None:
    """The wheel that goes to an index, built by the build backend, and the one `new` puts into a shop."""
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path / "dist", cwd=CHECKOUT)
    shop = new_shop(tmp_path / "shop")
    contents = []
    for wheel in (next((tmp_path / "dist").glob("*.whl")), next((shop / "wheels").glob("*.whl"))):
        with zipfile.ZipFile(wheel) as archive:
            contents.append({name: archive.read(name) for name in archive.namelist()})
    built, given = contents
    own = {name for name in built if name.endswith((".dist-info/RECORD", ".dist-info/WHEEL"))}
    assert set(built) == set(given)
    assert [name for name in built if name not in own and built[name] != given[name]] == []


def test_a_source_distribution_carries_the_template(tmp_path: Path) -> None:
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", tmp_path, cwd=CHECKOUT)
    unpacked = tmp_path / "unpacked"
    shutil.unpack_archive(next(tmp_path.glob("*.tar.gz")), unpacked)
    root = next(unpacked.iterdir())
    missing = [
        path.relative_to(CHECKOUT).as_posix()
        for path in (CHECKOUT / "template").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not (root / path.relative_to(CHECKOUT)).is_file()
    ]
    assert missing == []
    assert (root / "copier.yml").is_file()
