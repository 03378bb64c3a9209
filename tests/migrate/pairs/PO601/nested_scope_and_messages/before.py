from pareta_openai import OpenAI


def outer(client: OpenAI):
    def inner(name):
        return client.responses.create(
            model="ep_one",
            input=[
                {"role": "developer", "content": "Be brief."},
                {"role": "user", "content": f"Who is {name}?"},
            ],
            temperature=0,
        ).output_text

    return inner
