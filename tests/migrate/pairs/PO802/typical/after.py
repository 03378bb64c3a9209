from pareta import Pareta

client = Pareta()
client.auto.metrics()
client.auto.compare_frontier(model="gpt-5.5", messages=[])
client.rerank("which?", ["a", "b"])
client.embeddings(["a"], input_type="query")
client.images.generate("a cat", seed=1)
client.audio.transcriptions("a.wav")
client.audio.speech("hello")
client.evals.propose_contract(items=[], prompt="x")
