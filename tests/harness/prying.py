#!/usr/bin/env python3
"""Another user of this host looks over a process's shoulder, and into files.

prying.py PID FOLDER...   everything that can be read, on standard output; what was refused and what was not, as JSON on
                          standard error
prying.py own             the same of a process of one's own, whose environment has the text that is on standard input:
                          a look that finds nothing there proves nothing elsewhere
"""

import ctypes
import json
import os
import socket
import subprocess
import sys

LIBC = ctypes.CDLL(None, use_errno=True)
ATTACH, DETACH = 16, 17
LARGEST = 64 << 20
verdict = {"refused": [], "open": []}


def tried(what, is_open):
    verdict["open" if is_open else "refused"].append(what)


def read(path):
    """Whether it could be opened; what is in it is told."""
    try:
        with open(path, "rb", buffering=0) as file:
            try:
                sys.stdout.buffer.write((file.read(LARGEST) or b"") + b"\n")
            except OSError:
                pass  # opened, and nothing is at its beginning: a process's memory
        return True
    except OSError:
        return False


def process(pid):
    for name in ["cmdline", "status", "environ", "mem", "maps", "smaps", "auxv", "io", "syscall"]:
        tried(name, read(f"/proc/{pid}/{name}"))
    for name in ["cwd", "root", "exe"]:
        try:
            tried(name, bool(os.readlink(f"/proc/{pid}/{name}")))
        except OSError:
            tried(name, False)
    for name in ["fd", "map_files"]:
        try:
            for entry in os.listdir(f"/proc/{pid}/{name}"):
                read(f"/proc/{pid}/{name}/{entry}")
            tried(name, True)
        except OSError:
            tried(name, False)
    attached = LIBC.ptrace(ATTACH, pid, None, None) == 0
    if attached:
        os.waitpid(pid, 0x40000000)
        LIBC.ptrace(DETACH, pid, None, None)
    tried("ptrace", attached)
    tried("process_vm_readv", reads_memory(pid))


def reads_memory(pid):
    """Nothing is at that address; whoever may look is told so."""
    piece = (ctypes.c_size_t * 2)(ctypes.addressof(ctypes.create_string_buffer(8)), 8)
    nowhere = (ctypes.c_size_t * 2)(8, 8)
    LIBC.process_vm_readv(pid, piece, 1, nowhere, 1, 0)
    return ctypes.get_errno() == 14  # EFAULT, not EPERM


def engine():
    try:
        with socket.socket(socket.AF_UNIX) as it:
            it.connect("/var/run/docker.sock")
        return True
    except OSError:
        return False


def everything_in(folder):
    for at, _, files in os.walk(folder):
        for file in files:
            path = os.path.join(at, file)
            if os.path.isfile(path):
                read(path)


def main():
    if sys.argv[1] == "own":
        text = sys.stdin.read()
        with subprocess.Popen(["sleep", "60"], env={"PATH": os.environ["PATH"], "OWN": text}) as own:
            while not os.path.exists(f"/proc/{own.pid}/exe") or b"sleep" not in open(f"/proc/{own.pid}/cmdline", "rb").read():
                pass
            process(own.pid)
            own.kill()
    else:
        process(int(sys.argv[1]))
        tried("the engine's socket", engine())
        for pid in filter(str.isdigit, os.listdir("/proc")):
            read(f"/proc/{pid}/cmdline")
            read(f"/proc/{pid}/environ")
        for folder in sys.argv[2:]:
            everything_in(folder)
    sys.stdout.buffer.flush()
    json.dump(verdict, sys.stderr)


main()
