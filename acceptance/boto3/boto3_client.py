"""boto3 as the suites' client."""

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError, WaiterError
from client import Client, ServiceFailure, WaiterFailure

# What the client would refuse by itself must reach the server. No second tries: an error is an answer.
CONFIG = Config(parameter_validation=False, retries={"total_max_attempts": 1})
WAITER = {"Delay": 1, "MaxAttempts": 120}


class Boto3Client(Client):
    name = "boto3"

    def __init__(self, **credentials):
        self._session = boto3.Session(**credentials)
        self._clients = {}

    def call(self, service, operation, request):
        try:
            answer = getattr(self.service(service), xform_name(operation))(**request)
        except ClientError as error:
            raise ServiceFailure(error.response["Error"]["Code"], error.response["Error"]["Message"]) from error
        answer.pop("ResponseMetadata")
        return answer

    def pages(self, service, operation, request, page_size, member):
        paginator = self.service(service).get_paginator(xform_name(operation))
        return paginator.paginate(**request, PaginationConfig={"PageSize": page_size}).build_full_result()[member]

    def wait_for_end(self, job):
        waiter = self.service("sagemaker").get_waiter("training_job_completed_or_stopped")
        try:
            waiter.wait(TrainingJobName=job, WaiterConfig=WAITER)
        except WaiterError as error:
            raise WaiterFailure(str(error)) from error

    def upload(self, path, bucket, key, encryption=None):
        extra = {"ServerSideEncryption": encryption} if encryption else None
        self.service("s3").upload_file(str(path), bucket, key, ExtraArgs=extra)

    def download(self, bucket, key, path):
        self.service("s3").download_file(bucket, key, str(path))

    def with_credentials(self, access_key, secret_key):
        return Boto3Client(aws_access_key_id=access_key, aws_secret_access_key=secret_key)

    def service(self, name):
        if name not in self._clients:
            self._clients[name] = self._session.client(name, config=CONFIG)
        return self._clients[name]
