from openai import OpenAI


class os:
    environ = {"OPENAI_API_KEY": "test"}


client = OpenAI(api_key=os.environ["OPENAI_API_KEY"])
