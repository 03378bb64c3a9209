import openai


class Asker:
    async def ask(self):
        try:
            return await self.client.models.list()
        except openai.APIStatusError as e:
            explain = lambda: "too long" if e.code == "context_length_exceeded" else "?"
            return explain()
