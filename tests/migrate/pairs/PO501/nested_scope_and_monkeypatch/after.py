import pytest


class TestAsk:
    @pytest.fixture
    def fake(self, monkeypatch):
        def arm():
            monkeypatch.setattr("pareta_openai.OpenAI", lambda **_: None)
            monkeypatch.setattr("pareta_openai.OpenAI.__init__", lambda self, **_: None)

        return arm
