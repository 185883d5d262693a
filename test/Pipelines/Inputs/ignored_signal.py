"""Sends a command a signal that it was started to ignore, as by nohup.

ignored_signal.py FIFO FILE COMMAND...

The command reads FILE from FIFO, which is made here. Before it gets FILE it is sent
SIGHUP, and asked what it does with it: a handler would delete what is being written.
"""

import os
import signal
import subprocess
import sys

fifo, path, *command = sys.argv[1:]
if not os.path.exists(fifo):
    os.mkfifo(fifo)
signal.alarm(120)  # where the command never opens it
process = subprocess.Popen(command, stdout=subprocess.DEVNULL,
                           preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
with open(fifo, "wb") as file:  # waits until the command opens it, too
    process.send_signal(signal.SIGHUP)
    status = dict(line.split(":\t", 1) for line in open(f"/proc/{process.pid}/status"))
    file.write(open(path, "rb").read())
is_blocked = int(status["SigBlk"], 16) >> (signal.SIGHUP - 1) & 1
print(f"{os.path.basename(command[0])}: {'blocked' if is_blocked else 'not blocked'}, ended by {process.wait()}")
