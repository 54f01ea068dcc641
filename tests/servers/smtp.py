"""A real SMTP server (aiosmtpd) for the delivery tests: STARTTLS, log-in, and a maildir of what arrived.

Usage: smtp.py FOLDER CERT KEY [refuse ADDRESS] [greylist] [implicit: TLS from the first byte, no log-in]; prints "port N" once it listens, stops when stdin ends.
"""

import pathlib
import socket
import ssl
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

folder = pathlib.Path(sys.argv[1])
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[2], sys.argv[3])
options = sys.argv[4:]


class Handler:
    count = 0
    grey = "greylist" in options

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if "refuse" in options and address == options[options.index("refuse") + 1]:
            return "550 5.1.1 no such person"
        if self.grey:
            Handler.grey = False
            return "451 4.7.1 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        Handler.count += 1
        (folder / f"{Handler.count:04}.eml").write_bytes(envelope.content)
        (folder / f"{Handler.count:04}.to").write_text("\n".join(envelope.rcpt_tos))
        return "250 2.0.0 kept"


def authenticate(server, session, envelope, mechanism, data):
    good = isinstance(data, LoginPassword) and data.login == b"vigie" and data.password == b"s3cret \xc3\xa9"
    return AuthResult(success=good, handled=good)


class Local(Controller):
    def factory(self):
        return SMTP(
            self.handler,
            hostname="localhost",
            tls_context=context,
            require_starttls=True,
            auth_required=True,
            authenticator=authenticate,
        )


probe = socket.socket()
probe.bind(("127.0.0.1", 0))
port = probe.getsockname()[1]
probe.close()
if "implicit" in options:
    controller = Controller(Handler(), hostname="127.0.0.1", port=port, ssl_context=context)
else:
    controller = Local(Handler(), hostname="127.0.0.1", port=port)
controller.start()
print(f"port {port}", flush=True)
sys.stdin.read()
controller.stop()
