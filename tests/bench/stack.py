"""A stack of its own to measure on: a copy of docker/stack under another project name, with a policy that points at it."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
PROJECT = "turnlock-bench"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "turnlock"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR") or REPO / "target")
TURNLOCK = TARGET / "release" / "turnlock"


class Failed(Exception):
    """A command that has to succeed did not."""


def run(*command, env=None, text=None, cwd=REPO):
    """Runs a command to its end; its output is shown only if it fails."""
    done = subprocess.run([str(c) for c in command], cwd=cwd, env=env, input=text, text=True, capture_output=True)
    if done.returncode != 0:
        raise Failed(f"`{' '.join(str(c) for c in command)}` ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def plain_environment():
    """This one's, without proxies and logins, and with the programs that docker/setup fetched."""
    base = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy") and not k.startswith("VAULT_")}
    return base | {"PATH": f"{CACHE}/bin:{base['PATH']}"}


class UnixConnection(http.client.HTTPConnection):
    """HTTP over the engine's socket."""

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://"))


def engine(path):
    connection = UnixConnection("docker", timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise Failed(f"the engine answered {answer.status} to {path}")
    return json.loads(body)


class Container:
    """What one look at a container told."""

    def __init__(self, inspected):
        self.id = inspected["Id"]
        self.env = dict(pair.split("=", 1) for pair in inspected["Config"]["Env"])
        networks = list(inspected["NetworkSettings"]["Networks"].values())
        self.address = networks[0]["IPAddress"] if networks else ""
        self.gateway = networks[0]["Gateway"] if networks else ""


def container(id_or_name):
    return Container(engine(f"/containers/{id_or_name}/json"))


def service(name):
    return container(f"{PROJECT}-{name}-1")


class Stack:
    def __enter__(self):
        self.home = Path(tempfile.mkdtemp(prefix="turnlock-bench-"))
        self.dir = self.home / "stack"
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        run(REPO / "docker/stack/down", self.dir, PROJECT)
        shutil.rmtree(self.home)

    def _start(self):
        self.dir.mkdir()
        shutil.copytree(REPO / "docker/stack/docker", self.dir / "docker")
        (self.dir / "monitoring").mkdir()
        shutil.copy(REPO / "docker/stack/monitoring/prometheus.yml", self.dir / "monitoring")
        shutil.copytree(REPO / "policies", self.home / "policies")
        policy = self.home / "policies/rotation/breeze.toml"
        lines = policy.read_text().splitlines(keepends=True)
        ours = {"root = ": f'root = "{self.dir}"\n', "project = ": f'project = "{PROJECT}"\n'}
        policy.write_text("".join(next((new for start, new in ours.items() if l.startswith(start)), l) for l in lines))
        # What an interrupted run of this benchmark left behind.
        run(REPO / "docker/stack/down", self.dir, PROJECT)
        run("env", f"TURNLOCK_POLICY={policy}", REPO / "docker/stack/up", self.dir, PROJECT)
        self._read_environment(policy)
        self._log_clients()
        self._leave_writes_unchecked()

    def _read_environment(self, policy):
        shown = run("bash", "-c", f'. "{self.dir}/.state/env" && env -0')
        added = dict(pair.split("=", 1) for pair in shown.split("\0") if "=" in pair)
        base = plain_environment()
        names = ["VAULT_ADDR", "VAULT_ROLE_ID", "VAULT_SECRET_ID_FILE", "TURNLOCK_AUDIT_URL", "OTEL_EXPORTER_OTLP_ENDPOINT"]
        #: For Turnlock: it logs in by AppRole, sends traces and writes its log, as in production.
        self.agent = base | {name: added[name] for name in names} | {"TURNLOCK_POLICY": str(policy)}
        root = json.loads((self.dir / ".state/vault-init.json").read_text())["root_token"]
        #: For the operator of the runbook: logged in already.
        self.operator = base | {"VAULT_ADDR": added["VAULT_ADDR"], "VAULT_TOKEN": root}

    def _log_clients(self):
        """Each line of the server's log begins with the time and the client's address."""
        sql = "ALTER SYSTEM SET log_line_prefix = '%n %h '; SELECT pg_reload_conf();"
        run("docker", "exec", "-i", f"{PROJECT}-postgres-1", "psql", "-q", "-U", "postgres", "-d", "breeze", text=sql)

    def _leave_writes_unchecked(self):
        """The runbook's operator writes without check-and-set, which `turnlock setup vault` has made Vault refuse."""
        vault = self.vault()
        for name in vault.call("LIST", "secret/metadata/breeze")["data"]["keys"]:
            vault.call("POST", f"secret/metadata/breeze/{name}", {"cas_required": False})

    def turnlock(self, *args):
        return run(TURNLOCK, *args, env=self.agent)

    def api(self, method, path, body):
        connection = http.client.HTTPConnection(service("api").address, 3000, timeout=10)
        connection.request(method, path, json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        if answer.status >= 300:
            raise Failed(f"the api answered {answer.status} to {path}")
        return json.loads(answer.read())

    def vault(self):
        return Vault(self.operator["VAULT_ADDR"], self.operator["VAULT_TOKEN"])

    def env_file(self):
        lines = (line.partition("=") for line in (self.dir / ".env.prod").read_text().splitlines() if "=" in line)
        return {key: value.strip("'") for key, _, value in lines if not key.startswith("#")}


class Vault:
    """As the operator, over one kept connection."""

    def __init__(self, address, token):
        self.connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=30)
        self.token = token

    def call(self, method, path, body=None):
        headers = {"X-Vault-Token": self.token}
        self.connection.request(method, f"/v1/{path}", None if body is None else json.dumps(body), headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise Failed(f"Vault answered {answer.status} to {method} {path}")
        return json.loads(text) if text else {}
