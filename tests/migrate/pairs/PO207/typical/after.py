import os

import pareta_openai as openai

openai.api_key = os.environ["PARETA_API_KEY"]
answer = openai.chat.completions.create(model="ep_contract_kie", messages=[{"role": "user", "content": "Hello"}])
