"""Runs the script and keeps the end of what it said on standard error."""

import os
import signal
import subprocess
import threading

KEPT_BYTES = 64 * 1024
# What the script wrote is in the pipe already when it ends; a child of it may hold the pipe open for ever.
DRAIN_SECONDS = 5


class End:
    """How the script ended."""

    def __init__(self, code, errors, stopped):
        # Negative: the signal that ended it.
        self.code = code
        self.errors = errors
        # The platform asked it to end.
        self.stopped = stopped

    @property
    def exit_code(self):
        return self.code if self.code >= 0 else 128 - self.code


def run(words, folder, variables, everyone):
    """`everyone`: a signal that ends the job goes to all that the command started, for a shell does not pass it on."""
    script = subprocess.Popen(words, cwd=folder, env=variables, stderr=subprocess.PIPE, start_new_session=everyone)
    stopped = threading.Event()

    def stop(number, _frame):
        stopped.set()
        try:
            os.killpg(script.pid, number) if everyone else script.send_signal(number)
        except ProcessLookupError:
            pass

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    errors = Errors(script.stderr.fileno())
    try:
        code = script.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return End(code, errors.text(), stopped.is_set())


class Errors:
    """Passes standard error on as it comes, and keeps its end."""

    def __init__(self, pipe):
        self._pipe = pipe
        self._kept = b""
        self._thread = threading.Thread(target=self._copy, daemon=True)
        self._thread.start()

    def text(self):
        self._thread.join(DRAIN_SECONDS)
        return self._kept.decode("utf-8", "replace")

    def _copy(self):
        while True:
            chunk = os.read(self._pipe, 1 << 16)
            if not chunk:
                return
            view = memoryview(chunk)
            while view:
                view = view[os.write(2, view) :]
            self._kept = (self._kept + chunk)[-KEPT_BYTES:]
