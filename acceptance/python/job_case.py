"""The common ground of the suites' test cases: creating jobs, waiting for them, reading what they left."""

import io
import re
import tarfile
import tempfile
import time
from pathlib import Path

import cases
from client import ServiceFailure

LOG_GROUP = "/aws/sagemaker/TrainingJobs"
WITHIN_SECONDS = 60
# The prefix of the uploaded example, by client.
_uploaded = {}


class JobCase:
    """Mixed into a unittest.TestCase by a suite that sets `client`."""

    client = None

    @classmethod
    def create(cls, base, what, change=None, **values):
        """Creates a job from a base request. Returns its name."""
        name = cases.unique(cls.client, what)
        request = cases.changed(cases.request(base, job=name, **values), {"set": change or {}})
        cls.client.call("sagemaker", "CreateTrainingJob", request)
        return name

    @classmethod
    def describe(cls, name):
        return cls.client.call("sagemaker", "DescribeTrainingJob", {"TrainingJobName": name})

    @classmethod
    def example(cls):
        """The prefix that the breast cancer example was uploaded to, by this client, once."""
        if cls.client not in _uploaded:
            _uploaded[cls.client] = cls._upload_example()
        return _uploaded[cls.client]

    @classmethod
    def _upload_example(cls):
        prefix = cases.unique(cls.client, "data")
        for source, key in {
            "data/train/train.csv": "train/train.csv",
            "data/validation/validation.csv": "validation/validation.csv",
            "train.py": "code/train.py",
        }.items():
            cls.client.upload(cases.EXAMPLE / source, cases.BUCKET, f"{prefix}/{key}")
        return prefix

    @classmethod
    def log_lines(cls, name, page_size=1000, host=""):
        """All lines of a host, by default of the only one, read page by page."""
        stream = cls.log_stream(name, host)
        if stream is None:
            return []
        request = {"logGroupName": LOG_GROUP, "logStreamName": stream, "startFromHead": True, "limit": page_size}
        lines, token = [], None
        while True:
            page = cls.client.call("logs", "GetLogEvents", request | ({"nextToken": token} if token else {}))
            lines += [event["message"] for event in page["events"]]
            if page["nextForwardToken"] == token:
                return lines
            token = page["nextForwardToken"]

    @classmethod
    def log_stream(cls, name, host=""):
        request = {"logGroupName": LOG_GROUP, "logStreamNamePrefix": f"{name}/{host}"}
        try:
            streams = cls.client.call("logs", "DescribeLogStreams", request)["logStreams"]
        except ServiceFailure as failure:
            if failure.code == "ResourceNotFoundException":
                return None
            raise
        return streams[0]["logStreamName"] if streams else None

    @classmethod
    def wait_for_line(cls, name, line):
        """Waits until a running job has printed a line."""
        deadline = time.monotonic() + WITHIN_SECONDS
        while line not in cls.log_lines(name):
            if time.monotonic() > deadline:
                raise AssertionError(f"{name} did not print {line!r}: {cls.describe(name)}")
            time.sleep(0.1)

    @classmethod
    def archive(cls, name, archive):
        """The files of `model.tar.gz` or `output.tar.gz` as a dict from path to bytes."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / archive
            cls.client.download(cases.BUCKET, f"models/{name}/output/{archive}", path)
            with tarfile.open(fileobj=io.BytesIO(path.read_bytes()), mode="r:gz") as tar:
                return {
                    re.sub(r"^\./", "", member.name): tar.extractfile(member).read()
                    for member in tar.getmembers()
                    if member.isfile()
                }

    def statuses(self, job):
        return [transition["Status"] for transition in job["SecondaryStatusTransitions"]]
