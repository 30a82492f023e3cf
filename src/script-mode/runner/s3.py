"""Reads one object of S3 with the job's own credentials: a signed GET, by the standard library alone."""

import datetime
import hashlib
import hmac
import os
import re
import shutil
import urllib.error
import urllib.parse
import urllib.request

from job import JobError

EMPTY = hashlib.sha256(b"").hexdigest()
TIMEOUT_SECONDS = 60


def download(uri, path):
    bucket, _, key = uri[len("s3://") :].partition("/")
    request = urllib.request.Request(_endpoint() + urllib.parse.quote("/%s/%s" % (bucket, key), safe="/-_.~"))
    for name, value in _signature(request).items():
        request.add_header(name, value)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer, open(path, "wb") as file:
            shutil.copyfileobj(answer, file, 1 << 20)
            expected = answer.headers.get("content-length")
            if expected is not None and file.tell() != int(expected):
                raise JobError("The source %s broke off after %d of %s bytes." % (uri, file.tell(), expected))
    except urllib.error.HTTPError as error:
        raise JobError("The source %s could not be read: %s" % (uri, _told(error))) from error
    except urllib.error.URLError as error:
        raise JobError("The source %s could not be read: %s" % (uri, error.reason)) from error


def _told(error):
    """What S3 says of an error, as a line."""
    answer = error.read(4096).decode("utf-8", "replace")
    found = re.search(r"<Code>(.*?)</Code>.*?<Message>(.*?)</Message>", answer, re.DOTALL)
    return ": ".join(found.groups()) if found else str(error)


def _region():
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"


def _endpoint():
    for name in ("S3_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"):
        if os.environ.get(name):
            return os.environ[name].rstrip("/")
    return "https://s3.%s.amazonaws.com" % _region()


def _signature(request):
    """The headers of AWS Signature Version 4."""
    key_id, secret = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
    if not key_id or not secret:
        raise JobError(
            "The source can't be read from S3: the job has no credentials (with EnableNetworkIsolation, bring it in "
            "as the channel `code`)."
        )
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    headers = {"host": request.host, "x-amz-content-sha256": EMPTY, "x-amz-date": now}
    if os.environ.get("AWS_SESSION_TOKEN"):
        headers["x-amz-security-token"] = os.environ["AWS_SESSION_TOKEN"]
    signed = ";".join(sorted(headers))
    lines = ["%s:%s" % (name, headers[name]) for name in sorted(headers)]
    path = urllib.parse.urlsplit(request.full_url).path
    canonical = "\n".join(["GET", path, "", *lines, "", signed, EMPTY])
    scope = "/".join([now[:8], _region(), "s3", "aws4_request"])
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = ("AWS4" + secret).encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    to_sign = "\n".join(["AWS4-HMAC-SHA256", now, scope, digest])
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    credential = "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s"
    del headers["host"]
    return {**headers, "Authorization": credential % (key_id, scope, signed, signature)}
