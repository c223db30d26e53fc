"""Looks at the api from outside, in the same way whatever rotates it.

Every look is `/health/ready`, for which the api logs in to the database afresh with the password that it was given: the
login of a consumer, 20 times a second. From the moment the api's container ends until the new one is ready it is 100 times.
"""

import http.client
import json
import socket
import threading
import time
import urllib.parse

from stack import PROJECT, UnixConnection, container, service

USUAL, CLOSELY = 0.05, 0.01


class Prober:
    """`with Prober(variables) as prober:` around a rotation of secrets that stand in these variables of the api."""

    def __init__(self, variables):
        self.before = service("api")
        self.variables = variables
        self.looks = []  # (time, what was seen, by a container with new values)
        self._now = (self.before, False)
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=f, daemon=True) for f in (self._look, self._follow)]

    def __enter__(self):
        self._events = self._listen()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._events.sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _listen(self):
        labels = [f"com.docker.compose.project={PROJECT}", "com.docker.compose.service=api", "com.docker.compose.oneoff=False"]
        filters = json.dumps({"type": ["container"], "event": ["start", "die"], "label": labels})
        connection = UnixConnection("docker")
        connection.request("GET", "/events?filters=" + urllib.parse.quote(filters))
        self._stream = connection.getresponse()
        return connection

    def _follow(self):
        """Which container is the api now, by the engine's events."""
        for line in self._stream:
            event = json.loads(line)
            if event["Action"] == "start":
                found = container(event["id"])
                self._now = (found, all(found.env[v] != self.before.env[v] for v in self.variables))
            elif self._now[0] and self._now[0].id == event["id"]:
                self._now = (None, False)

    def _look(self):
        while not self._stop.is_set():
            now, changed = self._now
            seen = look(now.address) if now else "refused"
            self.looks.append((time.time(), seen, changed))
            settled = seen == "ready" and (changed or now.id == self.before.id)
            same = now is not None and now.id == self.before.id
            self._stop.wait(USUAL if settled or same else CLOSELY)

    def verified_at(self):
        """When an api with new values first said that it is ready."""
        return next((at for at, seen, changed in self.looks if seen == "ready" and changed), None)

    def interruption(self):
        """The longest time between two looks at which it was ready."""
        ready = [at for at, seen, _ in self.looks if seen == "ready"]
        return max((b - a for a, b in zip(ready, ready[1:])), default=0.0)

    def count(self, what):
        return sum(1 for _, seen, _ in self.looks if seen == what)


def look(address):
    connection = http.client.HTTPConnection(address, 3000)
    try:
        # An address that nobody has any more would not even refuse.
        connection.sock = socket.create_connection((address, 3000), timeout=0.1)
        connection.sock.settimeout(2)
        connection.request("GET", "/health/ready")
        return "ready" if connection.getresponse().status == 200 else "not ready"
    except (OSError, http.client.HTTPException):
        return "refused"
    finally:
        connection.close()
