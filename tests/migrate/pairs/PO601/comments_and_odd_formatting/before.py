from pareta_openai import OpenAI

client = OpenAI()
reply = client . responses .create(
    input = "Who signed?" ,   # the question
    model='ep_one' ,  # the endpoint
)
text = reply.output_text   # all of it
