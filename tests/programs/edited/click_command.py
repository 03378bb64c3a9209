"""A command line with a client in its context."""

import click

from pareta_openai import OpenAI, OpenAIError


@click.group()
@click.option("--timeout", default=30.0)
@click.pass_context
def cli(context, timeout):
    context.obj = OpenAI(timeout=timeout)


@cli.command()
@click.argument("words", nargs=-1)
@click.option("--model", default="ep_contract_kie")
@click.pass_obj
def ask(client, words, model):
    try:
        completion = client.chat.completions.create(
            model=model, messages=[{"role": "user", "content": " ".join(words)}]
        )
    except OpenAIError as error:
        raise click.ClickException(type(error).__mro__[-4].__name__) from error
    click.echo(completion.choices[0].message.content)


for arguments in (["ask", "Who", "signed", "it?"], ["--timeout", "5", "ask", "--model", "ep_nowhere", "And?"]):
    try:
        cli(arguments, standalone_mode=False)
    except click.ClickException as error:
        click.echo(f"failed: {'status' if error.message else ''}")
