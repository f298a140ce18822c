"""What deploy/ says is so, as far as this machine can tell: what needs Docker is held to the files, and its steps run without it.

No image is built here and no unit started: there is neither Docker nor a system that systemd runs.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
import yaml

from indexer import Settings, build, load_settings
from indexer.cli import cli
from tests.browsing import serving
from tests.conftest import lacking, write_jsonl

PROJECT = Path(__file__).resolve().parents[1]
DEPLOY = PROJECT / "deploy"
UNITS = sorted(path for path in (DEPLOY / "systemd").iterdir() if path.is_file())
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
OURS = {name: service for name, service in COMPOSE["services"].items() if service["image"] == "regionsok"}
PROGRAM = "/opt/regionsok/.venv/bin/regionsok"


def tool(name: str, package: str) -> str:
    """Where a program of the system lies."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/bin")
    if not found:
        lacking(f"there is no {name} (Debian: apt-get install {package})")
    return found or ""


def steps() -> Iterator[tuple[str, str]]:
    """Name and rest of each instruction of the Dockerfile."""
    text = re.sub(r"\\\n", " ", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"))
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, rest = line.partition(" ")
            yield name, rest.strip()


def started() -> list[str]:
    """Every command of ours that a unit, the image or a container starts."""
    units = [line for path in UNITS for line in path.read_text(encoding="utf-8").splitlines()]
    commands = [line.partition("=")[2] for line in units if line.startswith("ExecStart=")]
    shell = [line for service in OURS.values() for line in service.get("command", [""])[0].splitlines()]
    commands += [line.strip() for line in shell if line.strip().startswith("regionsok ")]
    return [*commands, " ".join(["regionsok", *yaml.safe_load(dict(steps())["CMD"])])]


@pytest.mark.parametrize("line", started())
def test_every_command_that_is_started_is_one_of_ours(line: str) -> None:
    program, name, *words = shlex.split(line)
    assert program in ("regionsok", PROGRAM)
    cli.commands[name].make_context(name, words)  # raises what a wrong option or argument would


def test_there_are_commands_to_look_at() -> None:
    assert len(started()) == 8 and {shlex.split(line)[1] for line in started()} == {"serve", "crawl", "index", "backup"}


def test_the_settings_of_the_containers_are_read() -> None:
    settings = load_settings(DEPLOY / "regionsok.toml", {})
    assert settings.engine == "opensearch" and settings.public
    (network,) = COMPOSE["networks"]["front"]["ipam"]["config"]
    assert settings.public_trusted_proxies == (network["subnet"],), "who stands in front is believed, and nobody else"
    nodes = {name for name, service in COMPOSE["services"].items() if "opensearch" in service["image"]}
    assert {*settings.opensearch_hosts} == {f"http://{name}:9200" for name in nodes} and len(nodes) == 3


def test_the_containers_name_nothing_that_is_not_there() -> None:
    services = COMPOSE["services"]
    for name, service in services.items():
        assert {*service["networks"]} <= COMPOSE["networks"].keys(), name
        assert {*service.get("depends_on", ())} <= services.keys(), name
        for source, _, target in (volume.partition(":") for volume in service["volumes"]):
            if source.startswith("."):
                assert (DEPLOY / source).exists() and target.endswith(":ro"), source
            else:
                assert source in COMPOSE["volumes"], source
    nodes = services["search-a"]["environment"]["cluster.initial_cluster_manager_nodes"].split(",")
    assert [services[node]["environment"]["node.name"] for node in nodes] == nodes
    own = [volume.split(":") for service in services.values() for volume in service["volumes"] if volume[0] != "."]
    written = [name for name, _, *only_read in own if not only_read]
    assert len({*written}) == len(written), "no two write to one folder"
    assert {name for name, *_ in own} == {*written}, "what is read is written by somebody"
    for web in ("web-a", "web-b"):
        assert {"corpus:/srv/regionsok/corpus:ro", f"{web}:/srv/regionsok/index"} <= {*services[web]["volumes"]}


def test_containers_may_do_no_more_than_they_need() -> None:
    for name, service in (*OURS.items(), ("proxy", COMPOSE["services"]["proxy"])):
        assert service["read_only"] and service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
    assert [name for name, service in COMPOSE["services"].items() if "ports" in service] == ["proxy"]
    written = {volume.split(":")[1] for service in OURS.values() for volume in service["volumes"] if volume[0] != "."}
    prepared = " ".join(rest for _, rest in steps())
    assert all(f" {folder}" in prepared for folder in written), "a volume is laid over a folder of the user's"


def test_the_image_runs_as_nobody_in_particular() -> None:
    listed = list(steps())
    last_base = max(number for number, (name, _) in enumerate(listed) if name == "FROM")
    final = dict(listed[last_base:])
    assert final["USER"] == "10001" and "HEALTHCHECK" in final
    assert "--require-hashes -r requirements.lock" in (DEPLOY / "Dockerfile").read_text()
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    for source in copied():
        assert (PROJECT / source).exists() and f"!{source}" in ignored, source


def copied() -> list[str]:
    """What of the project the image is made of."""
    lines = [rest.split()[:-1] for name, rest in steps() if name == "COPY" and not rest.startswith("--from")]
    return [source for line in lines for source in line]


@pytest.mark.long
def test_the_steps_of_the_image_end_in_a_service_that_is_healthy_and_writes_nothing_but_its_volumes(
    tmp_path: Path,
) -> None:
    """Run in a folder in the place of a container: all but making its user."""
    image, context = tmp_path / "opt", tmp_path / "src"
    context.mkdir()
    for name, rest in steps():
        if name == "COPY" and not rest.startswith("--from"):
            *sources, target = rest.split()
            for source in sources:
                to = context / target / ("" if (PROJECT / source).is_dir() else source)
                copy = shutil.copytree if (PROJECT / source).is_dir() else shutil.copy
                copy(PROJECT / source, to)
        elif name == "RUN" and not rest.startswith("useradd"):
            script = rest.replace("/opt/regionsok", str(image)).replace("python -m venv", f"{sys.executable} -m venv")
            subprocess.run(["sh", "-euc", script], cwd=context, check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(context)
    home = tmp_path / "home"
    (home / "corpus").mkdir(parents=True)
    (home / "corpus" / "a.txt").write_text("Vätgas i Gävle\n\nRegionen satsar på vätgas.", encoding="utf-8")
    shutil.copy(DEPLOY / "regionsok.toml", home)
    variables = {**os.environ, "PATH": f"{image}/bin:{os.environ['PATH']}", "REGIONSOK_ENGINE": "tantivy"}
    variables |= {"PYTHONDONTWRITEBYTECODE": "1"}
    variables.pop("PYTHONPATH", None)
    subprocess.run(["regionsok", "index"], cwd=home, env=variables, check=True)
    before = {path: path.stat().st_mtime_ns for path in image.rglob("*")}
    port = free_port()
    healthy = yaml.safe_load(dict(steps())["HEALTHCHECK"].partition(" CMD ")[2])
    command = [word.replace("8000", str(port)) for word in ("regionsok", *yaml.safe_load(dict(steps())["CMD"]))]
    with subprocess.Popen([*command, "--port", str(port)], cwd=home, env=variables, stdout=subprocess.PIPE) as service:
        try:
            assert service.stdout and b"svarar" in service.stdout.readline()
            check = [word.replace("8000", str(port)) for word in healthy]
            assert subprocess.run(check, env=variables, timeout=60).returncode == 0
        finally:
            service.terminate()
    assert subprocess.run(check, env=variables, stderr=subprocess.DEVNULL, timeout=60).returncode != 0
    assert {path: path.stat().st_mtime_ns for path in image.rglob("*")} == before


def test_the_units_are_ones_that_systemd_takes_and_they_may_little(tmp_path: Path) -> None:
    systemd = tool("systemd-analyze", "systemd")
    shutil.copytree(DEPLOY / "systemd", tmp_path / "units")
    for path in (tmp_path / "units").glob("*.service"):
        path.write_text(path.read_text().replace(PROGRAM, "/bin/true"))
    variables = {**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path / 'units'}:"}
    names = sorted(str(path) for path in (tmp_path / "units").glob("*.*") if path.is_file())
    done = subprocess.run([systemd, "verify", *names], env=variables, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    for name in (name for name in names if name.endswith(".service")):
        words = [systemd, "security", "--offline=true", "--threshold=20", "--no-pager", name]
        done = subprocess.run(words, env=variables, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"exposed beyond 2.0 of 10:\n{done.stdout}"


def test_every_timer_starts_a_unit() -> None:
    timers = {path.stem for path in UNITS if path.suffix == ".timer"}
    assert timers == {"regionsok-crawl", "regionsok-index", "regionsok-backup"}
    assert timers < {path.stem for path in UNITS if path.suffix == ".service"}


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port: int = listener.getsockname()[1]
        return port


def test_nginx_takes_its_configuration_and_leads_to_the_service(tmp_path: Path) -> None:
    nginx = tool("nginx", "nginx-light")
    settings = Settings(tmp_path / "corpus", tmp_path / "index")
    settings.corpus.mkdir()
    write_jsonl(settings.corpus / "a.jsonl", [{"text": "Regionen satsar på vätgas."}])
    build(settings)
    port, text = free_port(), (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    with serving(settings) as site:
        text = re.sub(r"web-[ab]:8000", site.removeprefix("http://"), text).replace(
            "listen 8080", f"listen 127.0.0.1:{port}"
        )
        (tmp_path / "nginx.conf").write_text(text.replace("/tmp/", f"{tmp_path}/"), encoding="utf-8")
        start = [nginx, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "error.log")]
        done = subprocess.run([*start, "-t"], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0 and "warn" not in done.stderr, done.stderr
        with subprocess.Popen([*start, "-g", "daemon off; master_process off;"]) as proxy:
            try:
                assert b"tr\xc3\xa4ff" in answered(f"http://127.0.0.1:{port}/sok-tjanst/sok?q=v%C3%A4tgas", proxy)
                for path in ("/", "/sok", "/sok-tjanst/metrics"):
                    with pytest.raises(URLError, match="404"):
                        urlopen(f"http://127.0.0.1:{port}{path}", timeout=30)
            finally:
                proxy.terminate()


def answered(url: str, proxy: subprocess.Popen[bytes]) -> bytes:
    """What is at an address, when it answers."""
    for _ in range(600):
        assert proxy.poll() is None
        with suppress(ConnectionError, URLError), urlopen(url, timeout=30) as answer:
            content: bytes = answer.read()
            return content
        time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")
