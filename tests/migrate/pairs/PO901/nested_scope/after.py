import httpx
import openai


class Asker:
    def __init__(self, client: openai.OpenAI):
        self.client = client

    def ask(self):
        def once():
            patient = self.client.with_options(timeout=openai.Timeout(9))
            return patient.chat.completions.create(model="ep_one", messages=[], timeout=openai.Timeout(5))

        return once
