import litellm
import os

litellm.completion(
    model="openai/ep_one",
    messages=[],
    api_base="https://api.pareta.ai/v1",
    api_key=os.environ["PARETA_API_KEY"],
)
