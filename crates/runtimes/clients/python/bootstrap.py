"""Starts a Python function: `python3 -S -X utf8 bootstrap.py`, in the function's folder, with Lambda's environment variables.

`-S` leaves the machine's site-packages out; `workshop_runtime.modules` decides whether they are in. A third of a start-up goes
into compiling where this folder has no `__pycache__` and cannot be written: `python3 -S -m compileall -q FOLDER` makes one."""

import os
import sys

if __name__ == "__main__":
    folder = os.path.dirname(os.path.abspath(__file__))
    # Python puts the script's folder first, unless PYTHONSAFEPATH is set.
    if sys.path[:1] != [folder]:
        sys.path.insert(0, folder)
    from workshop_runtime.main import main

    del sys.path[0]
    main()
