import myproject.openai as openai

openai.api_key = "sk-test"
