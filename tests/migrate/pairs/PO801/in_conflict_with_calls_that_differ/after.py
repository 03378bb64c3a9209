from pareta_openai import Pareta

client = Pareta()
print(client.rerank("a", ["b"]))
