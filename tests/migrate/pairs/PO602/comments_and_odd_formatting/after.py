from openai import OpenAI

client = OpenAI()
(client
    .beta  # still
    .assistants
    .list())
client . uploads . create ( bytes = 1, filename = "x", mime_type = "y", purpose = "z" )
