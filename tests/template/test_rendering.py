"""The template: what it makes of answers, for every preset; deployment files that tools accept."""

import configparser
import shutil
import subprocess
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from platformctl import answers, core_wheel, template_source
from platformctl.rendering import render, rendered
from shared_core import plan, storefront
from tests.template import example
from tests.template.shops import DIFFERENT, PRESETS, answers_for

VERSION = "1.2.3"
CHECKOUT = Path(__file__).parents[2]
QUESTIONS = yaml.safe_load((CHECKOUT / "copier.yml").read_text("utf-8"))


def text_of(file: str, /, **given: str) -> str:
    return rendered(answers_for(**given), core_version=VERSION)[file][0].decode()


# --- a Copier template ----------------------------------------------------------------------------------------------


def test_modes_and_every_file_of_the_template_arrive(tmp_path: Path) -> None:
    source, files = template_source.entries(), rendered(answers_for(), core_version=VERSION)
    for name, (_content, mode) in source.items():
        made = name.removeprefix("template/").removesuffix(".jinja").replace("{{ slug }}", "corner-shop")
        if name.startswith("template/"):
            assert files[made][1] == mode, made


def test_the_questions_of_the_template_are_the_ones_we_answer() -> None:
    asked = {key: value for key, value in QUESTIONS.items() if not key.startswith("_")}
    assert set(asked) == {*answers.QUESTIONS, "core_version"}
    assert asked["preset"]["default"] == PRESETS[0]
    assert tuple(asked["locale"]["choices"]) == answers.LOCALES
    assert tuple(asked["supply"]["choices"]) == answers.SUPPLIES
    assert tuple(asked["wheels"]["choices"]) == answers.WHEELS
    defaults = {key: asked[key]["default"] for key in asked if key not in ("name", "core_version")}
    for key, value in defaults.items():
        answers.check_answer(key, value, PRESETS)


def test_the_template_runs_nothing_and_keeps_no_secret() -> None:
    assert not {"_tasks", "_migrations", "_jinja_extensions", "_external_data"} & set(QUESTIONS)
    assert not [key for key, value in QUESTIONS.items() if isinstance(value, dict) and value.get("secret")]
    assert QUESTIONS["_envops"]["undefined"] == "jinja2.StrictUndefined"


def test_copier_leaves_the_partners_folder_alone_in_an_update() -> None:
    assert "{% if _copier_operation == 'update' %}brand{% endif %}" in QUESTIONS["_exclude"]


def test_the_answers_file_names_the_template_without_a_path_of_this_machine() -> None:
    kept = yaml.safe_load(text_of(".copier-answers.yml", name="山货: 小店 #1"))
    assert kept.pop("_commit") == f"v{VERSION}"
    assert kept.pop("_src_path") == "git+platformctl://storefront.git"
    assert kept == answers_for(name="山货: 小店 #1")


def test_the_packed_template_is_the_folder(tmp_path: Path) -> None:
    template_source.write_zip(CHECKOUT, tmp_path / "one.zip")
    template_source.write_zip(CHECKOUT, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        packed = {each.filename: (archive.read(each), each.external_attr >> 16 & 0o777) for each in archive.infolist()}
    assert packed == template_source.entries()


# --- what it makes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("currency", ["CNY", "JPY", "USD"])
def test_every_preset_works_in_every_kind_of_currency(preset: str, currency: str) -> None:
    assert plan.loads(plan.preset(preset), currency=currency)


@pytest.mark.parametrize("given", DIFFERENT, ids=lambda given: given["name"])
def test_written_files_say_what_was_answered(given: dict[str, str]) -> None:
    files = rendered(given, core_version=VERSION)
    brand = tomllib.loads(files["brand/brand.toml"][0].decode())
    assert brand["shop"]["name"] == given["name"]
    assert brand["shop"]["currency"] == given["currency"]
    project = tomllib.loads(files["pyproject.toml"][0].decode())
    assert project["project"]["dependencies"] == [f"platform-in-a-box=={VERSION}"]
    assert project["tool"]["uv"]["find-links"] == ["wheels"]
    assert f"platform-in-a-box=={VERSION}\n" in files["requirements.txt"][0].decode()


@pytest.mark.parametrize("palette", answers.PALETTES, ids=lambda palette: palette[0])
def test_every_palette_can_be_read(palette: tuple[str, ...], tmp_path: Path) -> None:
    given = dict(zip(answers.COLOURS, palette, strict=True))
    (tmp_path / "brand.toml").write_text(text_of("brand/brand.toml", **given), "utf-8")
    told = storefront.review_brand(storefront.load_brand(tmp_path), tmp_path)
    assert [finding.code for finding in told if finding.severity == "error"] == []


def test_the_wheel_is_kept_in_git_or_ignored_as_answered() -> None:
    assert "*.whl" not in text_of(".gitignore", wheels="kept")
    assert "/wheels/*.whl" in text_of(".gitignore", wheels="ignored")


def test_every_python_file_can_be_compiled() -> None:
    files = rendered(answers_for(), core_version=VERSION)
    sources = {name: content for name, (content, _mode) in files.items() if name.endswith(".py")}
    assert "app.py" in sources
    for name, content in sources.items():
        compile(content, name, "exec")


# --- deployment -----------------------------------------------------------------------------------------------------


def compose() -> dict[str, Any]:
    return dict(yaml.safe_load(text_of("compose.yaml")))


def test_compose_runs_app_worker_and_postgresql_in_order() -> None:
    services = compose()["services"]
    assert set(services) == {"database", "migrate", "app", "worker"}
    assert services["migrate"]["depends_on"]["database"]["condition"] == "service_healthy"
    for name in ("app", "worker"):
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert services["database"]["healthcheck"]["test"]
    assert services["worker"]["healthcheck"]["test"]
    assert services["worker"]["command"] == ["platformctl", "worker"]


def test_compose_demands_secrets_and_grants_no_privileges() -> None:
    services = compose()["services"]
    assert "POSTGRES_PASSWORD:?" in services["database"]["environment"]["POSTGRES_PASSWORD"]
    for name in ("migrate", "app", "worker"):
        for setting in ("SHOP_SECRET_KEY", "SHOP_BASE_URL"):
            assert f"{setting}:?" in services[name]["environment"][setting]
        assert services[name]["environment"]["SHOP_ENVIRONMENT"] == "production"
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["read_only"] is True


def test_docker_accepts_the_compose_file(tmp_path: Path) -> None:
    docker = shutil.which("docker")
    if not docker or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("docker compose is not installed")
    render(tmp_path / "shop", answers_for(), core_version=VERSION)
    (tmp_path / "shop" / ".env").write_text("SHOP_SECRET_KEY=x\nSHOP_BASE_URL=https://x\nPOSTGRES_PASSWORD=y\n")
    done = subprocess.run([docker, "compose", "config", "-q"], cwd=tmp_path / "shop", capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def instructions() -> list[tuple[str, str]]:
    joined = text_of("Dockerfile").replace("\\\n", " ")
    lines = [line.strip() for line in joined.splitlines() if line.strip() and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def test_the_image_is_built_from_files_that_exist_and_runs_without_privileges() -> None:
    words = [word for word, _ in instructions()]
    assert words[0] == "FROM"
    assert words.index("USER") < words.index("CMD")
    assert set(words) <= {"FROM", "ENV", "RUN", "WORKDIR", "COPY", "USER", "EXPOSE", "HEALTHCHECK", "CMD"}
    made = set(rendered(answers_for(), core_version=VERSION))
    ignored = text_of(".dockerignore").splitlines()
    for word, rest in instructions():
        if word == "COPY":
            for source in rest.split()[:-1]:
                assert source in made or any(name.startswith(f"{source}/") for name in made), source
                assert source not in ignored


def test_the_image_holds_no_secret_and_no_tests() -> None:
    assert {".env", ".git", ".venv", "tests"} <= set(text_of(".dockerignore").splitlines())


def unit(name: str) -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(strict=False, interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read_string(text_of(name))
    return parsed


@pytest.mark.parametrize("name", ["deploy/corner-shop.service", "deploy/corner-shop-worker.service"])
def test_units_are_hardened(name: str) -> None:
    service = unit(name)["Service"]
    for key in ("NoNewPrivileges", "PrivateTmp", "ProtectHome", "DynamicUser"):
        assert service[key] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["EnvironmentFile"] == "/etc/corner-shop.env"


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if not analyze:
        pytest.skip("systemd-analyze is not installed")
    units = [
        name for name in rendered(answers_for(name="100% 小店"), core_version=VERSION) if name.endswith(".service")
    ]
    paths = []
    for name in units:
        text = text_of(name, name="100% 小店").replace("/srv/corner-shop/.venv/bin/uvicorn", "/bin/true")
        path = tmp_path / Path(name).name
        path.write_text(text.replace("/srv/corner-shop/.venv/bin/platformctl", "/bin/true"), "utf-8")
        paths.append(str(path))
    done = subprocess.run([analyze, "verify", *paths], capture_output=True, text=True, check=False)
    told = [line for line in done.stderr.splitlines() if "corner-shop" in line]
    assert (done.returncode, told) == (0, [])


def test_every_setting_in_the_example_is_one_the_shop_reads() -> None:
    from shared_core.kernel.settings import Settings

    named = [line.partition("=")[0] for line in text_of(".env.example").splitlines() if line[:1].isalpha()]
    own = {f"SHOP_{name.upper()}" for name in Settings.model_fields}
    assert set(named) - {"POSTGRES_PASSWORD"} <= own


# --- the core's wheel -----------------------------------------------------------------------------------------------


def test_the_wheel_holds_both_packages_the_template_and_their_metadata(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with zipfile.ZipFile(core_wheel.put_into(tmp_path / "wheels")) as wheel:
        names = wheel.namelist()
        assert wheel.testzip() is None
    assert {"shared_core/__init__.py", "platformctl/cli/__init__.py", "platformctl/_template.zip"} <= set(names)
    assert any(name.endswith(".dist-info/entry_points.txt") for name in names)
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    assert not [name for name in names if "__pycache__" in name or name.startswith("template/")]


# --- the example ----------------------------------------------------------------------------------------------------


def test_the_example_is_what_the_template_makes() -> None:
    kept = {
        path.relative_to(example.FOLDER).as_posix(): path.read_bytes()
        for path in example.FOLDER.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert kept == example.wanted(), "run: python -m tests.template.example"
