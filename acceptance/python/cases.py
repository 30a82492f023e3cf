"""The cases that all clients share: acceptance/cases/*.json with their placeholders filled in."""

import copy
import json
import uuid
from pathlib import Path

CASES = Path(__file__).resolve().parent.parent / "cases"
EXAMPLE = CASES.parent.parent / "examples/breast-cancer"
SERVICE = json.loads((CASES / "service.json").read_text())
BUCKET = SERVICE["bucket"]
# One more character than a hyperparameter may have.
LONG = "x" * 2501


def load(name, **values):
    """A file of cases, with `{placeholder}` replaced wherever it stands."""
    text = (CASES / f"{name}.json").read_text()
    for placeholder, value in {**SERVICE, "long": LONG, **values}.items():
        text = text.replace("{" + placeholder + "}", value)
    return json.loads(text)


def request(base, **values):
    return load("requests", **values)[base]


def changed(base, case):
    """The base request with the changes of a case; their paths are dotted, with list indexes from 0."""
    result = copy.deepcopy(base)
    for path, value in case.get("set", {}).items():
        parent, last = _parent(result, path)
        parent[last] = value
    for path in case.get("remove", []):
        parent, last = _parent(result, path)
        del parent[last]
    return result


def _parent(node, path):
    *steps, last = (int(step) if step.isdigit() else step for step in path.split("."))
    for step in steps:
        node = node[step]
    return node, last


def unique(client, what):
    """A name that no earlier run used."""
    return f"{client.name}-{what}-{uuid.uuid4().hex[:8]}"


def includes(actual, expected):
    """Whether `actual` has everything that `expected` has: dicts may have more members, lists have the same length."""
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(
            key in actual and includes(actual[key], value) for key, value in expected.items()
        )
    if isinstance(expected, list):
        return (
            isinstance(actual, list)
            and len(actual) == len(expected)
            and all(includes(a, e) for a, e in zip(actual, expected))
        )
    return actual == expected
