import httpx
import respx


@respx . mock
def test_one():
    respx.get("https://api.pareta.ai/v1/models").mock(
        side_effect = httpx.ConnectError )


def test_two(httpx_mock):
    httpx_mock.add_response(url="https://api.pareta.ai/v1/models")
