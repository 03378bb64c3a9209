import pareta


def test_broke():
    raise pareta.InsufficientCreditsError("broke", status_code=402)


def test_lost():
    raise pareta.APIConnectionError("lost", cause=OSError())


def test_plain():
    raise pareta.ParetaError("x")
