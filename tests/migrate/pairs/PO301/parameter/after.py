from pareta_openai import OpenAI

client = OpenAI()


def ask(prompt: str, model: str = "ep_contract_kie") -> str:
    answer = client.chat.completions.create(model=model, messages=[{"role": "user", "content": prompt}])
    return answer.choices[0].message.content or ""


print(ask("Hello"), ask("Hello", "ep_large"), ask("Hello", model="ep_large"))
