"""What clients call beside SageMaker: S3, STS, IAM; and what they are told when a signature is wrong."""

import os
import tempfile
from pathlib import Path

import cases
from client import ServiceFailure
from job_case import JobCase

# Larger than the size from which boto3 and the AWS CLI upload in parts (8 MiB).
LARGE = 9 * 1024 * 1024 + 17


class CompanionCase(JobCase):
    def test_who_am_i(self):
        identity = self.client.call("sts", "GetCallerIdentity", {})
        self.assertEqual(identity["Account"], cases.SERVICE["account"])

    def test_role(self):
        role = self.client.call("iam", "GetRole", {"RoleName": "trainyard"})["Role"]
        self.assertEqual(role["Arn"], cases.SERVICE["role"])
        with self.assertRaises(ServiceFailure) as raised:
            self.client.call("iam", "GetRole", {"RoleName": "nobody"})
        self.assertEqual(raised.exception.code, "NoSuchEntity")

    def test_large_encrypted_object_comes_back_as_it_went(self):
        key = f"{cases.unique(self.client, 'object')}/with space, é and +.bin"
        content = os.urandom(LARGE)
        with tempfile.TemporaryDirectory() as folder:
            there, back = Path(folder) / "there", Path(folder) / "back"
            there.write_bytes(content)
            self.client.upload(there, cases.BUCKET, key, encryption="aws:kms")
            self.client.download(cases.BUCKET, key, back)
            self.assertEqual(back.read_bytes(), content)
        head = self.client.call("s3", "HeadObject", {"Bucket": cases.BUCKET, "Key": key})
        self.assertEqual((head["ContentLength"], head["ServerSideEncryption"]), (LARGE, "aws:kms"))
        listed = self.client.call("s3", "ListObjectsV2", {"Bucket": cases.BUCKET, "Prefix": key})["Contents"]
        self.assertEqual([(item["Key"], item["Size"]) for item in listed], [(key, LARGE)])

    def test_wrong_signatures(self):
        """The codes are those of AWS: they differ from service to service."""
        known = os.environ["AWS_ACCESS_KEY_ID"]
        stranger = self.client.with_credentials("AKIAIOSFODNN7EXAMPLE", "no secret of ours")
        forger = self.client.with_credentials(known, "not the right secret")
        buckets = {"Bucket": cases.BUCKET}
        for client, service, operation, request, code in (
            (stranger, "sagemaker", "ListTrainingJobs", {}, "UnrecognizedClientException"),
            (forger, "sagemaker", "ListTrainingJobs", {}, "InvalidSignatureException"),
            (stranger, "sts", "GetCallerIdentity", {}, "InvalidClientTokenId"),
            (forger, "sts", "GetCallerIdentity", {}, "SignatureDoesNotMatch"),
            (stranger, "s3", "ListObjectsV2", buckets, "InvalidAccessKeyId"),
            (forger, "s3", "ListObjectsV2", buckets, "SignatureDoesNotMatch"),
        ):
            with self.subTest(f"{service} {code}"):
                with self.assertRaises(ServiceFailure) as raised:
                    client.call(service, operation, request)
                self.assertEqual(raised.exception.code, code)
