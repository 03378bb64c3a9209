"""The nearest of a few texts to a question."""

from pareta_openai import OpenAI

client = OpenAI()
texts = ["invoices", "contracts", "receipts", "what is in my invoices"]
vectors = [item.embedding for item in client.embeddings.create(model="ep_contract_kie", input=texts).data]
*candidates, question = vectors


def product(one, other):
    return sum(a * b for a, b in zip(one, other))


for text, vector in zip(texts, candidates):
    print(text, round(product(vector, question), 4))
