"""An OpenBao of its own on raft storage, as in production but for TLS, and one stack's agent set up in it."""

import json
import os
import socket
import subprocess
import tempfile
import shutil
import time
from pathlib import Path

import policy
from stack import CACHE, TURNLOCK, Failed, Vault, plain_environment, run


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    def __enter__(self):
        self.home = Path(tempfile.mkdtemp(prefix="turnlock-bench-"))
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if getattr(self, "process", None):
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.home)

    def _start(self):
        port, cluster = free_port(), free_port()
        (self.home / "raft").mkdir()
        (self.home / "bao.hcl").write_text(
            f'storage "raft" {{ path = "{self.home}/raft"\n node_id = "one" }}\n'
            f'listener "tcp" {{ address = "127.0.0.1:{port}"\n tls_disable = true }}\n'
            f'api_addr = "http://127.0.0.1:{port}"\ncluster_addr = "http://127.0.0.1:{cluster}"\n'
        )
        log = open(self.home / "bao.log", "w")
        command = [CACHE / "bin/bao", "server", f"-config={self.home}/bao.hcl", "-log-level=error"]
        self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        self.address = f"http://127.0.0.1:{port}"
        made = self._patiently(lambda: Vault(self.address, "").call("PUT", "sys/init", {"secret_shares": 1, "secret_threshold": 1}))
        self.root = made["root_token"]
        Vault(self.address, "").call("PUT", "sys/unseal", {"key": made["keys_base64"][0]})
        vault = self.vault()
        self._patiently(lambda: vault.call("POST", "sys/mounts/secret", {"type": "kv", "options": {"version": "2"}}))
        self._patiently(lambda: vault.call("GET", "secret/config"))

    def _patiently(self, call):
        deadline = time.time() + 30
        while True:
            try:
                return call()
            except (OSError, Failed):
                if time.time() > deadline:
                    raise
                time.sleep(0.05)

    def vault(self):
        return Vault(self.address, self.root)


class Shop:
    """A policy of many secrets, without a container. `rendered`: all of them stand in one file, else in Vault alone."""

    def __init__(self, server, name, secrets, rendered):
        self.server, self.home, self.name = server, server.home / name, name
        self.names = [f"S{n:04}" for n in range(secrets)]
        self.home.mkdir()
        policy.write(self.home, name, self.names, rendered)
        self.env = plain_environment() | {
            "VAULT_ADDR": server.address,
            "VAULT_SECRET_ID_FILE": str(self.home / "secret-id"),
            "TURNLOCK_POLICY": str(self.home / "policy.toml"),
            "TURNLOCK_AUDIT_URL": f"sqlite://{self.home}/audit.db",
        }
        self._enroll(rendered)

    def _enroll(self, rendered):
        """As an administrator and the agent's user would."""
        self.turnlock("audit", "init")
        root = self.env | {"VAULT_TOKEN": self.server.root}
        made = json.loads(run(TURNLOCK, "setup", "vault", "--yes", "--json", env=root))
        self.env["VAULT_ROLE_ID"] = made["role_id"]
        run(TURNLOCK, "enroll", "--wrapped", "-", env=self.env, text=made["wrapped"])
        vault, values = self.server.vault(), {n: os.urandom(32).hex() for n in self.names}
        for name, value in values.items():
            vault.call("POST", f"secret/data/{self.name}/{name}", {"options": {"cas": 0}, "data": {"value": value}})
        run(TURNLOCK, "render", "env", "--out", self.home / "stack.env", env=self.env)
        if rendered:
            self.turnlock("import")

    def turnlock(self, *args):
        return run(TURNLOCK, *args, env=self.env)
