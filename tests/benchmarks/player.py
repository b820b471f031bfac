"""A page that sends what was recorded of another one, and does nothing else: what Streamlit itself costs.

`tests.benchmarks.floor` copies it into a folder of its own, beside the configuration of the app and the recording.
"""

from base64 import b64decode
from functools import cache
from pathlib import Path

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx


@cache
def recorded() -> list[bytes]:
    """The messages of the page, as they came: one a line."""
    return [b64decode(line) for line in (Path(__file__).parent / "recorded").read_bytes().splitlines()]


context = get_script_run_ctx()
assert context is not None, "it is run by Streamlit"
for message in recorded():
    context.enqueue(ForwardMsg.FromString(message))
