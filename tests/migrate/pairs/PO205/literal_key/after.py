from pareta_openai import OpenAI

client = OpenAI()
other = OpenAI()
