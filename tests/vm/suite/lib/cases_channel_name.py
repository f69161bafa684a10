# SPDX-License-Identifier: GPL-2.0-or-later
"""Names of channels."""
import os
import threading
from errno import EEXIST, EINVAL, ENOENT, EPERM

import abi
from abi import EPHEMERAL
from channel import Channel, Resolver
from genl import Genl, attr
from harness import case, check, child, new_netns, reap, sysctl

LONGEST = "n" * 63
GOOD = ["jobs", "a", "Z", "_", ".", ":", "/", "a/b:c.d-e_9", LONGEST]
BAD = ["9", "9jobs", "-", "-jobs", "a b", "a\n", "\x7f", "é", "a@b"]


def named(number, name, **attrs):
    return Genl().set_channel(number, name=name, **attrs)


def names():
    return Genl().channel_names()


def delete_all():
    genl = Genl()
    for number in genl.channel_names():
        genl.delete_channel(number)


@case
def life():
    """A name is set, resolved, listed, changed and removed, and ends with the channel."""
    genl, resolver = Genl(), Resolver()
    check.error(resolver.number_of("jobs"), ENOENT, "before there is a channel")
    check.error(genl.set_channel(5), 0, "set a channel")
    check.equal(names(), {5: None}, "no name at first")
    check.error(named(5, "jobs"), 0, "name it")
    check.equal((names(), resolver.number_of("jobs")), ({5: "jobs"}, 5), "its name")
    check.error(named(5, "jobs"), 0, "the name that it has")
    check.error(genl.set_channel(5, mode=0o640), 0, "set the mode alone")
    check.equal(names(), {5: "jobs"}, "the name stays")
    check.error(named(5, "work"), 0, "another name")
    check.equal((names(), resolver.number_of("work")), ({5: "work"}, 5), "the other name")
    check.error(resolver.number_of("jobs"), ENOENT, "the old name")
    check.error(named(6, "jobs", mode=0o622), 0, "the old name for a new channel")
    check.equal(names(), {5: "work", 6: "jobs"}, "two names")
    check.error(named(5, ""), 0, "no name")
    check.equal(names(), {5: None, 6: "jobs"}, "one name")
    check.error(resolver.number_of("work"), ENOENT, "the name that was taken away")
    with Channel(bound=6):
        check.error(genl.delete_channel(6), 0, "delete, in use")
        check.equal(names(), {5: None, 6: None}, "the channel stays, without its name")
        check.error(named(5, "jobs"), 0, "its name is free")
    check.error(genl.flush_channel(5), 0, "flush")
    check.equal(resolver.number_of("jobs"), 5, "flushed: it keeps its name")
    check.error(genl.delete_channel(5), 0, "delete")
    check.error(resolver.number_of("jobs"), ENOENT, "deleted")


@case
def taken():
    """A refused name changes nothing, and creates no channel."""
    genl, resolver = Genl(), Resolver()
    check.error(named(5, "jobs"), 0, "the first")
    check.error(named(6, "work", mode=0o600), 0, "the second")
    check.error(genl.set_channel(6, name="jobs", mode=0o666, uid=1), EEXIST, "a name twice")
    check.true("name" in genl.text, "says: " + genl.text)
    check.equal(genl.channel_details()[1][6:9], (0, 0, 0o600), "owner and mode stay")
    check.error(named(7, "jobs"), EEXIST, "for a channel that is not there")
    check.equal(names(), {5: "jobs", 6: "work"}, "no third")
    check.equal([resolver.number_of(name) for name in ("jobs", "work")], [5, 6], "names")
    delete_all()


@case
def valid_and_not():
    genl, resolver = Genl(), Resolver()
    for name in GOOD:
        check.error(named(5, name), 0, "set %r" % name)
        check.equal(resolver.number_of(name), 5, "%r" % name)
    check.equal(names(), {5: LONGEST}, "the last")
    for name in BAD:
        check.error(genl.set_channel(5, name=name), EINVAL, "set %r" % name)
        check.true("name" in genl.text, "says: " + genl.text)
        check.error(resolver.number_of(name), EINVAL, "find %r" % name)
    check.error(resolver.number_of(""), EINVAL, "find no name")
    for raw in b"a\0b" + bytes(61), b"a" * 64, bytes(63) + b"a":
        check.error(resolver.ask(raw), EINVAL, "find %r" % raw)
    number = attr(abi.C_NUMBER, b"\5\0\0\0")
    for raw in b"", b"a", b"a" * 64, b"a" * 64 + b"\0":
        check.true(genl.errno_of(abi.CMD_SET_CHANNEL, number + attr(abi.C_NAME, raw)),
                   "set %r" % raw)
    check.equal(names(), {5: LONGEST}, "nothing changed")
    with Channel(bound=0) as sock:
        check.error(genl.set_channel(sock.number(), name="jobs"), EINVAL, "an ephemeral one")
        check.true("ephemeral" in genl.text, "says: " + genl.text)
        check.true(sock.number() >= EPHEMERAL, "ephemeral")
        check.error(genl.set_channel(sock.number(), name=""), 0, "no name for it")
    delete_all()


@case
def rights():
    """A user who may set the owner may set the name. Any user with a socket can resolve it."""
    named(5, "jobs", uid=1001, mode=0o600)
    sysctl("unprivileged", 1)

    def stranger():
        os.setresuid(1002, 1002, 1002)
        check.error(named(5, "mine"), EPERM, "a name for a channel of others")
        check.error(named(5, ""), EPERM, "take the name away")
        check.equal(Resolver().number_of("jobs"), 5, "find it")
        check.error(named(6, "jobs"), EEXIST, "take the name")
        check.error(named(6, "mine"), 0, "a channel of one's own")

    def owner():
        os.setresuid(1001, 1001, 1001)
        check.error(named(5, "work"), 0, "the owner")

    for user in stranger, owner:
        reap(child(user))
    check.equal(names(), {5: "work", 6: "mine"}, "at last")
    delete_all()


@case
def namespaces():
    """Each network namespace has its own names, and frees them."""
    named(5, "jobs")

    def inside():
        new_netns()
        check.error(Resolver().number_of("jobs"), ENOENT, "not the name of another namespace")
        for number in range(1, 200):
            check.error(named(number, "name%d" % number), 0, "name %d" % number)
        check.error(named(5, "jobs"), 0, "the same name")

    reap(child(inside))
    check.equal(Resolver().number_of("jobs"), 5, "outside")
    delete_all()


@case
def many():
    """Names are resolved, in whatever order they were set and removed."""
    genl, resolver = Genl(), Resolver()
    order = [number * 7 % 211 for number in range(1, 211)]
    for number in order:
        genl.set_channel(number, name="n%d" % number)
    for number in order[::2]:
        genl.delete_channel(number)
    found = {number: resolver.number_of("n%d" % number) for number in order}
    check.equal(found, {number: -ENOENT if number in order[::2] else number
                        for number in order}, "names")
    delete_all()


@case
def together():
    """Two threads set the same name on a channel each. A third thread only ever resolves it to
    one of the two."""
    stop, odd = threading.Event(), []
    named(5, "jobs")

    def give(number):
        genl = Genl()
        while not stop.is_set():
            genl.set_channel(number, name="jobs")
            genl.set_channel(number, name="")

    def find():
        resolver = Resolver()
        for _ in range(1000):
            number = resolver.number_of("jobs")
            if number not in (5, 6, -ENOENT):
                odd.append(number)
        stop.set()

    threads = [threading.Thread(target=give, args=(number,)) for number in (5, 6)]
    threads.append(threading.Thread(target=find))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check.equal(odd, [], "numbers that were found")
    delete_all()
