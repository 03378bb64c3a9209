import subprocess


def test_tool(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    subprocess.run(["openai-tool"])
