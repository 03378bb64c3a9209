from openai import OpenAI

client = OpenAI()
file = client.files.create(file=b"", purpose="batch")
batch = client.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")


class Assistants:
    def __init__(self) -> None:
        self.openai = OpenAI()

    def ask(self):
        return self.openai.beta.threads.create()
