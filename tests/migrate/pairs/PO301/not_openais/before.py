from litellm import completion
from groq import Groq

openai_model = "gpt-4o-mini"
answer = completion(model=openai_model, messages=[])
other = Groq().chat.completions.create(model="gpt-4o-mini", messages=[])
