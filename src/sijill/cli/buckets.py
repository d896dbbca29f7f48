"""Buckets that the person at this machine has named, reached with their own credentials."""

from __future__ import annotations

import os

from sijill.core.errors import InputError
from sijill.store.location import Location
from sijill.store.objects import Shelf

BUCKETS = "SIJILL_BUCKETS"
SECONDS, ATTEMPTS = 20, 4


def named_shelf(location: Location, part: str) -> Shelf:
    """The shelf in a bucket that SIJILL_BUCKETS names; raises InputError for any other.

    A folder that somebody else made may name a bucket of theirs: nothing is sent to it.
    """
    named = {str(Location.parse(text)) for text in os.environ.get(BUCKETS, "").split()}
    if str(location) not in named:
        raise InputError(
            f"the case keeps its preserved files in {location}, which you have not named",
            hint=f"if that is yours: {BUCKETS}='{location}', and credentials as the AWS tools take them",
        )
    return shelf_in(location, part)


def shelf_in(location: Location, part: str) -> Shelf:
    """The shelf in a bucket, with the credentials that the AWS environment, profile or role gives."""
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError

        from sijill.store.bucket import BucketShelf
    except ImportError as err:
        raise InputError("buckets need boto3, which is not installed", hint="pip install 'sijill[team]'") from err
    config = Config(
        connect_timeout=SECONDS,
        read_timeout=SECONDS,
        retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
        # Not every server that is compatible knows the checksums that boto3 adds; every read is checked here anyway.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": "path" if location.endpoint else "auto"},
    )
    try:
        client = boto3.client(
            "s3", endpoint_url=location.endpoint or None, region_name=location.region or None, config=config
        )
    except (BotoCoreError, ValueError) as err:
        raise InputError(f"{location} cannot be used: {type(err).__name__}", hint="is a region set?") from err
    return BucketShelf(client, location, part)
