def test_httpx(httpx_mock):
    def arm():
        httpx_mock.add_response(url="https://api.pareta.ai/v1/models", json={"data": []})

    arm()


def test_respx(respx_mock):
    respx_mock.post("https://api.pareta.ai/v1/embeddings")


def test_requests(requests_mock):
    requests_mock.get("https://api.openai.com/v1/models")
