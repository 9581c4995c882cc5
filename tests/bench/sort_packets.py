"""A packet stream sorted into one file per user, with a coroutine for each, in two ways.

A peer in the benchmark: `sort_packets.py tasks|generators STREAM DIRECTORY`. With asyncio a user is
a task that takes messages from a bounded queue; bare generators have neither a loop nor queues.
"""

import asyncio
import sys

QUEUED = 100  # messages of a user
BUFFER = 64 * 1024  # bytes of a file


async def sort_with_tasks(stream, directory):
    async with asyncio.TaskGroup() as tasks:
        queues = {}
        for line in stream:
            first, _, rest = line.rstrip("\n").partition(" ")
            if first == "auth":
                queues[rest] = asyncio.Queue(QUEUED)
                tasks.create_task(write_queue(f"{directory}/{rest}.txt", queues[rest]))
            elif first == "disconnect":
                await queues.pop(rest).put(None)
            elif first in queues:
                await queues[first].put(rest)


async def write_queue(path, queue):
    with open(path, "a", BUFFER) as file:
        while (message := await queue.get()) is not None:
            file.write(message + "\n")


def sort_with_generators(stream, directory):
    writers = {}
    for line in stream:
        first, _, rest = line.rstrip("\n").partition(" ")
        if first == "auth":
            writers[rest] = write_sent(f"{directory}/{rest}.txt")
            next(writers[rest])
        elif first == "disconnect":
            writers.pop(rest).close()
        elif first in writers:
            writers[first].send(rest)


def write_sent(path):
    with open(path, "a", BUFFER) as file:
        while True:
            message = yield
            file.write(message + "\n")


if __name__ == "__main__":
    how, source, target = sys.argv[1:]
    with open(source) as packets:
        if how == "tasks":
            asyncio.run(sort_with_tasks(packets, target))
        else:
            sort_with_generators(packets, target)
