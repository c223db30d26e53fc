"""The runbook's script and `turnlock rotate`, in turn, on one stack."""

import datetime
import json
import re
import subprocess
import time
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import machine
from prober import Prober, look
from stack import PROJECT, TURNLOCK, Failed, run, service

HERE = Path(__file__).resolve().parent
SCRAPE_INTERVAL = 2.0  # monitoring/prometheus.yml

#: Which variable of the api each secret stands in.
VARIABLE = {"POSTGRES_PASSWORD": "DATABASE_URL"}


@dataclass
class Workload:
    name: str
    secrets: list
    accept: list = field(default_factory=list)


FIVE = ["JWT_SECRET", "SESSION_SECRET", "AGENT_ENROLLMENT_SECRET", "METRICS_SCRAPE_TOKEN", "POSTGRES_PASSWORD"]
KEYS = ["APP_ENCRYPTION_KEY", "MFA_ENCRYPTION_KEY"]
SESSIONS = ["JWT_SECRET", "SESSION_SECRET"]
WORKLOADS = [
    Workload("five secrets", FIVE, SESSIONS),
    Workload("POSTGRES_PASSWORD alone", ["POSTGRES_PASSWORD"]),
    Workload("all seven, with both migrations", FIVE + KEYS, SESSIONS + KEYS),
]


@dataclass
class Figures:
    """Of one run. Times in seconds."""

    verified: float
    total: float
    interruption: float
    login_failures: int
    refused: int
    failed_scrapes: int
    failed_scrapes_exporter: int
    steps: str


def measure(stack, workload, side, phase):
    settle()
    command = {
        "script": [HERE / "runbook", stack.dir, PROJECT, *workload.secrets],
        "turnlock": [TURNLOCK, "rotate", "--yes", *(f"--accept-impact={n}" for n in workload.accept), *workload.secrets],
    }[side]
    env = {"script": stack.operator, "turnlock": stack.agent}[side]
    before = stack.env_file()
    with Prober([VARIABLE.get(n, n) for n in workload.secrets]) as prober:
        time.sleep(0.3)
        await_phase(phase)
        began = time.time()
        done = subprocess.run([str(c) for c in command], env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        ended = time.time()
        if done.returncode != 0:
            raise Failed(f"{side} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        time.sleep(0.3)
    verified = prober.verified_at()
    if verified is None:
        raise Failed(f"{side} ended, but no api with new values became ready")
    check(stack, workload, before)
    if side == "script":
        # It wrote to Vault behind Turnlock's back: here its log takes note. Not timed.
        stack.turnlock("import")
    # The last scrape that the run can have harmed is in Prometheus by then.
    time.sleep(max(0.0, ended + 1.5 * SCRAPE_INTERVAL - time.time()))
    return Figures(
        verified=verified - began,
        total=ended - began,
        interruption=prober.interruption(),
        login_failures=login_failures(began, ended),
        refused=prober.count("refused"),
        failed_scrapes=failed_scrapes("breeze-api", began, ended),
        failed_scrapes_exporter=failed_scrapes("postgres", began, ended),
        steps=done.stdout,
    )


def settle():
    """Everything works and was left in peace for a moment."""
    deadline = time.time() + 60
    while not (look(service("api").address) == "ready" and all(up(job) for job in ("breeze-api", "postgres"))):
        if time.time() > deadline:
            raise Failed("the stack does not come to rest")
        time.sleep(0.2)
    machine.wait_until_idle()


def await_phase(phase):
    """Prometheus scrapes at fixed moments. What a run meets of them (how long it waits for the next, how many fail) must not
    be chance: it starts at this part of the interval after a scrape."""
    target = next(t for t in prometheus("targets", state="active")["activeTargets"] if t["labels"]["job"] == "breeze-api")
    scraped = datetime.datetime.fromisoformat(re.sub(r"(\.\d{6})\d*", r"\1", target["lastScrape"]).replace("Z", "+00:00"))
    passed = time.time() - scraped.timestamp()
    time.sleep((phase * SCRAPE_INTERVAL - passed) % SCRAPE_INTERVAL)


def check(stack, workload, before):
    """Whatever ran did its work: each secret is new, and the same in Vault and in the env file."""
    after, vault = stack.env_file(), stack.vault()
    for name in workload.secrets:
        value = vault.call("GET", f"secret/data/breeze/{name}")["data"]["data"]["value"]
        if not (value == after[name] != before[name]):
            raise Failed(f"{name} was not rotated everywhere")


# --- what others saw


def login_failures(began, ended):
    """Refused passwords of the role `breeze` in the server's own log, from any client that is a container. Turnlock's proofs
    try wrong passwords on purpose; they come from the host, which the database knows by the network's gateway."""
    gateway = service("postgres").gateway
    log = subprocess.run(["docker", "logs", "--since", f"{began - 1:.3f}", f"{PROJECT}-postgres-1"], capture_output=True, text=True)
    line = re.compile(r'(\d+\.\d+) (\S+) FATAL:  password authentication failed for user "breeze"')
    found = (line.match(text) for text in (log.stdout + log.stderr).splitlines())
    return sum(1 for m in found if m and began <= float(m[1]) <= ended and m[2] != gateway)


def prometheus(path, **query):
    url = f"http://{service('prometheus').address}:9090/api/v1/{path}?{urllib.parse.urlencode(query)}"
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5) as answer:
        return json.load(answer)["data"]


def up(job):
    targets = prometheus("targets", state="active")["activeTargets"]
    return any(t["labels"]["job"] == job and t["health"] == "up" for t in targets)


def failed_scrapes(job, began, ended):
    """The samples themselves, not what a query makes of them."""
    series = prometheus("query", query=f'up{{job="{job}"}}[2m]')["result"]
    last = ended + SCRAPE_INTERVAL
    return sum(1 for s in series for at, value in s["values"] if began <= at <= last and value == "0")


# --- all of it


def seed(stack):
    """Something to re-encrypt, and a log to write in."""
    for n in range(100):
        stack.api("POST", "/records", {"text": f"record {n}"})
        stack.api("POST", "/mfa/enroll", {"user": f"user{n}"})
    stack.turnlock("audit", "init")
    stack.turnlock("import")


def workload(stack, workload, runs, say):
    """The two sides in turn, each being the first of a pair about as often as the other; before that each once, uncounted.
    Both sides of a pair start at the same phase of the scrape interval, and the pairs at phases spread evenly over it."""
    figures = {"script": [], "turnlock": []}
    for number in range(runs + 1):
        order = ["script", "turnlock"] if number % 2 else ["turnlock", "script"]
        for side in order:
            f = measure(stack, workload, side, phase=(number - 0.5) / runs % 1)
            counted = number > 0
            if counted:
                figures[side].append(f)
            say(f"  {'run ' + str(number) if counted else 'warm-up'}  {side:8}  verified {f.verified:6.2f} s  command {f.total:6.2f} s")
    return figures


def clean(stack):
    """At the end no place has drifted, whoever wrote last."""
    run(TURNLOCK, "drift", env=stack.agent)
