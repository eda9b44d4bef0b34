"""Pages are compressed, each time into another length, and nothing else is."""

import gzip

import pytest
from django.test import Client

GZIP = {"accept-encoding": "gzip, br"}


@pytest.mark.django_db
def test_a_page_is_compressed_for_whoever_takes_it_into_another_length_each_time(client: Client) -> None:
    whole = client.get("/")
    assert "Content-Encoding" not in whole
    sent = [client.get("/", headers=GZIP) for _time in range(8)]
    for answer in sent:
        assert answer["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in answer["Vary"]
        assert len(gzip.decompress(answer.content)) == pytest.approx(len(whole.content), abs=200)
    # Random bytes stand where gzip keeps a file name (RFC 1952, 2.3): without them the length tells what is in it.
    assert all(answer.content[3] & 8 for answer in sent)
    assert len({answer.content.index(0, 10) for answer in sent}) > 1
    assert max(len(answer.content) for answer in sent) < len(whole.content) / 3


@pytest.mark.django_db
def test_what_programs_read_keeps_its_etag(client: Client) -> None:
    answer = client.get("/api/v1/openapi.json", headers=GZIP)
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer
