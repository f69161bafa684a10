# SPDX-License-Identifier: GPL-2.0-or-later
"""The kctl module's store, watch and channels, through libkctl.

    with kctl.Store() as store:
        store["motd"] = "hello"

    for packet in kctl.watch(host="10.0.0.1"):
        print(packet.source, packet.destination)

    with kctl.Channel(7, hold=1) as channel:
        with channel.receive() as message:
            work(message.data)

Functions raise OSError or a subclass of it, with the error text of the library. One thread at a
time uses a handle. Store changes, packets and messages can also be read in an async for loop.
"""
from .channel import Channel, Message
from .store import Action, Change, Changes, Entry, Info, Store
from .watch import Direction, Packet, Watch, watch

__all__ = ["Action", "Change", "Changes", "Channel", "Direction", "Entry", "Info", "Message",
           "Packet", "Store", "Watch", "watch"]
