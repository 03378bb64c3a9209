from openai import OpenAI

pair = OpenAI(api_key="sk-..."), OpenAI(api_key='sk-test'), OpenAI(api_key="test")
