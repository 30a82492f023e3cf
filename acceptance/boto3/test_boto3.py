"""boto3 against a running server: the cases that it shares with the AWS CLI, and its own."""

import json
import tempfile
import unittest
import urllib.request
from pathlib import Path

import boto3
import botocore.session
import cases
from bad_input_case import BadInputCase
from boto3_client import Boto3Client
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.loaders import Loader
from cluster_case import ClusterCase
from companion_case import CompanionCase
from failure_case import FailureCase
from list_case import DeleteCase, ListCase, TagsCase
from metrics_case import MetricsCase
from profiler_case import ProfilerCase
from stop_case import StopCase
from training_case import TrainingCase

CLIENT = Boto3Client()


class Training(TrainingCase, unittest.TestCase):
    client = CLIENT


class Cluster(ClusterCase, unittest.TestCase):
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


class CloudWatchProtocols(unittest.TestCase):
    """CloudWatch's clients speak one of three protocols, by their version and language."""

    def test_each_protocol(self):
        for protocol in ("json", "query", "smithy-rpc-v2-cbor"):
            with self.subTest(protocol), tempfile.TemporaryDirectory() as models:
                client = cloudwatch_that_speaks(protocol, Path(models))
                metrics = client.list_metrics(Namespace="/aws/sagemaker/TrainingJobs")["Metrics"]
                self.assertIsInstance(metrics, list)
                request = {"Namespace": "n", "MetricName": "m", "Period": 7, "Statistics": ["Sum"]}
                with self.assertRaises(ClientError) as raised:
                    client.get_metric_statistics(**request, StartTime=0, EndTime=60)
                self.assertEqual(raised.exception.response["Error"]["Code"], "InvalidParameterValue")


def cloudwatch_that_speaks(protocol, models):
    """A client whose model names that protocol alone."""
    name = "cloudwatch/2010-08-01/service-2.json"
    model = Loader().load_service_model("cloudwatch", "service-2")
    metadata = {**model["metadata"], "protocol": protocol, "protocols": [protocol]}
    (models / name).parent.mkdir(parents=True)
    (models / name).write_text(json.dumps({**model, "metadata": metadata}))
    session = botocore.session.get_session()
    session.register_component("data_loader", Loader(extra_search_paths=[str(models)]))
    client = session.create_client("cloudwatch")
    assert client.meta.service_model.resolved_protocol == protocol
    return client


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
