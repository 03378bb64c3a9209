from openai import OpenAI

answer = OpenAI( ).chat.completions.create(
    model="gpt-4o"  # the best
    ,
    messages=[],
)
