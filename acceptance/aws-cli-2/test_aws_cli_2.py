"""
Version 2 of the AWS CLI, as Debian has it, which knows no AWS_ENDPOINT_URL: by the proxy of `trainyard env --proxy` no option is needed.
Its model of the service is that of 2023: a case that is None here needs an operation or a member that this version does not know.
"""

import os
import tempfile
import unittest

import cases
from aws_cli_client import AwsCliClient
from bad_input_case import BadInputCase
from companion_case import CompanionCase
from failure_case import FailureCase
from folder_case import FolderCase
from job_case import LOG_GROUP, JobCase
from list_case import ListCase, TagsCase
from metrics_case import MetricsCase
from profiler_case import ProfilerCase
from stop_case import StopCase
from training_case import TrainingCase

PROGRAM = os.environ["AWS_CLI_2"]
PROXY = ("HTTPS_PROXY", "https_proxy", "AWS_CA_BUNDLE")
SETTINGS = tempfile.TemporaryDirectory()
CLIENT = AwsCliClient(SETTINGS.name, PROGRAM)


def tearDownModule():
    SETTINGS.cleanup()


class Training(TrainingCase, unittest.TestCase):
    client = CLIENT
    shown_in_part = ("OutputDataConfig",)


class Stop(StopCase, unittest.TestCase):
    client = CLIENT


class Profiler(ProfilerCase, unittest.TestCase):
    client = CLIENT


class Failures(FailureCase, unittest.TestCase):
    client = CLIENT


class BadInput(BadInputCase, unittest.TestCase):
    client = CLIENT
    not_sent = ("value outside an enum", "member that is not served")


class List(ListCase, unittest.TestCase):
    client = CLIENT
    test_summary_agrees_with_description = None


class Tags(TagsCase, unittest.TestCase):
    client = CLIENT


class Metrics(MetricsCase, unittest.TestCase):
    client = CLIENT
    test_metrics_are_put_and_got = None
    test_what_the_algorithm_wrote_is_a_time_series = None


class Companions(CompanionCase, unittest.TestCase):
    client = CLIENT


class Folders(FolderCase, unittest.TestCase):
    client = CLIENT


class Version(unittest.TestCase):
    def test_version(self):
        self.assertRegex(CLIENT.run("--version"), r"^aws-cli/2\.")


class LogsTail(JobCase, unittest.TestCase):
    client = CLIENT

    def test_tail(self):
        job = self.create("minimal", "tail", {"AlgorithmSpecification.ContainerArguments": ["echo one; echo two"]})
        self.client.wait_for_end(job)
        command = ("logs", "tail", LOG_GROUP, "--log-stream-name-prefix", f"{job}/", "--format", "short")
        self.assertEqual([line.split(" ", 1)[1] for line in self.client.run(*command).splitlines()], ["one", "two"])


class EndpointUrl(JobCase, unittest.TestCase):
    """Without the proxy, told of the endpoint in each command."""

    # The proxy is on the server's own port.
    client = AwsCliClient(SETTINGS.name, PROGRAM, ("--endpoint-url", os.environ["HTTPS_PROXY"]), PROXY)

    def test_job_and_its_artifact(self):
        job = self.create(
            "minimal", "endpoint", {"AlgorithmSpecification.ContainerArguments": ["echo x > /opt/ml/model/x"]}
        )
        self.client.wait_for_end(job)
        self.assertEqual(self.archive(job, "model.tar.gz"), {"x": b"x\n"})
        self.assertIn(job, self.client.run("s3", "ls", f"s3://{cases.BUCKET}/models/"))


if __name__ == "__main__":
    unittest.main()
