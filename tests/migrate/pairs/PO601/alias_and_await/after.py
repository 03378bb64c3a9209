from pareta_openai import AsyncOpenAI as Client


class Asker:
    def __init__(self):
        self.llm = Client()

    async def ask(self, question: str) -> str:
        answer = await self.llm.chat.completions.create(model="ep_one", messages=[{"role": "user", "content": question}], max_tokens=200)
        print(answer.usage.prompt_tokens, answer.usage.completion_tokens, answer.usage.total_tokens, answer.id)
        return answer.choices[0].message.content
