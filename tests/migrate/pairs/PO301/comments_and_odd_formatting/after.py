from pareta_openai import OpenAI

client = OpenAI()
answer = client . chat.completions . create(
    model = # cheap
        'ep_contract_kie' , # enough
    messages=[]
)
other = client.chat.completions.create(model=("ep_contract_kie"), messages=[])
