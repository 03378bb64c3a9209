import anthropic
import httpx
import openai

claude = anthropic.Anthropic(timeout=httpx.Timeout(60), http_client=httpx.Client())
httpx.Client(timeout=httpx.Timeout(5)).get("https://shop.example")
