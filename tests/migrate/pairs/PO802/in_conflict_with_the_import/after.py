import pareta_openai as pareta

client = pareta.Pareta()
client.evals.propose_contract(items=[], prompt="x")
