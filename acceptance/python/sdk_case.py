"""What the suites of both SageMaker SDKs share. Nothing of the SDKs is patched, and no endpoint is named in code."""

import io
import json
import shutil
import tarfile
import tempfile
import unittest
import uuid
import zipfile
from pathlib import Path

import boto3

ROLE_NAME = "trainyard"
ROLE = f"arn:aws:iam::123456789012:role/{ROLE_NAME}"
BUCKET = "sagemaker-us-east-1-123456789012"
SOURCE = Path(__file__).resolve().parent.parent / "sdk-source"
SCRIPT_IMAGE = "trainyard/script:latest"
HOST_IMAGE = "trainyard/host:latest"


class SdkCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="trainyard-sdk-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.source = cls.folder / "source"
        shutil.copytree(SOURCE, cls.source)
        cls.data = cls.folder / "data"
        cls.data.mkdir()
        (cls.data / "rows.csv").write_text("1,2\n3,4\n")
        cls.s3 = boto3.client("s3")

    def unique(self, what):
        return f"{what}-{uuid.uuid4().hex[:8]}"

    def object(self, uri):
        bucket, _, key = uri[len("s3://") :].partition("/")
        return self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()

    def keys(self, uri):
        bucket, _, prefix = uri[len("s3://") :].partition("/")
        listed = self.s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
        return [item["Key"][len(prefix) :] for item in listed]

    def told(self, model):
        """What the script wrote into its model: what it was told."""
        with tarfile.open(fileobj=io.BytesIO(self.object(model))) as tar:
            return json.loads(tar.extractfile("told.json").read())

    def wheel(self, folder, module, text, scripts=""):
        """A package without an index: an archive with three files about itself. Returns its name."""
        name = f"{module}-1.0-py3-none-any.whl"
        about = f"{module}-1.0.dist-info/"
        with zipfile.ZipFile(folder / name, "w") as wheel:
            wheel.writestr(f"{module}.py", text)
            wheel.writestr(f"{about}METADATA", f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
            wheel.writestr(
                f"{about}WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            )
            wheel.writestr(f"{about}entry_points.txt", f"[console_scripts]\n{scripts}\n")
            wheel.writestr(f"{about}RECORD", "")
        return name
