"""`install` with stand-ins for Python and uv: uv where it works, and pip for whatever it does not."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
PYTHON = """#!/bin/sh
case "$*" in
  *"-m venv"*) mkdir -p .venv/bin; cp "$0" .venv/bin/python;;
  *"-m pip"*/dev/stdin*) cat > wanted; %s;;
  *"-m pip"*) echo "pip ${*##* }" >> log;;
esac
"""
UV = "#!/bin/sh\n[ %s = yes ] || { echo 'no route' >&2; exit 2; }\necho \"uv ${*##* }\" >> log\n"


@pytest.mark.parametrize(
    ("in_path", "fetched", "works", "installed"),
    [
        (True, False, "yes", ["uv a.lock", "uv ."]),
        (True, False, "no", ["pip a.lock", "pip ."]),
        (False, True, "yes", ["uv a.lock", "uv ."]),
        (False, True, "no", ["pip a.lock", "pip ."]),
        (False, False, "yes", ["pip a.lock", "pip ."]),
    ],
)
def test_what_installs(tmp_path, in_path, fetched, works, installed):
    (tmp_path / "a.lock").write_text("click==1\n")
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "requirements-test.lock").write_text(
        "click==1 \\\n    --hash=sha256:0\nuv==2 \\\n    --hash=sha256:1\nzip==3\n"
    )
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "sed", "cat", "cp", "mkdir", "touch"):
        (tools / name).symlink_to(shutil.which(name))
    write(tmp_path / "uv", UV % works)
    write(tools / "python3.11", PYTHON % ("cp uv .venv/bin/uv" if fetched else "exit 1"))
    if in_path:
        (tools / "uv").symlink_to(tmp_path / "uv")
    command, environ = [PROJECT / "install", "python3.11", "a.lock"], {**os.environ, "PATH": str(tools)}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=True)
    assert (tmp_path / "log").read_text().splitlines() == installed
    assert done.stderr == ""
    if not in_path:
        assert (tmp_path / "wanted").read_text() == "uv==2 \\\n    --hash=sha256:1\n", "nothing without its digest"
    (tmp_path / "log").unlink()
    subprocess.run(command, cwd=tmp_path, env=environ, check=True)
    assert not (tmp_path / "log").exists(), "nothing to do the second time"


def write(path, script):
    path.write_text(script)
    path.chmod(0o755)
