"""A template that reads 1,000 secrets: `turnlock render` and `bao agent`, in turn, from the same Vault."""

import os
import subprocess
import sys
from dataclasses import dataclass

import machine
import policy
from stack import TURNLOCK, Failed

SECRETS = 1000
MOUNT, PREFIX, ROLE = "secret", "bench", "bench"


@dataclass
class Figures:
    seconds: float
    megabytes: float


class Template:
    def __init__(self, stack):
        self.home = stack.home / "template"
        self.home.mkdir()
        self.names = [f"S{n:04}" for n in range(SECRETS)]
        self.out = {side: self.home / f"{side}.out" for side in ("turnlock", "agent")}
        self._fill_vault(stack)
        policy.write(self.home, PREFIX, self.names)
        self._write_agent_settings(stack)
        base = {k: v for k, v in stack.agent.items() if k != "OTEL_EXPORTER_OTLP_ENDPOINT"}
        login = {"VAULT_ROLE_ID": self.role_id, "VAULT_SECRET_ID_FILE": str(self.home / "secret-id")}
        self.env = base | login | {"TURNLOCK_POLICY": str(self.home / "policy.toml")}

    def _fill_vault(self, stack):
        vault = stack.vault()
        for name in self.names:
            vault.call("POST", f"{MOUNT}/data/{PREFIX}/{name}", {"data": {"value": os.urandom(32).hex()}})
        allowed = f'path "{MOUNT}/data/{PREFIX}/*" {{ capabilities = ["read"] }}'
        vault.call("PUT", f"sys/policies/acl/{ROLE}", {"policy": allowed})
        vault.call("POST", f"auth/approle/role/{ROLE}", {"token_policies": [ROLE]})
        self.role_id = vault.call("GET", f"auth/approle/role/{ROLE}/role-id")["data"]["role_id"]
        secret_id = vault.call("POST", f"auth/approle/role/{ROLE}/secret-id")["data"]["secret_id"]
        self._write("role-id", self.role_id)
        self._write("secret-id", secret_id)

    def _write_agent_settings(self, stack):
        self._write("agent.hcl", f"""exit_after_auth = true
vault {{ address = "{stack.agent['VAULT_ADDR']}" }}
auto_auth {{
  method "approle" {{
    config = {{
      role_id_file_path = "{self.home}/role-id"
      secret_id_file_path = "{self.home}/secret-id"
      remove_secret_id_file_after_reading = false
    }}
  }}
}}
template {{
  source = "{self.home}/env.tmpl"
  destination = "{self.out['agent']}"
  perms = "0600"
}}
""")

    def _write(self, name, text):
        with open(os.open(self.home / name, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(text)

    def measure(self, side):
        command = {
            "turnlock": [TURNLOCK, "render", "env", "--out", self.out["turnlock"]],
            "agent": ["bao", "agent", f"-config={self.home}/agent.hcl", "-log-level=error"],
        }[side]
        self.out[side].unlink(missing_ok=True)
        return measured([str(c) for c in command], self.env)

    def check(self):
        """Both wrote the same bytes, and all of them."""
        texts = [path.read_bytes() for path in self.out.values()]
        if texts[0] != texts[1] or texts[0].count(b"\n") != SECRETS or b"''" in texts[0]:
            raise Failed("the two did not render the same file")


#: A process's peak is also that of what it was forked from, so it is forked from something small; see `floor`.
LAUNCHER = """
import os, sys, time
began = time.monotonic()
pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(pid, 0)
print(time.monotonic() - began, usage.ru_maxrss, os.waitstatus_to_exitcode(status))
"""


def measured(command, env):
    launched = subprocess.run(
        [sys.executable, "-I", "-S", "-c", LAUNCHER, *command], env=env, capture_output=True, text=True
    )
    lines = launched.stdout.split()
    if launched.returncode != 0 or lines[-1] != "0":
        raise Failed(f"`{' '.join(command[:3])}` failed:\n{launched.stdout}{launched.stderr}")
    return Figures(seconds=float(lines[-3]), megabytes=int(lines[-2]) / 1024)


def floor(env):
    """What a program that needs nothing seems to need."""
    return measured(["true"], env).megabytes


def compare(stack, runs, say):
    template = Template(stack)
    figures = {"agent": [], "turnlock": []}
    for number in range(runs + 1):
        order = ["agent", "turnlock"] if number % 2 else ["turnlock", "agent"]
        for side in order:
            machine.wait_until_idle()
            f = template.measure(side)
            if number > 0:
                figures[side].append(f)
            say(f"  {'run ' + str(number) if number else 'warm-up'}  {side:8}  {f.seconds:6.3f} s  {f.megabytes:6.1f} MB")
        template.check()
    return figures, floor(template.env)
