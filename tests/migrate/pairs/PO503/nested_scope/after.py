from pareta_openai import OpenAI


class TestKeys:
    def test_missing(self, monkeypatch):
        def without():
            monkeypatch.delenv("PARETA_API_KEY", raising=False)

        without()
        assert not OpenAI()
