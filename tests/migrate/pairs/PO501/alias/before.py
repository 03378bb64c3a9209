import unittest.mock as um
from unittest import mock


@mock.patch("openai.OpenAI", autospec=True)
def test_one(fake):
    assert not fake.called


def test_two(mocker):
    fake = mocker.patch("openai.OpenAI", return_value=um.Mock())
    assert not fake.called


def test_three():
    patcher = um.patch('openai.AsyncOpenAI')
    patcher.start()
    patcher.stop()
