import httpx
import openai

client = openai.OpenAI(
    timeout = openai.Timeout(  # in seconds
        60.0 ,
    ),
)
