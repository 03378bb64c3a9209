"""What goes wrong is told apart by OpenAI's exceptions."""

import openai


def ask(client: openai.OpenAI, model: str) -> str:
    try:
        answer = client.chat.completions.create(model=model, messages=[{"role": "user", "content": "Hello"}])
    except openai.NotFoundError as error:
        return f"no such model, {error.status_code}"
    except (openai.RateLimitError, openai.AuthenticationError) as error:
        return f"refused, {error.status_code}"
    except openai.APIError as error:
        return f"something else: {type(error).__mro__[-4].__name__}"
    return answer.choices[0].message.content or ""


with openai.OpenAI(max_retries=0) as client:
    print(ask(client, "gpt-4o-mini"))
    print(ask(client, "no-such-model"))
    print(ask(client.with_options(timeout=30), "gpt-4o-mini"))
with openai.OpenAI(api_key="wrong", max_retries=0) as stranger:
    print(ask(stranger, "gpt-4o-mini"))
