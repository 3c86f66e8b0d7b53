"""A gateway under test, and programs whose output is read line by line."""

import json
import queue
import subprocess
import threading
import time

PATIENCE = 30  # seconds, for every wait


class Program:
    """A process whose lines of standard output can be awaited. Leaving the context kills it."""

    def __init__(self, command, **options):
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, **options)
        self._command, self._lines = command, queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self._process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def line(self):
        """Returns the next line, or None at the end."""
        return self._lines.get(timeout=PATIENCE)

    def expect(self, word):
        """Returns the rest of the next line that starts with `word`."""
        while (line := self.line()) is not None:
            if line == word or line.startswith(word + " "):
                return line[len(word) + 1 :]
        raise RuntimeError(f"{self._command}: no line {word!r}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()


class Gateway:
    """build/drawbridge on free ports, controlled by build/drawbridgectl."""

    def __init__(self, program, control_program):
        self._program, self._control_program = program, control_program

    def __enter__(self):
        flags = ["--listen=127.0.0.1:0", "--control_listen=127.0.0.1:0", "--admin_listen=127.0.0.1:0"]
        flags += ["--ping_interval=300ms", "--send_queue_bytes=16777216", "--log_level=error"]
        self._process = Program([self._program, *flags])
        self._process.__enter__()
        words = dict(word.partition("=")[::2] for word in self._process.expect("ready").split())
        self.ws, self._address = words["ws"], words["control"]
        return self

    def __exit__(self, *exception):
        self._process.__exit__(*exception)

    def _control(self, *arguments, stdin=None):
        command = [self._control_program, "--address", self._address, *arguments]
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=PATIENCE)
        return done.stdout

    @staticmethod
    def _wait(look):
        """Calls until the result is true or PATIENCE is over, and returns the last result."""
        end = time.monotonic() + PATIENCE
        while not (answer := look()) and time.monotonic() < end:
            time.sleep(0.02)
        return answer

    def connection_at(self, path):
        look = lambda: self._control("ls", "--filter", f'path = "{path}"', "-o", "json").splitlines()
        return json.loads(self._wait(look)[0])

    def get(self, connection_id):
        return json.loads(self._control("get", connection_id, "-o", "json"))

    def get_closed(self, connection_id):
        self._wait(lambda: self.get(connection_id)["state"] == "CONNECTION_STATE_CLOSED")
        return self.get(connection_id)

    def has_round_trip(self, connection_id):
        """Returns whether a pong with the payload of a ping arrives within ten ping intervals."""
        end = time.monotonic() + 3
        while time.monotonic() < end:
            if float(self.get(connection_id).get("round_trip_time", "0s").rstrip("s")) > 0:
                return True
            time.sleep(0.1)
        return False

    def interrupt(self, connection_id, *arguments):
        return json.loads(self._control("interrupt", connection_id, "-o", "json", *arguments).splitlines()[0])

    def send(self, connection_id, text):
        self._control("send", connection_id, "--wait_written", stdin=text)
