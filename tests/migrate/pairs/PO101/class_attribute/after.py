from pareta_openai import OpenAI


class App:
    client_class = OpenAI

    def connect(self):
        return self.client_class(max_retries=3)
