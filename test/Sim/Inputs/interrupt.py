"""Interrupts a command while it writes, and says what it leaves.

interrupt.py [--ignored] SIGNAL FILE COMMAND...

The signal is sent when the temporary of FILE, FILE.*.tmp, has some bytes. With
--ignored the command is started with the signal ignored, as by nohup.
"""

import glob
import os
import signal
import subprocess
import sys
import time

is_ignored = sys.argv[1] == "--ignored"
name, path, *command = sys.argv[1 + is_ignored:]
number = getattr(signal, name)


def prepare():
    if number != signal.SIGKILL:
        signal.signal(number, signal.SIG_IGN if is_ignored else signal.SIG_DFL)


def temporaries():
    return glob.glob(glob.escape(path) + ".*.tmp")


before = open(path, "rb").read() if os.path.exists(path) else None
process = subprocess.Popen(command, stdout=subprocess.DEVNULL, preexec_fn=prepare)
deadline = time.monotonic() + 120
while not any(os.path.getsize(file) for file in temporaries()):
    if process.poll() is not None or time.monotonic() > deadline:
        process.kill()
        sys.exit("error: nothing was being written")
    time.sleep(0.001)
process.send_signal(number)
status = process.wait()
after = open(path, "rb").read() if os.path.exists(path) else None
print(f"{name}: ended by {signal.Signals(-status).name if status < 0 else status}; "
      f"{'no file' if after is None else 'the file of before' if after == before else 'another file'}; "
      f"{len(temporaries())} temporaries")
for file in temporaries():
    os.remove(file)
