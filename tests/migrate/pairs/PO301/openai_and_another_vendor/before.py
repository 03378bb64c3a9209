from openai import OpenAI

client = OpenAI()
router = OpenAI(base_url="https://openrouter.ai/api/v1", api_key="key")

for_us = client.chat.completions.create(model="gpt-4o-mini", messages=[])
for_them = router.chat.completions.create(model="gpt-4o-mini", messages=[])
