"""Presses TAB in a real shell: tab.py LINE EXPECTED COMMAND...

The shell shows `ready> ` when it waits for a line. LINE is typed, then TAB until EXPECTED stands on the terminal; what the
terminal showed is printed. The exit code is 0 when it came, 1 when the shell ended or a minute went by without it.
"""

import os
import pty
import re
import select
import signal
import sys
import time

line, expected, command = sys.argv[1].encode(), sys.argv[2].encode(), sys.argv[3:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)

end = time.monotonic() + 60
shown = b""
typed = False
found = False
while not found and time.monotonic() < end:
    # A second TAB lists what the first could not decide.
    readable, _, _ = select.select([terminal], [], [], 3)
    if readable:
        try:
            new = os.read(terminal, 65536)
        except OSError:  # The shell has closed its terminal.
            break
        if not new:
            break
        shown += new
    elif typed:
        os.write(terminal, b"\t")
    # Without what steers the terminal.
    text = re.sub(rb"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>()][0-9A-Z]?|\r", b"", shown)
    if not typed and b"ready> " in text:
        typed = True
        os.write(terminal, line + b"\t")
    found = typed and expected in text.split(b"ready> ")[-1]
os.kill(child, signal.SIGKILL)
os.waitpid(child, 0)
sys.stdout.buffer.write(shown)
sys.exit(0 if found else 1)
