#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Connect a channel to an MQTT broker. No message is lost, but it can arrive twice.

    mqtt.py publish CHANNEL TOPIC     messages of the channel go to the topic
    mqtt.py subscribe CHANNEL TOPIC   messages of the topic go to the channel

Both use QoS 1. A message leaves the channel when the broker has acknowledged it. A message of
the broker is acknowledged when it is in the channel. If this program, the broker or the network
fails in between, the message is sent again. It needs python3-kctl and python3-paho-mqtt."""
import argparse
import errno
import os
import select
import signal
import sys
import time

import kctl
import paho.mqtt.client as mqtt

# Largest number of messages that the broker has not acknowledged.
WINDOW = 20
# Seconds after which a silent broker is considered dead.
KEEPALIVE = 60
# The delay before the next attempt doubles, up to this number of seconds.
PATIENCE = 30


def say(text):
    print("mqtt.py: " + text, file=sys.stderr, flush=True)


def connect(args, **session):
    """Return a client that is about to be connected, if the broker accepts it."""
    client = mqtt.Client(args.id, **session)
    if args.user:
        client.username_pw_set(args.user, os.environ.get("MQTT_PASSWORD"))
    client.connect(args.host, args.port, KEEPALIVE)
    return client


def turn(client, *others):
    """Let the client read and write, and return which of the others are readable."""
    broker = client.socket()
    if broker is None:
        raise ConnectionError("the broker has closed the connection")
    readable, writable, _ = select.select([broker, *others],
                                          [broker] if client.want_write() else [], [], 1)
    status = client.loop_read() if broker in readable else mqtt.MQTT_ERR_SUCCESS
    if writable and not status:
        status = client.loop_write()
    status = status or client.loop_misc()
    if status:
        raise ConnectionError(mqtt.error_string(status))
    return [other for other in others if other in readable]


def publish(args):
    """Hold each message until the broker has acknowledged it."""
    client, held = connect(args), {}
    client.on_connect = lambda *_: say("connected")
    client.on_publish = lambda _client, _data, number: held.pop(number).done()
    with kctl.Channel(args.channel, hold=WINDOW) as channel:
        try:
            while True:
                room = client.is_connected() and len(held) < WINDOW
                if turn(client, *[channel] * room) and (message := channel.try_receive()):
                    held[client.publish(args.topic, message.data, 1).mid] = message
        finally:
            # These messages are not the cause of the error.
            for message in held.values():
                message.release()


def subscribe(args):
    """The broker keeps the session, with the messages that this program has not
    acknowledged."""
    client = connect(args, clean_session=False)

    def on_subscribe(_client, _data, _number, granted):
        if granted[0] > 2:
            raise PermissionError(errno.EACCES, "the broker refuses " + args.topic)
        say("connected")

    client.on_connect = lambda *_: client.subscribe(args.topic, 1)
    client.on_subscribe = on_subscribe
    with kctl.Channel() as channel:
        # The client acknowledges a message after this call, unless the call fails.
        client.on_message = lambda _client, _data, message: channel.send(
            message.payload, to=args.channel, timeout=KEEPALIVE / 2)
        while True:
            turn(client)


def try_again(args, run):
    """Run until a signal. End if a message is too large: it would fail again each time."""
    delay = 1
    while True:
        began = time.monotonic()
        try:
            run(args)
        except OSError as error:
            if error.errno == errno.EMSGSIZE:
                sys.exit("mqtt.py: a message is too large for the channel: see sysctl "
                         "net.kctl.channel_max_bytes, and limit it in the broker")
            if time.monotonic() - began > PATIENCE:
                delay = 1
            say("%s; again in %d s" % (error, delay))
        time.sleep(delay)
        delay = min(2 * delay, PATIENCE)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("direction", choices=("publish", "subscribe"))
    parser.add_argument("channel", help="number or name of the channel")
    parser.add_argument("topic")
    parser.add_argument("--host", default="localhost")
    parser.add_argument("--port", type=int, default=1883)
    parser.add_argument("--user", help="its password is MQTT_PASSWORD in the environment")
    parser.add_argument("--id", help="name of the client; default: kctl-CHANNEL-DIRECTION")
    args = parser.parse_args()
    args.id = args.id or "kctl-%s-%s" % (args.channel, args.direction)
    if args.channel.isdigit():
        args.channel = int(args.channel)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try_again(args, publish if args.direction == "publish" else subscribe)


main()
