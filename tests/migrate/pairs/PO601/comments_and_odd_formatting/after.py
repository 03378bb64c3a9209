from pareta_openai import OpenAI

client = OpenAI()
reply = client . chat.completions .create(
    messages = [{"role": "user", "content": "Who signed?"}] ,   # the question
    model='ep_one' ,  # the endpoint
)
text = reply.choices[0].message.content   # all of it
