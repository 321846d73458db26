"""The image: installed as it is tested, without needless rights or secrets, with a sign of life."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from ecomms_bot.workshop.pdf import PACKAGES
from tests.tooling.project import ROOT

DOCKERFILE = ROOT / "Dockerfile"


def instructions() -> list[tuple[str, str]]:
    """Read the Dockerfile as (instruction, rest) with continued lines joined."""
    text = re.sub(r"^#.*\n", "", DOCKERFILE.read_text(), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines if line]


def rest_of(instruction: str) -> list[str]:
    return [rest for name, rest in instructions() if name == instruction]


def install_steps(text: str) -> list[str]:
    return re.findall(r"^(?:RUN )?\.ci/install (\w+) \S+$", text, re.MULTILINE)


def test_hadolint_finds_nothing() -> None:
    hadolint = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    assert hadolint is not None
    done = subprocess.run([hadolint, str(DOCKERFILE)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_it_installs_with_the_steps_that_ci_runs() -> None:
    steps = install_steps(DOCKERFILE.read_text())
    assert steps == ["libraries", "package"]
    assert install_steps((ROOT / ".ci" / "run").read_text()) == steps
    # and the only other commands bring what PDF needs, and make the user and the folder
    known = (".ci/install ", "apt-get ", "groupadd ")
    assert [run for run in rest_of("RUN") if not run.startswith(known)] == []


def test_it_brings_the_debian_packages_that_pdf_needs_and_no_others() -> None:
    (run,) = (run for run in rest_of("RUN") if run.startswith("apt-get "))
    (names,) = re.findall(r"install --yes --no-install-recommends ([^&]+) &&", run)
    assert sorted(names.split()) == sorted(PACKAGES.split())
    assert run.endswith("rm -rf /var/lib/apt/lists/*")
    # as on the machines of the developers, who also look at the practice page with a browser
    (listed,) = re.findall(r'^packages="(.+)"$', (ROOT / ".ci" / "system").read_text(), re.MULTILINE)
    assert listed.split() == [*PACKAGES.split(), "chromium"]


def test_all_that_it_copies_passes_dockerignore() -> None:
    ignore = (ROOT / ".dockerignore").read_text().splitlines()
    allowed = {line.removeprefix("!").rstrip("/") for line in ignore if line.startswith("!")}
    copied = {source for rest in rest_of("COPY") if "--from" not in rest for source in rest.split()[:-1]}
    assert "*" in ignore
    assert copied == allowed


def test_it_runs_as_a_fixed_user_without_rights() -> None:
    *_, user = rest_of("USER")
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)


def test_it_starts_the_bot_and_asks_after_its_health_without_a_shell() -> None:
    assert rest_of("ENTRYPOINT") == ['["ecomms"]']
    assert rest_of("CMD") == ['["run"]']
    (health,) = rest_of("HEALTHCHECK")
    assert health.endswith('CMD ["ecomms", "health"]')


def test_the_data_lie_in_the_volume() -> None:
    assert rest_of("VOLUME") == ["/data"]
    assert "ECOMMS_DATABASE_URL=sqlite:////data/" in " ".join(rest_of("ENV"))


def test_the_base_is_named_exactly_enough_and_no_secret_is_baked_in() -> None:
    for base in rest_of("FROM"):
        assert re.match(r"python:3\.\d+-slim-\w+( AS \w+)?$", base)
    assert rest_of("ARG") == []
    assert not re.search(r"(?i)token|secret|password", " ".join(rest_of("ENV")))
