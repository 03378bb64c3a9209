from pareta_openai import Pareta

client = Pareta()
client.embeddings.create(model="embed-1", input=["a"])
client.endpoints.deploy(task="contract-key-fields", wait=True)
client.evals.runs.create(eval_set="es_1", models=["contract-kie-1"], wait=True)
client.tasks.match("contracts").chosen
