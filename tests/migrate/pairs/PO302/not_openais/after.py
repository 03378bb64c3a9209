from groq import Groq

text = "openai"
answer = Groq().chat.completions.create(model="gpt-4o", messages=[])
