"""What the instance has, as the script can see it."""

import os
import re


def cpus():
    """The processors that it may run on."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def gpus():
    return _devices(r"nvidia\d+")


def neurons():
    """Trainium and Inferentia chips show a device each, of two cores."""
    return 2 * _devices(r"neuron\d+")


def _devices(pattern):
    try:
        return sum(1 for name in os.listdir("/dev") if re.fullmatch(pattern, name))
    except OSError:
        return 0
