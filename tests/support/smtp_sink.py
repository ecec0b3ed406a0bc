#!/usr/bin/python3
"""A mail server for tests: smtp_sink.py FOLDER CERTIFICATE KEY [FEATURE]

It writes its port to FOLDER/port, each message it takes to FOLDER/N.eml and a line "N FROM TO TLS
USER" to FOLDER/inbox. With STARTTLS it offers that, with AUTH it demands STARTTLS and the account
lethe with the password s3cret. By the recipient's name it refuses the recipient (bounce 550, later
451, closing 421) or the message (spam 554, full 452), is slow (slow), takes the message and hangs up without an
answer (lost) or never answers (hang); with KIND it takes all of these. CLOSED and BUSY turn
everybody away (554, 421), MUTE says nothing at all. SINK_PORT
in the environment names the port."""
import asyncio
import logging
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

folder, certificate, key = sys.argv[1:4]
kind = "KIND" in sys.argv
greetings = {"CLOSED": b"554 no mail here\r\n", "BUSY": b"421 come again\r\n", "MUTE": b""}
greeting = greetings.get(sys.argv[-1])
count = 0


def write(name, data):
    with open(os.path.join(folder, name + ".new"), "wb") as file:
        file.write(data)
    os.rename(os.path.join(folder, name + ".new"), os.path.join(folder, name))


class Sink:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if kind:
            envelope.rcpt_tos.append(address)
            return "250 OK"
        if address.startswith("bounce"):
            return "550 5.1.1 nobody of that name"
        if address.startswith("later"):
            return "451 4.7.1 come again"
        if address.startswith("closing"):
            return "421 4.3.2 closing down"
        if address.startswith("slow"):
            await asyncio.sleep(60)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        global count
        count += 1
        write("%d.eml" % count, envelope.content)
        user = session.auth_data.login.decode() if session.auth_data else "-"
        with open(os.path.join(folder, "inbox"), "a", encoding="utf-8") as file:
            tls = "tls" if session.ssl else "clear"
            print(count, envelope.mail_from, ",".join(envelope.rcpt_tos), tls, user, file=file)
        return await answer(server, "" if kind else envelope.rcpt_tos[0])


async def answer(server, to):
    if to.startswith("lost"):
        server.transport.abort()
    if to.startswith("hang"):
        await asyncio.sleep(600)
    if to.startswith("spam"):
        return "554 5.7.1 not this"
    if to.startswith("full"):
        return "452 4.3.1 no room"
    return "250 taken"


class Greeting(asyncio.Protocol):
    """Turns everybody away, or says nothing."""

    def connection_made(self, transport):
        if greeting:
            transport.write(greeting)
            transport.close()


def authenticate(server, session, envelope, mechanism, data):
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"lethe", b"s3cret")
    return AuthResult(success=good, handled=False if not good else True, auth_data=data)


async def main():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    options = {"hostname": "sink.example"}
    if "STARTTLS" in sys.argv or "AUTH" in sys.argv:
        options["tls_context"] = context
    if "AUTH" in sys.argv:
        options.update(require_starttls=True, authenticator=authenticate, auth_required=True)
    loop = asyncio.get_running_loop()
    serve = (lambda: SMTP(Sink(), **options)) if greeting is None else Greeting
    port = int(os.environ.get("SINK_PORT", "0"))
    server = await loop.create_server(serve, "127.0.0.1", port, reuse_address=True)
    write("port", str(server.sockets[0].getsockname()[1]).encode())
    await server.serve_forever()


# With every login the library warns of an attribute that it sets itself.
logging.getLogger("mail.log").setLevel(logging.ERROR)
asyncio.run(main())
