def test_ask(mocker):
    mocker.patch("app.llm.pareta_openai.OpenAI")
    mocker.patch("app.local.openai.OpenAI.models")
    mocker.patch("app.llm.openai.RateLimitError")
