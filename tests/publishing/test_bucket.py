"""Pictures in a bucket instead of the data folder: a real S3 interface on this machine (moto's server)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import httpx2
import pytest
from django.conf import settings as in_force
from moto.server import ThreadedMotoServer
from PIL import Image

from stairgate.config.home import HomeTrouble
from stairgate.config.settings import picture_storage
from stairgate.publishing import services
from stairgate.publishing.content import PictureUse
from stairgate.publishing.models import Picture, RevisionPicture
from stairgate.publishing.states import DeliveryState
from tests.publishing.conftest import Desk, Scripted

BUCKET = "willow-lane-pictures"


@pytest.fixture
def store() -> Iterator[ThreadedMotoServer]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def bucket(store: ThreadedMotoServer, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The bucket itself, with the product set up to keep its pictures there."""
    host, port = store.get_host_and_port()
    for name, value in {
        "STAIRGATE_S3_BUCKET": BUCKET,
        "STAIRGATE_S3_ENDPOINT": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "somebody",
        "AWS_SECRET_ACCESS_KEY": "a secret of the tests alone",
        "AWS_DEFAULT_REGION": "eu-west-2",
    }.items():
        monkeypatch.setenv(name, value)
    httpx2.post(f"http://{host}:{port}/moto-api/reset", trust_env=False).raise_for_status()
    settings.STORAGES = {**in_force.STORAGES, "default": picture_storage()}
    found = boto3.resource("s3", endpoint_url=f"http://{host}:{port}").Bucket(BUCKET)
    found.create(CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    return found


def photo() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (64, 48), "green").save(data, "JPEG")
    return data.getvalue()


def with_photo(desk: Desk) -> tuple[Picture, PictureUse]:
    row = services.add_picture(
        actor=desk.cast.tom, organisation=desk.cast.organisation, data=photo(), at=desk.now
    )
    return row, PictureUse(row.pk, "A green field", RevisionPicture.Shows.NOBODY)


def test_a_picture_is_kept_in_the_bucket_and_goes_out_as_it_was_approved(
    bucket: Any, desk: Desk, network: Scripted
) -> None:
    before = set(Path(in_force.HOME.media).rglob("*"))
    row, use = with_photo(desk)
    desk.approved(pictures=(use,))
    kept = [one.get()["Body"].read() for one in bucket.objects.all()]
    assert len(kept) == 1 and set(Path(in_force.HOME.media).rglob("*")) == before
    desk.sweep()
    assert [picture.data for sent in network.published for picture in sent.pictures] == kept
    grants = bucket.Object(row.file.name).Acl().grants
    assert not any("AllUsers" in str(grant) for grant in grants)


def test_a_picture_exchanged_in_the_bucket_shuts_the_gate(bucket: Any, desk: Desk, network: Scripted) -> None:
    row, use = with_photo(desk)
    post = desk.approved(pictures=(use,))
    bucket.Object(row.file.name).put(Body=b"another picture")
    desk.sweep()
    assert network.published == []
    assert desk.delivery(post).state == DeliveryState.CANCELLED


def test_a_store_that_is_away_shuts_the_gate_and_lets_others_go(
    bucket: Any, store: ThreadedMotoServer, desk: Desk, network: Scripted
) -> None:
    _, use = with_photo(desk)
    held = desk.approved(pictures=(use,))
    free = desk.approved(text="No picture, so nothing to wait for.")
    store.stop()
    desk.sweep()
    assert [sent.text for sent in network.published] == ["No picture, so nothing to wait for."]
    shut = desk.delivery(held)
    assert shut.state == DeliveryState.CANCELLED and "Not everything could be checked" in shut.reason
    assert desk.delivery(free).state == DeliveryState.DONE


def test_without_its_part_a_bucket_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAIRGATE_S3_BUCKET", BUCKET)
    monkeypatch.setitem(__import__("sys").modules, "botocore.config", None)
    with pytest.raises(HomeTrouble, match=r"stairgate\[s3\]"):
        picture_storage()
