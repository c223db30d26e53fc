"""A stack without a container, whose policy has many secrets."""

import os


def write(home, stack, names, rendered=True):
    """`policy.toml` with what it names. `rendered`: all secrets stand in one file, `stack.env`; else in Vault alone."""

    def put(name, text):
        with open(os.open(home / name, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(text)

    read = '{{{{ with secret "secret/data/{s}/{n}" }}}}{{{{ .Data.data.value }}}}{{{{ end }}}}'
    lines = [f"{n}='{read.format(s=stack, n=n)}'\n" for n in names] if rendered else ["# nothing\n"]
    reads = ", ".join(f'"{n}"' for n in names) if rendered else ""
    entries = "".join(
        f'[secret.{n}]\ngenerator = {{ kind = "hex", bytes = 32 }}\nevery = "3 months"\nimpact = "none"\n' for n in names
    )
    put("env.tmpl", "".join(lines))
    put("compose.yml", "services: {}\n")
    put("policy.toml", f"""version = 1
[stack]
name = "{stack}"
root = "."
project = "{stack}"
compose = ["compose.yml"]
env_file = "env"
[vault]
mount = "secret"
prefix = "{stack}"
staging = "turnlock"
[file.env]
path = "stack.env"
template = "env.tmpl"
format = "env"
owner = {os.getuid()}
group = {os.getgid()}
mode = "0600"
reads = [{reads}]
{entries}""")
