from openai import *
from pareta_openai import OpenAI


class App:
    def client(self):
        def make():
            return OpenAI()

        return make()
