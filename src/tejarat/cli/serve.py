"""``tejarat serve``: the local app."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tejarat.cli.shell import say
from tejarat.errors import AddressError, MissingExtraError, OutputError


def serve(
    folder: Annotated[
        Path | None, typer.Option(help="Where corrected articles are saved and read from; made if absent.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="Folder or hub name of a model, or a saved pipeline; by default the shipped one."),
    ] = None,
    host: Annotated[
        str, typer.Option(help="Address to listen on; the default is this machine alone.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 for any free one.")
    ] = 8765,
    characters: Annotated[int, typer.Option(min=1, help="Longest article, in characters.")] = 100_000,
    articles: Annotated[int, typer.Option(min=1, help="Most articles of one request.")] = 100,
    seconds: Annotated[float, typer.Option(min=0.1, help="Longest time for one request.")] = 60.0,
) -> None:
    """Open a page to paste, look at and correct articles, and an HTTP interface (POST /extract)."""
    try:
        import uvicorn

        from tejarat.serve.app import Limits, make_app
    except ImportError as error:
        raise MissingExtraError("tejarat serve", "serve", error.name or "fastapi") from None
    import socket

    from tejarat import pipeline

    if folder is not None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(str(folder), error.strerror or str(error)) from None
    nlp = pipeline.load(model)
    nlp("۱")  # the model is read now, not at the first request
    limits = Limits(
        characters=characters, articles=articles, body=max(1_000_000, 8 * characters), seconds=seconds
    )
    server = uvicorn.Server(
        uvicorn.Config(make_app(nlp, folder, limits, host), log_level="warning", server_header=False)
    )
    try:
        listening = socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
    except OSError as error:
        raise AddressError(host, port, error.strerror or str(error)) from None
    with listening:
        shown = f"[{host}]" if ":" in host else host
        say(f"open http://{shown}:{listening.getsockname()[1]}/ — Ctrl+C ends it")
        server.run(sockets=[listening])
