"""What it was measured on, and whether that was idle."""

import datetime
import os
import platform
import time

from stack import CACHE, run

#: Our own stack at rest needs a few hundredths.
IDLE = 0.9
PATIENCE = 300

busy_starts = 0


def describe(say):
    with open("/proc/cpuinfo") as cpuinfo:
        model = next((l.partition(":")[2].strip() for l in cpuinfo if l.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    bao = run(CACHE / "bin/bao", "version").split()[1]
    compose = run("docker", "compose", "version", "--short").strip()
    engine = run("docker", "version", "--format", "{{.Server.Version}}").strip()
    revision = run("git", "describe", "--always", "--dirty").strip()
    say(f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC, revision {revision}")
    say(f"{os.cpu_count()} cores {model}, {memory:.0f} GB, Linux {platform.release()}, load {os.getloadavg()[0]:.1f}")
    say(f"Docker {engine}, Compose {compose}, OpenBao {bao}; turnlock in the release profile")


def wait_until_idle():
    """A second in which hardly anything runs, before each run. What comes during it cannot be kept away."""
    global busy_starts
    deadline = time.time() + PATIENCE
    while time.time() < deadline:
        before = times()
        time.sleep(1)
        spent = [b - a for a, b in zip(before, times())]
        if (spent[3] + spent[4]) / sum(spent) >= IDLE:  # idle, and waiting for a disk
            return
    busy_starts += 1


def times():
    with open("/proc/stat") as stat:
        return [int(n) for n in stat.readline().split()[1:9]]
