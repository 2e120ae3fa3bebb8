"""boto3 clients of the cloud under test, one for each service, account and region."""

import threading

import boto3
from botocore.config import Config

from references import SECOND_ACCOUNT


class Place:
    """Where the cases run."""

    def __init__(self, endpoint, region="us-east-1"):
        self.endpoint = endpoint
        self.region = region
        self._clients = {}
        self._lock = threading.Lock()
        self.account = self.client("sts").get_caller_identity()["Account"]

    def client(self, service, account=None, region=None):
        """An account's own access key is its id, for every account but the first."""
        key = SECOND_ACCOUNT if account == "second" else account or "test"
        place = (service, key, region or self.region)
        with self._lock:
            if place not in self._clients:
                self._clients[place] = self._connect(*place)
            return self._clients[place]

    def _connect(self, service, key, region):
        config = Config(
            inject_host_prefix=False,
            retries={"total_max_attempts": 1},
            connect_timeout=5,
            read_timeout=120,
            max_pool_connections=64,
            s3={"addressing_style": "path"},
        )
        return boto3.session.Session().client(
            service, endpoint_url=self.endpoint, region_name=region, config=config,
            aws_access_key_id=key, aws_secret_access_key="test")
