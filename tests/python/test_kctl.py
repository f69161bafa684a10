# SPDX-License-Identifier: GPL-2.0-or-later
"""The Python module against the module of the kernel: tests/vm/suite/python.bats runs this in
a guest, as root, with src/python in PYTHONPATH and libkctl in LD_LIBRARY_PATH."""
import asyncio
import errno
import json
import os
import pwd
import socket
import subprocess
import time
import unittest

import kctl


def ping(address="127.0.0.1", count=1):
    subprocess.run(["ping", "-q", "-n", "-c", str(count), "-i", "0.01", address], check=True,
                   stdout=subprocess.DEVNULL)


def tool(*words):
    return json.loads(subprocess.run(["kctl", "-j", *words], check=True,
                                     capture_output=True).stdout)


def as_nobody(function):
    """Return whether a process of nobody reached the end of the function."""
    pid = os.fork()
    if not pid:
        try:
            os.setgroups([])
            os.setuid(pwd.getpwnam("nobody").pw_uid)
            function()
            os._exit(0)
        except PermissionError:
            os._exit(13)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


class StoreTest(unittest.TestCase):
    def setUp(self):
        self.store = kctl.Store()
        self.store.replace({})

    def tearDown(self):
        self.store.replace({})
        self.store.close()

    def raises(self, number, function, *args, **how):
        with self.assertRaises(OSError) as caught:
            function(*args, **how)
        self.assertEqual(caught.exception.errno, number)
        return str(caught.exception)

    def test_entries(self):
        store, values = self.store, {"a": b"", "b/c": bytes(range(256)), "d": b"x" * 65535}
        for name, value in values.items():
            store[name] = value
        store["e"] = "Grüße"
        self.assertEqual(list(store), ["a", "b/c", "d", "e"])
        self.assertEqual(len(store), 4)
        for name, value in values.items():
            self.assertEqual(store[name], value)
        self.assertEqual(store["e"].decode(), "Grüße")
        self.assertIn("a", store)
        self.assertNotIn("z", store)
        generation = store.info().generation
        entry = store.get("e")
        self.assertEqual((entry.name, entry.generation, entry.public), ("e", generation, False))
        self.assertLess(abs(entry.changed / 1e9 - time.time()), 60)
        del store["a"]
        with self.assertRaises(KeyError):
            store["a"]
        with self.assertRaises(KeyError):
            del store["a"]
        self.raises(errno.ENOENT, store.delete, "a")

    def test_refusals(self):
        store = self.store
        store.set("a", "1", create=True)
        self.assertIsInstance(self.raises(errno.EEXIST, store.set, "a", "2", create=True), str)
        old = store.get("a").generation
        store.set("a", "2", generation=old)
        self.raises(errno.ESTALE, store.set, "a", "3", generation=old)
        self.raises(errno.ESTALE, store.delete, "a", generation=old)
        self.raises(errno.ESTALE, store.replace, {"b": "1"}, generation=old)
        for name in "", "x" * 64, "ä", "a b":
            self.raises(errno.EINVAL, store.set, name, "1")
            self.raises(errno.EINVAL, store.replace, {name: "1"})
        for call in store.get, store.delete, store.__getitem__:
            self.assertRaises(ValueError, call, "a\0b")
        self.assertRaises(ValueError, store.set, "a\0b", "1")
        self.assertRaises(ValueError, store.replace, {"a\0b": "1"})
        self.raises(errno.EMSGSIZE, store.set, "a", bytes(65536))
        self.assertEqual(store["a"], b"2")
        store.close()
        store.close()
        self.assertRaises(ValueError, store.get, "a")
        self.store = kctl.Store()

    def test_replace(self):
        values = {"n%d" % i: b"v" * i for i in range(500)}
        self.store.replace(values)
        entries = self.store.entries()
        self.assertEqual({e.name: e.value for e in entries}, values)
        self.assertEqual(len({e.generation for e in entries}), 1)
        self.store.replace({"z": "1"}, generation=entries[0].generation)
        self.assertEqual(list(self.store), ["z"])

    def test_permissions(self):
        self.store.set("open", "1", public=True)
        self.store.set("shut", "1")
        self.assertTrue(self.store.get("open").public)
        self.assertEqual(as_nobody(lambda: kctl.Store().get("open")), 0)
        self.assertEqual(as_nobody(lambda: kctl.Store().get("shut")), 13)
        self.assertEqual(as_nobody(lambda: kctl.Store().set("open", "2")), 13)

    def test_changes(self):
        with kctl.Changes() as changes:
            self.assertEqual(changes.read(), [])
            self.assertFalse(changes.wait(0))
            self.store["a"] = "1"
            del self.store["a"]
            self.store.replace({"b": "2"})
            seen = []
            for change in changes:
                seen.append(change)
                if len(seen) == 3:
                    break
        self.assertEqual([(c.action, c.name) for c in seen],
                         [(kctl.Action.SET, "a"), (kctl.Action.DELETE, "a"),
                          (kctl.Action.REPLACE, "")])
        self.assertEqual([c.generation - seen[0].generation for c in seen], [0, 1, 2])
        self.assertEqual({(c.uid, c.pid) for c in seen}, {(0, os.getpid())})
        self.assertTrue(seen[0].command)

    def test_lost_changes(self):
        """The changes that arrived come first, then the error, then later changes."""
        with kctl.Changes() as changes:
            for number in range(30000):
                self.store["a"] = str(number)
            received = []
            with self.assertRaises(OSError) as caught:
                while True:
                    received += changes.read()
            self.assertEqual(caught.exception.errno, errno.ENOBUFS)
            while changes.wait(0):
                received += changes.read()
            self.store["last"] = "1"
            self.assertTrue(changes.wait(10))
            self.assertEqual(changes.read()[-1].name, "last")
        self.assertLess(len(received), 30000)


class WatchTest(unittest.TestCase):
    def test_packets(self):
        with kctl.watch(host="127.0.0.1") as packets:
            ping()
            seen = []
            for packet in packets:
                seen.append(packet)
                if len(seen) == 4:
                    break
        self.assertEqual([(p.direction, p.data[20]) for p in seen],
                         [(kctl.Direction.OUT, 8), (kctl.Direction.IN, 8),
                          (kctl.Direction.OUT, 0), (kctl.Direction.IN, 0)])
        self.assertEqual([(p.seq, p.lost) for p in seen], [(n, 0) for n in range(1, 5)])
        self.assertEqual({(p.source, p.destination, p.family, p.length, len(p.data),
                           p.interface) for p in seen},
                         {("127.0.0.1", "127.0.0.1", socket.AF_INET, 84, 84,
                           socket.if_nametoindex("lo"))})

    def test_ipv6_and_snaplen(self):
        with kctl.Watch(family=socket.AF_INET6, types6=[128], direction=kctl.Direction.OUT,
                        snaplen=44) as packets:
            ping("::1")
            ping()
            [packet] = self.wait_for(packets, 1)
        self.assertEqual((packet.source, packet.destination, packet.length, len(packet.data)),
                         ("::1", "::1", 104, 44))

    @staticmethod
    def wait_for(packets, count):
        seen = []
        while len(seen) < count and packets.wait(10):
            seen += packets.read()
        return seen

    def test_filter(self):
        """The kernel lists the requested filter, so the structures agree."""
        with kctl.Watch(src="10.0.0.0/8", dst="10.1.2.3", dev="lo", types4=[0, 8, 11],
                        direction=kctl.Direction.IN, code=3, sample=7, snaplen=100,
                        coalesce=0.02):
            [have] = tool("watch", "list")
        wanted = {"src": "10.0.0.0/8", "dst": "10.1.2.3", "interface": "lo", "code": 3, "sample": 7,
                  "snaplen": 100, "direction": "in"}
        self.assertEqual({key: have.get(key) for key in wanted}, wanted, have)
        for bad in {"host": "nonsense"}, {"src": "10.0.0.1/8"}, {"dst": ""}:
            self.assertRaises(ValueError, kctl.Watch, **bad)
        self.assertRaises(OSError, kctl.Watch, dev="no-such-device")
        self.assertRaises(ValueError, kctl.Watch, types4=range(257))

    def test_counters(self):
        with kctl.Watch(types4=[8], direction=kctl.Direction.OUT) as packets:
            ping(count=5)
            rest, matched, lost = packets.stop()
            self.assertEqual((len(rest), matched, lost), (5, 5, 0))
        self.assertEqual(as_nobody(kctl.Watch), 13)

    def test_asyncio(self):
        async def take(packets, count):
            seen = []
            async for packet in packets:
                seen.append(packet.data[20])
                if len(seen) == count:
                    return seen

        async def main():
            with kctl.Watch(family=socket.AF_INET) as packets:
                taking = asyncio.create_task(take(packets, 8))
                await asyncio.to_thread(ping, count=2)
                return await asyncio.wait_for(taking, 20)

        self.assertEqual(asyncio.run(main()), [8, 8, 0, 0] * 2)


class ChannelTest(unittest.TestCase):
    def test_messages(self):
        with kctl.Channel(7) as channel:
            self.assertIsNone(channel.try_receive())
            for data in b"", b"abc", bytes(range(256)) * 256, b"x" * 100000:
                channel.send(data)
            for data in b"", b"abc", bytes(range(256)) * 256, b"x" * 100000:
                message = channel.receive()
                self.assertEqual(message.data, data)
                self.assertEqual((message.pid, message.uid, message.sender_channel),
                                 (os.getpid(), 0, 7))
                self.assertLess(abs(message.time / 1e9 - time.time()), 60)
            with self.assertRaises(TimeoutError):
                channel.receive(timeout=0.05)
            with self.assertRaises(OSError) as caught:
                channel.send(bytes(1 << 21))
            self.assertEqual(caught.exception.errno, errno.EMSGSIZE)

    def test_names(self):
        subprocess.run(["kctl", "proto", "set", "--channel", "7", "--name", "jobs"], check=True)
        with kctl.Channel("jobs") as channel:
            self.assertEqual(channel.number, 7)
            channel.send("one", to="jobs")
            self.assertEqual(channel.receive(1).data, b"one")
            with self.assertRaises(FileNotFoundError):
                channel.send("two", to="work")
        with self.assertRaises(FileNotFoundError):
            kctl.Channel("work")
        subprocess.run(["kctl", "proto", "delete", "--channel", "jobs"], check=True)

    def test_full(self):
        with kctl.Channel(7) as channel:
            with self.assertRaises(BlockingIOError):
                while True:
                    channel.send("x" * 4000, timeout=0)
            with self.assertRaises(TimeoutError):
                channel.send("x" * 4000, timeout=0.05)
            while channel.read():
                pass

    def test_picked(self):
        with kctl.Channel() as one, kctl.Channel() as two:
            self.assertNotEqual(one.number, two.number)
            one.send("question", to=two.number)
            two.send("answer", to=two.receive().sender_channel)
            self.assertEqual(one.receive(timeout=10).data, b"answer")

    def test_hold(self):
        with kctl.Channel(7, hold=2, exclusive=True) as channel:
            for text in "one", "two", "three":
                channel.send(text)
            first, second = channel.receive(), channel.receive()
            self.assertIsNone(channel.try_receive())
            self.assertEqual((first.deliveries, first.deadline), (1, 0))
            second.release()
            first.done()
            with self.assertRaises(ZeroDivisionError):
                with channel.receive() as message:
                    self.assertEqual((message.data, message.deliveries), (b"two", 1))
                    raise ZeroDivisionError
            with channel.receive() as message:
                self.assertEqual((message.data, message.deliveries), (b"two", 2))
            third = channel.receive()
            third.retry(delay=0.05)
            third.done()
            with channel.receive(timeout=20) as message:
                self.assertEqual((message.data, message.deliveries), (b"three", 2))
            self.assertIsNone(channel.try_receive())
            self.assertRaises(OSError, kctl.Channel, 7)

    def test_dead(self):
        for words in ["--channel", "8"], ["--channel", "7", "--dead-letter", "8"]:
            subprocess.run(["kctl", "proto", "set", *words], check=True)
        with kctl.Channel(7, hold=1) as channel, kctl.Channel(8) as other:
            channel.send("one")
            message = channel.receive()
            self.assertEqual((message.dead_from, message.dead_deliveries, message.dead_why),
                             (0, 0, None))
            message.dead()
            self.assertIsNone(channel.try_receive())
            message = other.receive(timeout=10)
            self.assertEqual((message.data, message.dead_from, message.dead_deliveries,
                              message.dead_why), (b"one", 7, 1, "settled"))
        for number in "7", "8":
            subprocess.run(["kctl", "proto", "delete", "--channel", number], check=True)

    def test_hold_time(self):
        with kctl.Channel(7, hold=1, hold_time=0.05) as channel:
            channel.send("x")
            late = channel.receive()
            self.assertGreater(late.deadline, 0)
            with kctl.Channel(7, hold=1, hold_time=1000) as other:
                again = other.receive(timeout=20)
                self.assertEqual(again.deliveries, 2)
                for call in late.done, late.extend:
                    with self.assertRaises(OSError) as caught:
                        call()
                    self.assertEqual(caught.exception.errno, errno.ESTALE)
                again.extend()
                again.done()

    def test_killed(self):
        readable, writable = os.pipe()
        pid = os.fork()
        if not pid:
            channel = kctl.Channel(7, hold=1)
            channel.send("work")
            channel.receive()
            os.write(writable, b"x")
            time.sleep(1000)
        os.read(readable, 1)
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        with kctl.Channel(7) as channel:
            self.assertEqual(channel.receive(timeout=10).data, b"work")
        os.close(readable)
        os.close(writable)

    def test_asyncio(self):
        async def work(channel, done):
            async for message in channel:
                with message:
                    done.append(message.data)
                if len(done) == 20:
                    return

        async def main():
            done = []
            with kctl.Channel(7, hold=1) as one, kctl.Channel(7, hold=1) as two:
                tasks = [asyncio.create_task(work(channel, done)) for channel in (one, two)]
                await asyncio.sleep(0)
                for number in range(20):
                    one.send(str(number))
                await asyncio.wait(tasks, timeout=20, return_when=asyncio.FIRST_COMPLETED)
                for task in tasks:
                    task.cancel()
            return done

        self.assertEqual(sorted(map(int, asyncio.run(main()))), list(range(20)))


if __name__ == "__main__":
    unittest.main()
