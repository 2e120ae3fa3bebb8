"""Runs a command on a terminal of its own and answers its question: terminal.py QUESTION ANSWER COMMAND...

What the terminal showed is printed; the exit code is the command's, or 99 when it leaves the terminal without echo. The
answer ^C is the key Ctrl-C.
"""

import os
import pty
import sys
import termios

question, answer, command = sys.argv[1].encode(), sys.argv[2].encode(), sys.argv[3:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)

shown = b""
asked = False
while True:
    try:
        new = os.read(terminal, 65536)
    except OSError:  # The command has closed its terminal.
        break
    if not new:
        break
    shown += new
    if not asked and question in shown:
        asked = True
        os.write(terminal, b"\x03" if answer == b"^C" else answer + b"\n")
sys.stdout.buffer.write(shown)
status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
sys.exit(status if termios.tcgetattr(terminal)[3] & termios.ECHO else 99)
