import litellm

litellm . completion(
    messages = [],  # none
    model = "gpt-4o"
)
litellm.embedding("text-embedding-3-small", ["a"])
litellm.completion(model=MODEL, messages=[])
