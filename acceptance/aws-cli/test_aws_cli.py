"""The AWS CLI against a running server: the cases that it shares with boto3, and its own."""

import tempfile
import unittest

from aws_cli_client import AwsCliClient
from bad_input_case import BadInputCase
from companion_case import CompanionCase
from failure_case import FailureCase
from folder_case import FolderCase
from list_case import DeleteCase, ListCase, TagsCase
from metrics_case import MetricsCase
from profiler_case import ProfilerCase
from stop_case import StopCase
from training_case import TrainingCase

SETTINGS = tempfile.TemporaryDirectory()
CLIENT = AwsCliClient(SETTINGS.name)


def tearDownModule():
    SETTINGS.cleanup()


class Training(TrainingCase, unittest.TestCase):
    client = CLIENT


class Stop(StopCase, unittest.TestCase):
    client = CLIENT


class Profiler(ProfilerCase, unittest.TestCase):
    client = CLIENT


class Failures(FailureCase, unittest.TestCase):
    client = CLIENT


class BadInput(BadInputCase, unittest.TestCase):
    client = CLIENT


class List(ListCase, unittest.TestCase):
    client = CLIENT


class Tags(TagsCase, unittest.TestCase):
    client = CLIENT


class Delete(DeleteCase, unittest.TestCase):
    client = CLIENT


class Metrics(MetricsCase, unittest.TestCase):
    client = CLIENT


class Companions(CompanionCase, unittest.TestCase):
    client = CLIENT


class Folders(FolderCase, unittest.TestCase):
    client = CLIENT


if __name__ == "__main__":
    unittest.main()
