#!/usr/bin/env python3
"""Writes tree.json: roots and proofs of RFC 6962, word by word as section 2.1 defines them.

Slow and recursive on purpose: it shares no idea with the implementation that it judges.
The inputs are the eight leaves that reference implementations of Certificate Transparency use.
"""
import hashlib, json, pathlib

LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657",
          "606162636465666768696a6b6c6d6e6f"]

def sha(data): return hashlib.sha256(data).digest()

def split(n):
    k = 1
    while k * 2 < n: k *= 2
    return k

def mth(d):
    if not d: return sha(b"")
    if len(d) == 1: return sha(b"\x00" + d[0])
    k = split(len(d))
    return sha(b"\x01" + mth(d[:k]) + mth(d[k:]))

def path(m, d):
    if len(d) == 1: return []
    k = split(len(d))
    return path(m, d[:k]) + [mth(d[k:])] if m < k else path(m - k, d[k:]) + [mth(d[:k])]

def subproof(m, d, b):
    if m == len(d): return [] if b else [mth(d)]
    k = split(len(d))
    if m <= k: return subproof(m, d[:k], b) + [mth(d[k:])]
    return subproof(m - k, d[k:], False) + [mth(d[:k])]

d = [bytes.fromhex(leaf) for leaf in LEAVES]
d += [bytes([n]) * n for n in range(len(d), 21)]  # a few more, past the next powers of two
sizes = range(1, len(d) + 1)
out = {
    "leaves": [leaf.hex() for leaf in d],
    "roots": [mth(d[:n]).hex() for n in range(len(d) + 1)],
    "inclusion": [{"index": m, "size": n, "proof": [h.hex() for h in path(m, d[:n])]}
                  for n in sizes for m in range(n)],
    "consistency": [{"old": m, "new": n, "proof": [h.hex() for h in subproof(m, d[:n], True)]}
                    for n in sizes for m in range(1, n + 1)],
}
lines = ",\n".join(f' "{name}": [\n' + ",\n".join("  " + json.dumps(item) for item in items) + "\n ]"
                   for name, items in out.items())
pathlib.Path(__file__).with_name("tree.json").write_text("{\n" + lines + "\n}\n")
