from openai import *


class App:
    def client(self):
        def make():
            return OpenAI()

        return make()
