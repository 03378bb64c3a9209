from pareta import Pareta

client = Pareta()
print(client.rerank("a", ["b"]))
