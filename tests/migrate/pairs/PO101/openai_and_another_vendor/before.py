from openai import OpenAI

client = OpenAI()
local = OpenAI(base_url="http://localhost:11434/v1", api_key="ollama")


def pick(cheap: bool) -> OpenAI:
    return local if cheap else client
