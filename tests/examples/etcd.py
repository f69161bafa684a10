#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Keep the stores of several hosts equal through etcd.

    etcd.py [--prefix /kctl/] [--url http://localhost:2379]

Each host runs one for its store. The entry motd is the key /kctl/private/motd, or
/kctl/public/motd if any user may read it. The value of the key is the value of the entry.

A change is written to the other side only if the other side has not changed since both were
equal: etcd compares the mod_revision of the keys, and the kernel compares the generation of the
entry. If both sides have changed, the value of etcd wins. While etcd is unreachable, changes
wait in the store.

A file in /run records the versions that were equal. Like the store, it does not survive a
reboot. After a reboot, an entry that both sides have gets the value of etcd, and an entry that
only the store has is new. It needs python3-kctl and etcd 3.4 or later."""
import argparse
import base64
import contextlib
import errno
import http.client
import json
import os
import select
import signal
import ssl
import sys
import threading
import time
import urllib.request

import kctl

# Seconds: to wait for an answer of etcd; between two comparisons of both sides if no change is
# reported; until the next attempt after an error.
TIMEOUT, PERIOD, PAUSE = 10, 10, 2
# Folders of the keys, by Entry.public.
FOLDERS = "private/", "public/"
# The revisions of a name that etcd does not have.
NOTHING = (0, 0)
# The entry has changed since it was read.
CHANGED = {errno.ESTALE, errno.EEXIST, errno.ENOENT}
FAILURES = OSError, ValueError, http.client.HTTPException


def say(text):
    print("etcd.py: " + text, file=sys.stderr, flush=True)


def base64_of(data):
    return base64.b64encode(data).decode()


class Etcd:
    """The keys below a prefix, through the JSON gateway of etcd."""

    def __init__(self, url, prefix, cafile=None, cert=None, key=None):
        self._url, self._prefix = url.rstrip("/") + "/v3/", prefix.encode()
        self._tls = ssl.create_default_context(cafile=cafile)
        if cert:
            self._tls.load_cert_chain(cert, key)
        # The range of all keys with the prefix ends before this key.
        end = self._prefix[:-1] + bytes([self._prefix[-1] + 1])
        self._range = {"key": base64_of(self._prefix), "range_end": base64_of(end)}

    def _call(self, call, request, timeout=TIMEOUT):
        return urllib.request.urlopen(
            urllib.request.Request(self._url + call, json.dumps(request).encode()),
            timeout=timeout, context=self._tls if self._url.startswith("https") else None)

    def _key(self, name, public):
        return base64_of(self._prefix + (FOLDERS[public] + name).encode())

    def read(self):
        """{name: (revisions of the private and the public key, public, value)}"""
        with self._call("kv/range", self._range) as response:
            keys = json.load(response).get("kvs", [])
        found = {}
        # Another program may have written both keys of a name: the later one counts.
        for key in sorted(keys, key=lambda key: int(key["mod_revision"])):
            path = base64.b64decode(key["key"])[len(self._prefix):].decode(errors="replace")
            for public, folder in enumerate(FOLDERS):
                name = path.removeprefix(folder)
                if name != path:
                    revisions = list(found.get(name, (NOTHING,))[0])
                    revisions[public] = int(key["mod_revision"])
                    value = base64.b64decode(key.get("value", ""))
                    found[name] = tuple(revisions), bool(public), value
        return found

    def write(self, name, revisions, entry):
        """Write an entry, or delete it if ENTRY is None. Return the new revisions, or None if
        the keys do not have the given revisions."""
        changes = [{"request_delete_range": {"key": self._key(name, public)}}
                   for public in (False, True) if not entry or public != entry.public]
        if entry:
            changes.append({"request_put": {"key": self._key(name, entry.public),
                                            "value": base64_of(entry.value)}})
        compare = [{"key": self._key(name, public), "target": "MOD", "result": "EQUAL",
                    "mod_revision": revisions[public]} for public in (False, True)]
        with self._call("kv/txn", {"compare": compare, "success": changes}) as response:
            answer = json.load(response)
        if not answer.get("succeeded"):
            return None
        revision = int(answer["header"]["revision"]) if entry else 0
        return (0, revision) if entry and entry.public else (revision, 0)

    def follow(self, changed):
        """Call a function for each change, and whenever a new connection begins to watch,
        because changes before that may have been missed."""
        while True:
            with contextlib.suppress(*FAILURES), \
                    self._call("watch", {"create_request": self._range}, 6 * PERIOD) as answers:
                for _ in answers:
                    changed()
            time.sleep(PAUSE)


class Mirror:
    """A store and the keys of etcd. EQUAL has, for each name, the revisions of its keys and the
    version of its entry when both sides were equal."""

    def __init__(self, store, etcd, state):
        self._store, self._etcd, self._state = store, etcd, state
        self._equal, self._saved, self._refused = {}, None, {}
        with contextlib.suppress(FileNotFoundError), open(state, encoding="ascii") as file:
            self._equal = {name: (tuple(revisions), tuple(version))
                           for name, (revisions, version) in json.load(file).items()}

    @staticmethod
    def _version(entry):
        """Generations begin anew when the module is loaded. The time distinguishes them."""
        return (entry.generation, entry.changed) if entry else NOTHING

    def _to_store(self, name, entry, public, value):
        """Replace the entry that was read by the value of etcd, or delete it if VALUE is None.
        Return True if it cannot be written, because of a limit of this store or a name that the
        kernel refuses."""
        try:
            if value is None:
                self._store.delete(name, generation=entry.generation)
            elif entry:
                self._store.set(name, value, public=public, generation=entry.generation)
            else:
                self._store.set(name, value, public=public, create=True)
        except (OSError, ValueError) as error:
            if getattr(error, "errno", None) not in CHANGED:
                if self._refused.get(name) != str(error):
                    say("%r: %s" % (name, error))
                self._refused[name] = str(error)
                return True
        return False

    def _reconcile_name(self, name, entry, remote):
        """Make both sides of one name equal. Return False if they must be read again."""
        revisions, public, value = remote
        known, version = self._equal.get(name, (NOTHING, NOTHING))
        here, there = version != self._version(entry), known != revisions
        if (entry.public, entry.value) == (public, value) if entry else value is None:
            self._refused.pop(name, None)
        elif there:
            if here and entry:
                say("%r has changed here and in etcd: etcd's value stays" % name)
            return self._to_store(name, entry, public, value)
        elif here:
            revisions = self._etcd.write(name, revisions, entry)
            if revisions is None:
                return False
        self._equal[name] = revisions, self._version(entry)
        return True

    def reconcile(self):
        """Make both sides equal. Return False if one has changed meanwhile."""
        remote = self._etcd.read()
        local = {entry.name: entry for entry in self._store.entries()}
        complete = True
        try:
            for name in sorted({**self._equal, **remote, **local}):
                complete &= self._reconcile_name(name, local.get(name),
                                                 remote.get(name, (NOTHING, False, None)))
        finally:
            self._equal = {name: pair for name, pair in self._equal.items()
                           if pair != (NOTHING, NOTHING)}
            self._save()
        return complete

    def _save(self):
        if self._equal == self._saved:
            return
        with open(self._state + ".new", "w", encoding="ascii") as file:
            json.dump(self._equal, file)
        os.replace(self._state + ".new", self._state)
        self._saved = dict(self._equal)


def run(args):
    etcd = Etcd(args.url, args.prefix, args.cacert, args.cert, args.key)
    wake = os.eventfd(0, os.EFD_NONBLOCK)
    threading.Thread(target=etcd.follow, args=(lambda: os.eventfd_write(wake, 1),),
                     daemon=True).start()
    with kctl.Store() as store, kctl.Changes() as changes:
        mirror, failure = Mirror(store, etcd, args.state), None
        while True:
            with contextlib.suppress(BlockingIOError):
                os.eventfd_read(wake)
            # Both sides are read completely, so lost events do not matter.
            with contextlib.suppress(OSError):
                changes.read()
            try:
                while not mirror.reconcile():
                    pass
                if failure != "":
                    say("the store and etcd are equal")
                failure, timeout = "", PERIOD
            except FAILURES as error:
                if failure != str(error):
                    say(str(error))
                failure, timeout = str(error), PAUSE
            select.select([wake, changes], [], [], timeout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--url", default="http://localhost:2379", help="where etcd listens")
    parser.add_argument("--prefix", default="/kctl/", help="prefix of the keys")
    parser.add_argument("--state", default="/run/kctl-etcd.json",
                        help="file that records what was equal; each store needs its own")
    parser.add_argument("--cacert", help="file with the certificates of the authorities")
    parser.add_argument("--cert", help="file with the certificate of the client")
    parser.add_argument("--key", help="file with the key of the client")
    args = parser.parse_args()
    if not args.prefix:
        parser.error("the prefix is empty: all keys would be entries")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    run(args)


main()
