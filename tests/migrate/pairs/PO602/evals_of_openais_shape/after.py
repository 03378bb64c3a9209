from openai import OpenAI

client = OpenAI()
made = client.evals.create(name="x", data_source_config={}, testing_criteria=[])
client.evals.runs.create(made.id, data_source={}, name="run")
client.evals.runs.create(eval_set="es_1", models=["contract-kie-1"])
