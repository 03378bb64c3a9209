from pareta import Pareta

client = Pareta()


def sort(client):
    return client.rerank("best", [])
