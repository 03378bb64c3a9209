import httpx
import respx
from pareta_openai import OpenAI


@respx.mock
def test_ask():
    route = respx.post("https://api.pareta.ai/v1/chat/completions").mock(return_value=httpx.Response(200, json={}))
    OpenAI(api_key="pareta_sk_x").chat.completions.create(model="ep_one", messages=[])
    assert route.called
