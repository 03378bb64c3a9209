import pytest
import vcr


@vcr.use_cassette("tests/cassettes/openai_chat.yaml")
def test_one(): ...


@pytest.mark.vcr
def test_two(): ...


@pytest.mark.vcr(filter_headers=["OpenAI-Organization"])
def test_three(): ...
