import os as system
from unittest import mock
from unittest.mock import patch

from pareta_openai import OpenAI as Client


@mock.patch.dict(system.environ, {"PARETA_API_KEY": "test", "HOME": "/root"}, clear=True)
def test_one():
    assert Client().api_key


@patch.dict("os.environ", {"PARETA_BASE_URL": "http://127.0.0.1:1"})
def test_two():
    assert Client().base_url
