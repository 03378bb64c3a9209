from pareta_openai import AsyncOpenAI


class App:
    base_url = "https://api.pareta.ai/v1/"

    def client(self):
        return (lambda: AsyncOpenAI(base_url=self.base_url))()
