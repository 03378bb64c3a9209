import os
from unittest.mock import patch

from pareta_openai import OpenAI

os.environ["PARETA_API_KEY"] = "pareta_sk_..."


def test_client(monkeypatch):
    monkeypatch.setenv("PARETA_API_KEY", 'pareta_sk_test')
    with patch.dict("os.environ", {"PARETA_API_KEY": "pareta_sk_other", "OTHER": "sk-1"}):
        OpenAI()
    with patch.dict(os.environ, {"PARETA_API_KEY": "other"}, clear=True):
        OpenAI()
