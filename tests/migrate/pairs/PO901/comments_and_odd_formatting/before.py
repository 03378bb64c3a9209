import httpx
import openai

client = openai.OpenAI(
    timeout = httpx . Timeout(  # in seconds
        60.0 ,
    ),
)
