from pareta_openai import OpenAI

pair = OpenAI(api_key="pareta_sk_..."), OpenAI(api_key='pareta_sk_test'), OpenAI(api_key="test")
