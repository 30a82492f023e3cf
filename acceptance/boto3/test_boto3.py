"""boto3 against a running server: the cases that it shares with the AWS CLI, and its own."""

import unittest
import urllib.request

import boto3
import cases
from bad_input_case import BadInputCase
from boto3_client import Boto3Client
from botocore.config import Config
from cluster_case import ClusterCase
from companion_case import CompanionCase
from failure_case import FailureCase
from list_case import DeleteCase, ListCase, TagsCase
from stop_case import StopCase
from training_case import TrainingCase

CLIENT = Boto3Client()


class Training(TrainingCase, unittest.TestCase):
    client = CLIENT


class Cluster(ClusterCase, unittest.TestCase):
    client = CLIENT


class Stop(StopCase, unittest.TestCase):
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


class Companions(CompanionCase, unittest.TestCase):
    client = CLIENT


class PresignedUrls(unittest.TestCase):
    def test_put_and_get_without_credentials(self):
        # By itself boto3 signs URLs with the retired signature version 2.
        s3 = boto3.client("s3", config=Config(signature_version="s3v4"))
        place = {"Bucket": cases.BUCKET, "Key": cases.unique(CLIENT, "presigned")}
        upload = urllib.request.Request(s3.generate_presigned_url("put_object", place), b"by URL", method="PUT")
        with urllib.request.urlopen(upload) as answer:
            self.assertEqual(answer.status, 200)
        with urllib.request.urlopen(s3.generate_presigned_url("get_object", place)) as answer:
            self.assertEqual(answer.read(), b"by URL")


if __name__ == "__main__":
    unittest.main()
