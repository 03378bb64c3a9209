import os

import openai

openai.api_key = os.environ["OPENAI_API_KEY"]
answer = openai.chat.completions.create(model="ep_contract_kie", messages=[{"role": "user", "content": "Hello"}])
