import anthropic
import openai

client = openai.OpenAI()

try:
    anthropic.Anthropic().messages.create()
except anthropic.RateLimitError:
    print("slower")
