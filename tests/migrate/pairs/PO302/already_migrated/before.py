from pareta_openai import OpenAI

answer = OpenAI().chat.completions.create(model="ep_contract_kie", messages=[])
auto = OpenAI().chat.completions.create(model="auto", messages=[])
