#!/usr/bin/env python3
"""Drydock beside what one would take instead: a real engine, the kernel's overlayfs, dash. Prints a table in markdown.

`DRYDOCK=target/release/drydock tests/benches/beside.py`, as root, with `docker`, `dockerd`, `containerd`, `runc`,
`busybox` and `dash` on the PATH (Debian: docker.io, busybox, dash). Every figure is the median of several runs in one go
on one machine: read the ratios."""

import io
import os
import re
import shutil
import signal
import statistics
import subprocess
import tarfile
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

DRYDOCK = os.environ.get("DRYDOCK", "target/release/drydock")
SHELL_TURNS = 1_000_000
LOOP = f"i=0; while [ $i -lt {SHELL_TURNS} ]; do i=$((i+1)); done"
LAYERS = (1, 16, 127)
STEPS = 20


def median(what, runs=7):
    """The median time of something, in seconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        what()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def run(*command, host=None, data=None):
    """Runs a command that must succeed, against an engine where one is named."""
    env = os.environ | {"DOCKER_BUILDKIT": "0"} | ({"DOCKER_HOST": host} if host else {})
    return subprocess.run(command, env=env, input=data, check=True, capture_output=True, timeout=120).stdout


def shown(seconds):
    """A time with the unit that suits it."""
    for unit, size in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def row(name, ours, other, theirs):
    print(f"| {name} | {shown(ours)} | {shown(theirs)} ({other}) | {theirs / ours:.2g} |", flush=True)


@contextmanager
def daemon(command, socket, log):
    """A daemon that answers on a socket."""
    with open(log, "wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        for _ in range(300):
            if subprocess.run(["docker", "-H", f"unix://{socket}", "version"], capture_output=True).returncode == 0:
                break
            time.sleep(0.1)
        else:
            raise SystemExit(f"{command[0]} does not answer:\n{Path(log).read_text()}")
        yield f"unix://{socket}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def image():
    """A tar of busybox and what it is linked with."""
    path = shutil.which("busybox")
    linked = subprocess.run(["ldd", path], capture_output=True, text=True).stdout
    files = {"bin/busybox": path} | {lib.lstrip("/"): lib for lib in re.findall(r"(/\S+) \(", linked)}
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", dereference=True) as tar:
        for name, source in files.items():
            tar.add(source, name)
        for name in ("sh", "true", "sleep"):
            link = tarfile.TarInfo(f"bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(link)
    return data.getvalue()


def engines(folder):
    """The same lines of the same client to a real engine and to `drydock serve`."""
    ours, theirs = f"{folder}/drydock.sock", f"{folder}/docker.sock"
    real = ["dockerd", "--iptables=false", "--bridge=none", "--data-root", f"{folder}/data",
            "--exec-root", f"{folder}/exec", "-p", f"{folder}/pid", "-H", f"unix://{theirs}"]
    with ExitStack() as stack:
        hosts = [stack.enter_context(daemon([DRYDOCK, "serve", "-H", f"unix://{ours}"], ours, f"{folder}/ours.log")),
                 stack.enter_context(daemon(real, theirs, f"{folder}/theirs.log"))]
        run("docker", "pull", "busybox", host=hosts[0])
        run("docker", "import", "-", "busybox", host=hosts[1], data=image())
        none = ("--network", "none")
        context = Path(folder, "context")
        context.mkdir()
        steps = "".join(f"ENV N={n}\n" for n in range(STEPS))
        (context / "Dockerfile").write_text(f"FROM busybox\n{steps}")

        def compare(name, *command, runs=7, after=None):
            times = []
            for host in hosts:
                def once():
                    run("docker", *command, host=host)
                    if after:
                        run("docker", *after, host=host)
                once()
                times.append(median(once, runs))
            row(name, times[0], "engine", times[1])

        compare("`docker version`: the client itself", "version")
        compare("`docker run --rm busybox true`", "run", "--rm", *none, "busybox", "true")
        compare("`docker create` and `rm`", "create", "--name", "c", "busybox", "true", after=("rm", "c"))
        compare(f"`docker build`, {STEPS} steps from the cache", "build", "-q", str(context))
        for host in hosts:
            for _ in range(100):
                run("docker", "create", "busybox", "true", host=host)
        compare("`docker ps -a`, 100 containers", "ps", "-a")


@contextmanager
def overlay(folder, layers):
    """A mount of the kernel's overlayfs over so many layers that hold 127 files between them."""
    # The names are short: a mount's options may fill a page.
    base = Path(folder, str(layers))
    for file in range(127):
        below = base / str(file % layers)
        below.mkdir(parents=True, exist_ok=True)
        (below / f"f{file}").write_text(f"file {file}\n")
    for name in ("u", "w", "m"):
        (base / name).mkdir()
    lower = ":".join(str(layer) for layer in range(layers))
    mounted = f"lowerdir={lower},upperdir=u,workdir=w"
    subprocess.run(["mount", "-t", "overlay", "overlay", "-o", mounted, "m"], cwd=base, check=True)
    try:
        yield base / "m" / "f0"
    finally:
        subprocess.run(["umount", str(base / "m")], check=True)


def read_often(path):
    """Opens, reads and closes a file 20,000 times; the time of one."""
    def reads():
        for _ in range(20_000):
            file = os.open(path, os.O_RDONLY)
            os.read(file, 4096)
            os.close(file)
    return median(reads, 5) / 20_000


def main():
    print("| what | Drydock | instead | ratio |\n|---|---|---|---|")
    row(f"{SHELL_TURNS:,} turns of `i=$((i+1))`", median(lambda: run(DRYDOCK, "-c", LOOP), 3), "dash",
        median(lambda: run("dash", "-c", LOOP), 3))
    # A tmpfs: neither the machine's disk nor an overlay below an overlay counts.
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        engines(folder)
        print("\n| reads of a small file through layers of the kernel's overlayfs | time |\n|---|---|")
        for layers in LAYERS:
            with overlay(folder, layers) as path:
                print(f"| {layers} | {shown(read_often(path))} |")


if __name__ == "__main__":
    main()
