from billing import Reader, make_client
from openai.types.chat import ChatCompletion

with make_client(max_retries=0) as client:
    answer = Reader(client).read("Hansen Tools, 54.00 EUR")
print(isinstance(answer, ChatCompletion), answer.choices[0].message.content)
