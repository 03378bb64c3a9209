def ask(client):
    from openai import APIConnectionError

    def once():
        try:
            return client.models.list()
        except APIConnectionError as e:
            if isinstance(e, (ValueError, APIConnectionError)):
                return None
            raise

    return once
