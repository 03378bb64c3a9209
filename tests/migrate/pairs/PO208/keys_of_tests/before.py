import os
from unittest.mock import patch

from openai import OpenAI

os.environ["OPENAI_API_KEY"] = "sk-proj-6DhUyTq0sVn1kWc8Zb4mRx7Lp2Gf9Ja3Ei5Oo"


def test_client(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", 'sk-test')
    with patch.dict("os.environ", {"OPENAI_API_KEY": "sk-other", "OTHER": "sk-1"}):
        OpenAI()
    with patch.dict(os.environ, {"OPENAI_API_KEY": "other"}, clear=True):
        OpenAI()
