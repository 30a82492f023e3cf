"""The commands `aws s3` of the AWS CLI, whichever version."""

import os
import ssl
import tempfile
import urllib.request
from pathlib import Path

import cases


class FolderCase:
    """Mixed into a unittest.TestCase by a suite whose `client` is the CLI."""

    client = None

    def test_sync_there_and_back(self):
        place = f"s3://{cases.BUCKET}/{cases.unique(self.client, 'sync')}"
        with tempfile.TemporaryDirectory() as back:
            self.client.run("s3", "sync", "--no-progress", str(cases.EXAMPLE / "data"), place)
            self.client.run("s3", "sync", "--no-progress", place, back)
            self.assertEqual(contents(Path(back)), contents(cases.EXAMPLE / "data"))
        # Nothing has changed since: nothing is uploaded again.
        self.assertEqual(self.client.run("s3", "sync", "--no-progress", str(cases.EXAMPLE / "data"), place), "")
        listed = self.client.run("s3", "ls", "--recursive", place).splitlines()
        self.assertEqual(len(listed), len(contents(cases.EXAMPLE / "data")))
        self.client.run("s3", "rm", "--recursive", place)
        self.assertEqual(self.client.run("s3", "sync", "--dryrun", place, "."), "")

    def test_presign(self):
        key = cases.unique(self.client, "presigned")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "file"
            file.write_text("by URL")
            self.client.upload(file, cases.BUCKET, key)
        url = self.client.run("s3", "presign", f"s3://{cases.BUCKET}/{key}").strip()
        trusted = ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE"))
        with urllib.request.urlopen(url, context=trusted) as answer:
            self.assertEqual(answer.read(), b"by URL")


def contents(folder):
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
