from openai import OpenAI as Real


class OpenAI(Real):
    def __init__(self, organization: str) -> None:
        super().__init__(default_headers={"X-Team": organization})


client = OpenAI(organization="org-123")
