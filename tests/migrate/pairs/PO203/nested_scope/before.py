from openai import AsyncOpenAI


class App:
    base_url = "https://api.openai.com/v1/"

    def client(self):
        return (lambda: AsyncOpenAI(base_url=self.base_url))()
