from pareta_openai import OpenAI

client = OpenAI()


def ask(question):
    return client.responses.create(model="ep_one", input=question).output_text


def picture():
    content = [{"type": "input_image", "image_url": "https://x.example/a.png"}]
    return client.responses.create(model="ep_one", input=[{"role": "user", "content": content}]).output_text
