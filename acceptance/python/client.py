"""What the suites need of a client. boto3 and the AWS CLI each have one; the cases are written once, against this."""

from abc import ABC, abstractmethod


class ServiceFailure(Exception):
    """An error that the service answered with."""

    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class WaiterFailure(Exception):
    """The client's waiter saw a state that it counts as failure."""


class Client(ABC):
    """Operations and their members are named as in the service's model; answers are dicts of the same."""

    name: str

    @abstractmethod
    def call(self, service, operation, request):
        """The answer of one request, never of several pages. The client checks nothing by itself."""

    @abstractmethod
    def pages(self, service, operation, request, page_size, member):
        """All items of a paged operation, by the client's own paging."""

    @abstractmethod
    def wait_for_end(self, job):
        """Waits with the client's own waiter for a training job to be completed or stopped."""

    @abstractmethod
    def upload(self, path, bucket, key, encryption=None):
        """Uploads a file the way the client uploads files (in parts, when it is large)."""

    @abstractmethod
    def download(self, bucket, key, path): ...

    @abstractmethod
    def with_credentials(self, access_key, secret_key):
        """The same client with other credentials."""
