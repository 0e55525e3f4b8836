"""Settings: defaults, what is refused and with which words, and that the documents list them all."""

import os
from pathlib import Path

import pytest

from backend.cli.reference import settings_example, settings_markdown
from backend.domain.errors import SettingsError
from backend.settings import PREFIX, Settings, load_settings, variable_names

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def _refusal() -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings()
    return str(caught.value)


def test_everything_has_a_default() -> None:
    settings = load_settings()

    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.data_dir == Path("var")
    assert settings.media_dir == Path("var/media")
    assert settings.master_key_path == Path("var/master.key")


def test_the_default_database_is_sqlite_in_the_data_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("JIUYING_DATA_DIR", "elsewhere")

    assert load_settings().database == f"sqlite:///{tmp_path}/elsewhere/jiuying.sqlite3"


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("JIUYING_PORT=8001\nJIUYING_HOST=::1\nOTHER=1\n", "utf-8")
    monkeypatch.setenv("JIUYING_PORT", "8002")

    settings = load_settings()

    assert (settings.host, settings.port) == ("::1", 8002)


def test_an_empty_variable_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIUYING_PORT", "")
    monkeypatch.setenv("JIUYING_BROKER_URL", "")

    assert load_settings().port == 8000


def test_origins_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIUYING_CORS_ORIGINS", "https://a.example/, http://b.example:8080")

    assert load_settings().cors_origins == ("https://a.example", "http://b.example:8080")


def test_weights_come_from_where_they_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIUYING_WEIGHTS_DIR", "/srv/weights")
    monkeypatch.setenv("JIUYING_WEIGHTS_MIRROR", "https://mirror.example.org/{file}")

    settings = load_settings()

    assert settings.weights_dir == Path("/srv/weights")
    assert settings.weights_mirror == "https://mirror.example.org/{file}"
    assert (settings.weights_from_page, settings.device, settings.precision) == ("local", "auto", "auto")


def test_an_unknown_variable_names_the_nearest_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIUYING_DATABASE_URI", "sqlite://")

    assert "did you mean JIUYING_DATABASE_URL?" in _refusal()


def test_an_unknown_variable_in_the_file_is_refused_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("JIUYING_PROT=1\n", "utf-8")

    assert "did you mean JIUYING_PORT?" in _refusal()


def test_the_tests_own_variables_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIUYING_TEST_MYSQL_URL", "mysql://anything")

    assert load_settings().port == 8000


def test_a_device_whose_package_is_missing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.settings.importlib.util.find_spec", lambda _name: None)
    monkeypatch.setenv("JIUYING_DEVICE", "openvino")

    with pytest.raises(SettingsError, match="--group openvino"):
        load_settings(env_file=None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JIUYING_JOB_ENGINE", "celery"),
        ("JIUYING_BROKER_URL", "redis://localhost"),
        ("JIUYING_MEDIA_URL", "s3://bucket/prefix"),
    ],
)
def test_what_a_later_version_brings_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    refusal = _refusal()

    assert name in refusal
    assert "not supported yet in this version" in refusal


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JIUYING_PORT", "eight"),
        ("JIUYING_PORT", "70000"),
        ("JIUYING_JOB_ENGINE", "threads"),
        ("JIUYING_DATABASE_URL", "postgresql://u:p@h/d"),
        ("JIUYING_DATABASE_URL", "mysql+pymysql://u:p@h:port/d"),
        ("JIUYING_DATABASE_URL", "mysql+pymysql://u:p@h"),
        ("JIUYING_DATABASE_URL", "sqlite://"),
        ("JIUYING_DATABASE_URL", "sqlite:///:memory:"),
        ("JIUYING_CORS_ORIGINS", "*"),
        ("JIUYING_CORS_ORIGINS", "https://photos.example.org/album"),
        ("JIUYING_CORS_ORIGINS", "https://"),
        ("JIUYING_WEIGHTS_MIRROR", "mirror.example.org"),
        ("JIUYING_WEIGHTS_MIRROR", "ftp://mirror.example.org"),
        ("JIUYING_WEIGHTS_FROM_PAGE", "yes"),
        ("JIUYING_DEVICE", "gpu"),
        ("JIUYING_PRECISION", "fp16"),
        ("JIUYING_MAX_UPLOAD_MB", "0"),
        ("JIUYING_LOG_FORMAT", "xml"),
    ],
)
def test_an_impossible_value_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    assert name in _refusal()


def test_the_shortest_side_cannot_be_longer_than_the_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIUYING_MIN_SIDE_PX", "600")
    monkeypatch.setenv("JIUYING_MAX_SIDE_PX", "300")

    assert "JIUYING_MIN_SIDE_PX" in _refusal()


@pytest.mark.parametrize(
    "secret", ["changeme", "short", "a" * 40, "changeme-changeme-1234", "1212121212121212"]
)
def test_a_weak_secret_is_refused_without_being_repeated(
    monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv("JIUYING_SECRET_KEY", secret)

    refusal = _refusal()

    assert "JIUYING_SECRET_KEY: too weak" in refusal
    assert secret not in refusal


def test_secrets_stay_out_of_the_representation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIUYING_SECRET_KEY", "8f3b1c9d2e7a4650")
    monkeypatch.setenv("JIUYING_METRICS_TOKEN", "reads-the-metrics")
    monkeypatch.setenv("JIUYING_DATABASE_URL", "mysql+pymysql://jiuying:hunter2@db/jiuying")

    shown = repr(load_settings())

    assert not any(secret in shown for secret in ("8f3b1c9d2e7a4650", "reads-the-metrics", "hunter2"))


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().port = 1


def test_every_setting_says_what_it_means() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_the_example_file_lists_every_setting() -> None:
    assert (ROOT / ".env.example").read_text("utf-8") == settings_example()


def test_the_example_file_is_valid_when_every_line_counts(tmp_path: Path) -> None:
    commented = f"# {PREFIX}"
    lines = [line[2:] for line in settings_example().splitlines() if line.startswith(commented)]
    (tmp_path / ".env").write_text("\n".join(lines), "utf-8")

    assert load_settings() == Settings()


def settings_rows(readme: str) -> list[str]:
    lines = (ROOT / readme).read_text("utf-8").splitlines()
    return [line for line in lines if line.startswith(f"| `{PREFIX}")]


def test_the_readme_lists_every_setting() -> None:
    assert settings_rows("README.md") == settings_markdown().splitlines()[2:]


def test_the_chinese_readme_lists_every_setting() -> None:
    variables = [row.split("`")[1] for row in settings_rows("README.zh-CN.md")]

    assert variables == list(variable_names())


def test_variables_are_named_after_the_fields() -> None:
    assert variable_names()[:3] == ("JIUYING_HOST", "JIUYING_PORT", "JIUYING_DATA_DIR")
