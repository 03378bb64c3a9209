import openai

openai.api_key = "sk-test"
answer = openai.ChatCompletion.create(model="gpt-4", messages=[])
