from pareta_openai import OpenAI

client = OpenAI(
    ** { # for now
        'timeout' : 20 ,
    }
)
