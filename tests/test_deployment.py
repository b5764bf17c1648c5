"""What is in deploy/ names settings and commands there are, keeps secrets out, and says what a supervisor needs."""

import argparse
import configparser
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.settings import Settings, get_settings
from web.cli import _parser

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
COMPOSE = sorted(DEPLOY.glob("compose.*.yaml"))
UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICE_KEYS = {
    "image", "build", "command", "entrypoint", "init", "read_only", "tmpfs", "cap_drop", "cap_add", "security_opt",
    "environment", "secrets", "volumes", "networks", "ports", "depends_on", "healthcheck", "restart", "shm_size",
    "stop_grace_period", "deploy",
}  # fmt: skip
"""Of the compose specification, as far as they are used here."""
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}
UNIT_KEYS = {
    "Unit": {"Description", "Documentation", "Wants", "After", "StartLimitIntervalSec", "StartLimitBurst"},
    "Install": {"WantedBy"},
    "Timer": {"OnCalendar", "RandomizedDelaySec", "Persistent"},
    "Service": {
        "Type", "User", "Group", "ExecStart", "Environment", "EnvironmentFile", "LoadCredential", "StateDirectory",
        "StateDirectoryMode", "WorkingDirectory", "Restart", "RestartSec", "KillMode", "KillSignal", "TimeoutStopSec",
        "TimeoutStartSec", "MemoryMax", "TasksMax", "LimitNOFILE", "Nice", "IOSchedulingClass", "ReadWritePaths",
        "UMask", "NoNewPrivileges", "CapabilityBoundingSet", "AmbientCapabilities", "ProtectSystem", "ProtectHome",
        "PrivateTmp", "PrivateDevices", "DevicePolicy", "DeviceAllow", "ProtectClock", "ProtectHostname",
        "ProtectKernelTunables", "ProtectKernelModules", "ProtectKernelLogs", "ProtectControlGroups", "ProtectProc",
        "RestrictAddressFamilies", "RestrictNamespaces", "RestrictRealtime", "RestrictSUIDSGID", "LockPersonality",
        "SystemCallArchitectures", "SystemCallFilter", "SystemCallErrorNumber",
    },
}  # fmt: skip
HARDENED = ("NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "UMask=0077", "User=")
VARIABLES = {f"EVOKE_{name.upper()}" for name in Settings.model_fields}


def services(file: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(file.read_text())["services"]
    return found


@pytest.mark.parametrize(
    "file", [*COMPOSE, *UNITS, DEPLOY / "Dockerfile", DEPLOY / "Caddyfile"], ids=lambda one: one.name
)
def test_every_variable_is_a_setting(file: Path) -> None:
    text = file.read_text()
    assert set(re.findall(r"\bEVOKE_[A-Z_]+", text)) <= VARIABLES
    secrets = {one.upper() for one in re.findall(r"\bevoke_[a-z_]+", text)}
    assert secrets <= VARIABLES, "a secret's file is called like its setting"


@pytest.mark.parametrize("file", COMPOSE, ids=lambda one: one.name)
def test_compose_files(file: Path) -> None:
    whole = yaml.safe_load(file.read_text())
    assert {one for one in whole if not one.startswith("x-")} <= {"name", "services", "networks", "volumes", "secrets"}
    used: dict[str, set[str]] = {"networks": set(), "volumes": set(), "secrets": set()}
    for name, service in services(file).items():
        assert {one for one in service if not one.startswith("x-")} <= SERVICE_KEYS, name
        image, _, version = service["image"].partition(":")
        assert re.fullmatch(r"[a-z0-9-]+(/[a-z0-9-]+)?", image), f"{name}: a plain name, of no host"
        assert re.match(r"\d+(\.\d+)+", version), f"{name}: pinned by version"
        checked = service["healthcheck"].get("test") or (service["healthcheck"]["disable"], service["x-no-healthcheck"])
        assert all(checked), name
        assert service["deploy"]["resources"]["limits"].keys() >= {"cpus", "memory"}, name
        assert "no-new-privileges:true" in service["security_opt"] if name != "db" else True
        for on, how in service.get("depends_on", {}).items():
            assert on in services(file), name
            assert how["condition"] in CONDITIONS, name
            once = services(file)[on].get("restart") == "no"
            assert how["condition"] == ("service_completed_successfully" if once else "service_healthy"), (name, on)
        used["networks"] |= set(service["networks"])
        used["secrets"] |= set(service.get("secrets", ()))
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            used["volumes"] |= set() if source.startswith("./") else {source}
            assert not source.startswith("./") or volume.endswith(":ro"), f"{name}: what is kept has a named volume"
        for variable, value in service.get("environment", {}).items():
            assert isinstance(value, str), f"{variable} of {name}: in quotes"
            kept_apart = re.search(r"PASSWORD|SECRET|MASTER_KEY|DATABASE_URL|TOKEN", variable)
            assert not kept_apart or variable.endswith("_FILE"), f"{variable} of {name} belongs into a secret"
    for kind, names in used.items():
        assert set(whole[kind]) == names if whole.get(kind) else not names, kind
    assert all(one["file"].startswith("./secrets/") for one in whole["secrets"].values())
    assert "deploy/secrets/" in (ROOT / ".gitignore").read_text().splitlines()


@pytest.mark.parametrize("file", COMPOSE, ids=lambda one: one.name)
def test_the_proxy_comes_from_the_address_that_websites_trust(file: Path) -> None:
    """On a second network in common it might come from another, and nothing it says would be believed."""
    known = services(file)
    proxy = known["proxy"]
    websites = [one.partition(":")[0] for one in proxy["environment"]["WEBSITES"].split()]
    for name in websites:
        (common,) = set(proxy["networks"]) & set(known[name]["networks"])
        assert proxy["networks"][common]["ipv4_address"] == known[name]["environment"]["EVOKE_TRUSTED_PROXIES"]


def test_websites_and_workers_wait_for_the_database_and_what_brings_it_up_to_date() -> None:
    scaled = services(DEPLOY / "compose.scaled.yaml")
    assert scaled["migrate"]["command"] == ["evoke", "migrate"]
    working = [one for name, one in scaled.items() if name.startswith(("web-", "worker-"))]
    assert len(working) == 4
    for one in working:
        assert {"migrate", "db"} <= one["depends_on"].keys()
        assert float(one["stop_grace_period"][:-1]) >= sum(
            float(one["environment"].get(f"EVOKE_{name}_SECONDS", 0)) for name in ("UNREADY", "GRACE")
        ), "time for what is being answered"
    assert {tuple(one["environment"]["EVOKE_FILES_URL"].split(":")) for one in working} == {("s3", "//evoke/files")}
    devices = scaled["worker-gpu"]["deploy"]["resources"]["reservations"]["devices"]
    assert devices == [{"driver": "nvidia", "count": 1, "capabilities": ["gpu"]}]


def test_the_image() -> None:
    text = re.sub(r"\\\n\s*", "", (DEPLOY / "Dockerfile").read_text())
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]
    assert {word for word, _ in lines} <= {
        "FROM", "ENV", "WORKDIR", "RUN", "COPY", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "CMD",
    }  # fmt: skip
    stages: dict[str, list[tuple[str, str]]] = {}
    bases: dict[str, str] = {}
    for word, rest in lines:
        if word == "FROM":
            base, _, stage = rest.partition(" AS ")
            stages[stage], bases[stage] = [], base
        else:
            stages[list(stages)[-1]].append((word, rest))
    for base in [*bases.values(), *re.findall(r"--from=(\S+)", text)]:
        assert base in stages or re.fullmatch(r"[a-z]+(/[a-z]+)?:\d+(\.\d+)+[a-z0-9.-]*", base), base
    assert list(bases)[-1] == "default"
    assert bases["default"] == bases["gpu"] == "evoke"
    said = dict(stages["evoke"])
    assert said["USER"].isdecimal()
    assert int(said["USER"]) > 0, "not as root"
    assert "USER" not in dict(stages["gpu"])
    assert {"HEALTHCHECK", "STOPSIGNAL", "VOLUME"} <= said.keys()
    installed = [rest for word, rest in stages["build"] if word == "RUN"]
    assert all(
        "--require-hashes" in one
        for one in re.findall(r"pip[^&]*install[^&]*", " ".join(installed))
        if "--no-deps" not in one
    )
    for word, rest in stages["build"]:
        if word == "COPY":
            *sources, _ = rest.split()
            assert all((ROOT / one).exists() for one in sources), rest
            allowed = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
            assert all(f"!{one}" in allowed for one in sources), rest
    assert [one for word, rest in stages["build"] if word == "COPY" for one in rest.split()[:-1]].count("web") == 1


@pytest.mark.parametrize("file", UNITS, ids=lambda one: one.name)
def test_units(file: Path) -> None:
    text = file.read_text()
    read = configparser.RawConfigParser(strict=False, interpolation=None, delimiters=("=",))
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read_string(text)
    for section in read.sections():
        assert set(read[section]) <= UNIT_KEYS[section], section
    if file.suffix == ".service":
        assert all(one in text for one in HARDENED)
        assert not re.search(r"(KEY|PASSWORD|SECRET|DATABASE_URL)=\S", text), "secrets are credentials"
        for wanted in read["Unit"]["After"].split():
            assert "." in wanted
            assert not wanted.startswith("evoke-") or (file.parent / wanted).exists()


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    """Where there is one to ask."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("this machine has no systemd")
    names = []
    for file in UNITS:
        (tmp_path / file.name).write_text(file.read_text().replace("/opt/evoke/bin/evoke", "/bin/true"))
        names.append(str(tmp_path / file.name.replace("@.", "@1.")))
    done = subprocess.run([analyze, "verify", "--man=no", *names], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "file", [*COMPOSE, *UNITS, DEPLOY / "Dockerfile", *(ROOT / "docs").glob("operators*.md")], ids=lambda one: one.name
)
def test_every_worker_is_named_after_its_host(file: Path) -> None:
    """Two live workers of one name take each other's jobs away."""
    for name in re.findall(r"evoke worker --name (\S+)", file.read_text().replace('", "', " ")):
        assert re.search(r"\$\$HOSTNAME|\$\(hostname\)|%H", name), name


def test_commands_are_there() -> None:
    known = next(one for one in _parser()._actions if isinstance(one, argparse._SubParsersAction)).choices
    said = [word for file in COMPOSE for one in services(file).values() for word in one.get("command", ())]
    texts = [" ".join(said), (DEPLOY / "Dockerfile").read_text().replace('", "', " ")]
    texts += [file.read_text() for file in UNITS]
    named = {found for text in texts for found in re.findall(r"(?:exec |bin/|\")evoke ([a-z]+)", text)}
    named |= {after for one, after in pairwise(said) if one == "evoke"}
    assert named >= {"web", "worker", "migrate", "serve"}
    assert named <= known.keys()


def test_secrets_come_from_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "evoke_database_url").write_text("postgresql://evoke:secret@db/evoke\n")
    (tmp_path / "evoke_master_key").write_text("from a file\n")
    monkeypatch.chdir(tmp_path)  # without a .env
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("EVOKE_MASTER_KEY", "from the environment")
    get_settings.cache_clear()
    try:
        assert get_settings().database_url == "postgresql://evoke:secret@db/evoke"
        assert get_settings().master_key.get_secret_value() == "from the environment"
    finally:
        get_settings.cache_clear()
