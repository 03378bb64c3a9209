import openai

answer = openai.chat.completions.create(model="gpt-4o-mini", messages=[])
vector = openai.embeddings.create(model="gpt-4o-mini", input="text")
