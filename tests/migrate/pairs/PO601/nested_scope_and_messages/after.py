from pareta_openai import OpenAI


def outer(client: OpenAI):
    def inner(name):
        return client.chat.completions.create(
            model="ep_one",
            messages=[
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": f"Who is {name}?"},
            ],
            temperature=0,
        ).choices[0].message.content

    return inner
