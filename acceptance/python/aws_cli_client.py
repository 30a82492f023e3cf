"""The AWS CLI as the suites' client: each call is a process, its answer is JSON."""

import json
import os
import re
import subprocess
import tempfile
from datetime import datetime
from pathlib import Path

import botocore
from botocore import xform_name
from client import Client, ServiceFailure, WaiterFailure

ERROR = re.compile(r"An error occurred \((\S+)\) when calling the \S+ operation(?: \([^)]*\))?: (.*)", re.DOTALL)
# 255 is the CLI's exit status of a waiter that failed, and of one that gave up.
TERMINAL = "Waiter encountered a terminal failure state"
WAIT_SECONDS = 120
CONFIG = """[default]
parameter_validation = false
cli_timestamp_format = iso8601
"""


class AwsCliClient(Client):
    name = "aws-cli"

    def __init__(self, settings, program="aws", options=(), without=(), **environment):
        """`settings` is a folder for the CLI's own files, `options` stand in each command, `without` names variables that it is not to have."""
        self._settings = Path(settings)
        self._program, self._options, self._without = program, options, without
        (self._settings / "config").write_text(CONFIG)
        quick_waiters(self._settings / "models")
        # The suites' own modules are none of the CLI's.
        hidden = {"PYTHONPATH", *without}
        self._environment = {
            **{name: value for name, value in os.environ.items() if name not in hidden},
            "AWS_CONFIG_FILE": str(self._settings / "config"),
            "AWS_DATA_PATH": str(self._settings / "models"),
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_PAGER": "",
            **environment,
        }

    def call(self, service, operation, request):
        return self._operation(service, operation, request, "--no-paginate")

    def pages(self, service, operation, request, page_size, member):
        return self._operation(service, operation, request, "--page-size", str(page_size))[member]

    def wait_for_end(self, job):
        try:
            self.run("sagemaker", "wait", "training-job-completed-or-stopped", "--training-job-name", job)
        except CommandFailure as failure:
            if TERMINAL in failure.stderr:
                raise WaiterFailure(failure.stderr) from failure
            raise

    def upload(self, path, bucket, key, encryption=None):
        extra = ["--sse", encryption] if encryption else []
        self.run("s3", "cp", "--no-progress", str(path), f"s3://{bucket}/{key}", *extra)

    def download(self, bucket, key, path):
        self.run("s3", "cp", "--no-progress", f"s3://{bucket}/{key}", str(path))

    def with_credentials(self, access_key, secret_key):
        keys = {"AWS_ACCESS_KEY_ID": access_key, "AWS_SECRET_ACCESS_KEY": secret_key}
        return AwsCliClient(self._settings, self._program, self._options, self._without, **keys)

    def run(self, *arguments):
        """What a command of the CLI prints."""
        command = [self._program, *self._options, *arguments]
        done = subprocess.run(
            command, env=self._environment, capture_output=True, text=True, timeout=2 * WAIT_SECONDS
        )
        if done.returncode:
            raise CommandFailure(arguments, done.returncode, done.stderr)
        return done.stdout

    def _operation(self, service, operation, request, *options):
        text = json.dumps(request, default=datetime.isoformat)
        command = (_command(service), xform_name(operation, "-"), *options, "--output", "json")
        try:
            # A file, for an argument of a command can't be as long as a request.
            with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
                file.write(text)
                file.flush()
                answer = self.run(*command, "--cli-input-json", f"file://{file.name}")
        except CommandFailure as failure:
            error = ERROR.search(failure.stderr)
            if not error:
                raise
            raise ServiceFailure(error[1], error[2].removesuffix("\n")) from failure
        return with_times(json.loads(answer)) if answer.strip() else {}


def _command(service):
    return "s3api" if service == "s3" else service


class CommandFailure(Exception):
    def __init__(self, arguments, status, stderr):
        super().__init__(f"aws {' '.join(arguments)} exited with {status}: {stderr}")
        self.stderr = stderr


def with_times(node):
    """The answer with the times in it as datetimes, as boto3 has them. The members that hold times end in `Time`."""
    if isinstance(node, list):
        return [with_times(item) for item in node]
    if isinstance(node, dict):
        return {
            key: datetime.fromisoformat(value)
            if key.endswith("Time") and isinstance(value, str)
            else with_times(value)
            for key, value in node.items()
        }
    return node


def quick_waiters(models):
    """The CLI's own waiters, asking each second: their delay of two minutes is no setting of the CLI, but its models are."""
    source = Path(botocore.__file__).parent / "data/sagemaker/2017-07-24/waiters-2.json"
    target = models / "sagemaker/2017-07-24/waiters-2.json"
    waiters = json.loads(source.read_text())
    for waiter in waiters["waiters"].values():
        waiter["delay"], waiter["maxAttempts"] = 1, WAIT_SECONDS
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(waiters))


