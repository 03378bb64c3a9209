import openai
import requests_mock_responses as vendor

client = vendor.Client()
print(client.responses.create(model="ep_one", input="Who signed?").output_text)

other = openai.OpenAI(base_url="https://openrouter.ai/api/v1", api_key="...")
print(other.responses.create(model="openai/gpt-4o", input="Who signed?").output_text)
