import httpx
import openai


class Asker:
    def __init__(self, client: openai.OpenAI):
        self.client = client

    def ask(self):
        def once():
            patient = self.client.with_options(timeout=httpx.Timeout(9))
            return patient.chat.completions.create(model="ep_one", messages=[], timeout=httpx.Timeout(5))

        return once
