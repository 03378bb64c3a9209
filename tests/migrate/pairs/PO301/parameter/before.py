from openai import OpenAI

client = OpenAI()


def ask(prompt: str, model: str = "gpt-4o-mini") -> str:
    answer = client.chat.completions.create(model=model, messages=[{"role": "user", "content": prompt}])
    return answer.choices[0].message.content or ""


print(ask("Hello"), ask("Hello", "gpt-4o"), ask("Hello", model="gpt-4o"))
