from pareta import Pareta


class Shop:
    def __init__(self, client: Pareta) -> None:
        self.client = client

    def sort(self):
        def later(documents):
            return self.client.rerank("best", documents)

        return later
