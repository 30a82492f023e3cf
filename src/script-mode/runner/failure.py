"""What is told of a failure, in /opt/ml/output/failure."""

import os
import re

# The first 1,024 characters become the job's FailureReason (training contract §1.6).
LONGEST = 1024
LONGEST_MESSAGE = 600
LONGEST_COMMAND = 300
ERROR_LINE = re.compile(r"^(?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*(?:Error|Exception|Interrupt|Exit|Warning)\b", re.MULTILINE)
KILLED = -9


def write(paths, text):
    """Only where the script has not told its own."""
    path = paths.below("output", "failure")
    if os.path.exists(path):
        return
    os.makedirs(paths.output, exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def of_script(end, command):
    extra = '\nExtraInfo "OutOfMemory: Process killed by SIGKILL (signal 9)"' if end.code == KILLED else ""
    if len(command) > LONGEST_COMMAND:
        command = command[: LONGEST_COMMAND - 1] + "…"
    text = 'ExecuteUserScriptError:\nExitCode %d\nErrorMessage "%s"%s\nCommand "%s"'
    return text % (end.code, message(end.errors), extra, command)


def message(errors):
    """From the line that names the error of the last traceback; without one, the last lines."""
    begin = errors.rfind("Traceback (most recent call last)")
    found = ERROR_LINE.search(errors, begin) if begin >= 0 else None
    if found is None:
        return errors.strip()[-LONGEST_MESSAGE:]
    trace = errors[begin : found.start()].strip()
    named = errors[found.start() :].strip()[:LONGEST_MESSAGE]
    # The place in the script, as much of it as there is room for.
    place = trace[-(LONGEST_MESSAGE - len(named)) :] if len(named) < LONGEST_MESSAGE else ""
    return named + ("\n" + place if place else "")
