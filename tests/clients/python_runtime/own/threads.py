"""Works on while the runtime waits for the next event, and handles a signal meanwhile."""

import os
import signal
import threading
import time

seen = []


def work():
    while True:
        seen.append(1)
        time.sleep(0.001)


def caught(number, frame):
    print("caught", number)


signal.signal(signal.SIGTERM, caught)
threading.Thread(target=work, daemon=True).start()


def handler(event, context):
    end = time.monotonic() + 10
    while not seen and time.monotonic() < end:
        time.sleep(0.001)
    os.kill(os.getpid(), signal.SIGTERM)
    return bool(seen)
