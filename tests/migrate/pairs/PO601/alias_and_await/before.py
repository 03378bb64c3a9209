from pareta_openai import AsyncOpenAI as Client


class Asker:
    def __init__(self):
        self.llm = Client()

    async def ask(self, question: str) -> str:
        answer = await self.llm.responses.create(model="ep_one", input=question, max_output_tokens=200, store=False)
        print(answer.usage.input_tokens, answer.usage.output_tokens, answer.usage.total_tokens, answer.id)
        return answer.output_text
