"""Read the total of an invoice, with an endpoint that is there or is deployed."""

from pareta import InsufficientCreditsError, Pareta

client = Pareta.from_env()


def endpoint_for(task: str) -> str:
    live = [endpoint.id for endpoint in client.endpoints.list() if endpoint.status == "live"]
    return live[0] if live else client.endpoints.deploy(task=task, wait=True).id


def total(invoice: str) -> str:
    try:
        answer = client.chat.completions.create(
            model=endpoint_for("invoice-extraction"),
            messages=[{"role": "user", "content": f"The total of: {invoice}"}],
        )
    except InsufficientCreditsError:
        return "out of credit"
    return answer.choices[0].message.content or ""


if __name__ == "__main__":
    print(total("Invoice 2041, Hansen Tools, 54.00 EUR"))
