import pareta_openai as openai

answer = openai.chat.completions.create(model="ep_contract_kie", messages=[])
vector = openai.embeddings.create(model="ep_contract_kie", input="text")
