from openai import OpenAI

client = OpenAI(
    base_url = ( # the cheap one
        "https://api"
        ".perplexity.ai"
    ) ,
)
