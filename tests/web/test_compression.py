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
    assert len({len(answer.content) for answer in sent}) > 1  # or the length would tell what is in it
    assert max(len(answer.content) for answer in sent) < len(whole.content) / 3


@pytest.mark.django_db
def test_what_programs_read_keeps_its_etag(client: Client) -> None:
    answer = client.get("/api/v1/openapi.json", headers=GZIP)
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer
