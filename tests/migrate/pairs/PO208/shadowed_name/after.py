from pareta_openai import OpenAI

environ = {"OPENAI_API_KEY": "test"}
print(environ["OPENAI_API_KEY"], environ.get("OPENAI_API_KEY"))
client = OpenAI()
