"""Calls of the module itself, as in many notebooks and scripts."""

import pareta_openai as openai

openai.max_retries = 4

for question in ("Who signed it?", "On which day?"):
    answer = openai.chat.completions.create(model="ep_contract_kie", messages=[{"role": "user", "content": question}])
    print(answer.choices[0].message.content)
print([model.id for model in openai.models.list()])
