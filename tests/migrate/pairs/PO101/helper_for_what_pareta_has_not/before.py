from openai import OpenAI


class Speech:
    def client(self) -> OpenAI:
        return OpenAI()

    def speak(self) -> object:
        return self.client().audio.speech.create(model="tts-1", voice="alloy", input="Hello")


def moderate() -> object:
    return connect().moderations.create(input="Hello")


def connect() -> OpenAI:
    return OpenAI()
