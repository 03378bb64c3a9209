from openai import OpenAI

client = OpenAI(
    ** { # for now
        'timeout' : 20 ,
        'base_url' : "https://api.openai.com/v1" ,  # the default
    }
)
