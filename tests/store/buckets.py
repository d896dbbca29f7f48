"""A real S3 server on a free port of this machine, and shelves in its buckets."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config
from moto.server import ThreadedMotoServer

from sijill.store.bucket import BucketShelf
from sijill.store.location import Location

BUCKET = "senna-archive"
KEYS = {"AWS_ACCESS_KEY_ID": "invented", "AWS_SECRET_ACCESS_KEY": "invented too", "AWS_EC2_METADATA_DISABLED": "true"}


@contextmanager
def s3_server() -> Iterator[str]:
    """Its address; the bucket is there."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    client_of(endpoint).create_bucket(Bucket=BUCKET)
    try:
        yield endpoint
    finally:
        server.stop()


def client_of(endpoint: str) -> Any:
    """A client that gives up soon."""
    config = Config(
        connect_timeout=2,
        read_timeout=5,
        retries={"total_max_attempts": 1},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": "path"},
    )
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
        config=config,
    )


def reach(location: Location, part: str) -> BucketShelf:
    """The way to any bucket, for tests."""
    return BucketShelf(client_of(location.endpoint), location, part)


def keys_in(endpoint: str) -> set[str]:
    """Everything in the bucket, by key."""
    pages = client_of(endpoint).get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    return {held["Key"] for page in pages for held in page.get("Contents", ())}
