import cohere

client = cohere.Client()
client.rerank("which?", ["a"])
client.auto.metrics()
