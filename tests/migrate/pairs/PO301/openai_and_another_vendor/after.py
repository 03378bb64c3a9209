from openai import OpenAI
from pareta_openai import ParetaOpenAI

client = ParetaOpenAI()
router = OpenAI(base_url="https://openrouter.ai/api/v1", api_key="key")

for_us = client.chat.completions.create(model="ep_contract_kie", messages=[])
for_them = router.chat.completions.create(model="gpt-4o-mini", messages=[])
