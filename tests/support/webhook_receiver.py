#!/usr/bin/python3
"""A receiver of webhooks for tests: webhook_receiver.py FOLDER

It writes its port to FOLDER/port and, for each message it gets, a line "STATUS ID TYPE VERDICT
DIGEST" to FOLDER/inbox; DIGEST is SHA-256 of the body. VERDICT is "good" where webhook-signature is, by Python's own hmac with the secret in
FOLDER/secret ("whsec_…"), that of id, timestamp and body, and the body's id is the header's; else
what is wrong. The path says what it answers: /204, /500, … that status; /redirect to /204; /slow
nothing; /held 204 once there is no FOLDER/hold any more; /late 204 after more than a second;
/long more than anybody reads, /head as long a head; /hangup closes. With FOLDER/certificate.pem it speaks TLS."""
import base64
import hashlib
import hmac
import http.server
import json
import os
import ssl
import sys
import time

folder = sys.argv[1]


def secret():
    with open(os.path.join(folder, "secret"), encoding="ascii") as file:
        text = file.read().strip()
    assert text.startswith("whsec_")
    return base64.b64decode(text[6:], validate=True)


def verdict(headers, body):
    message = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    wanted = "v1," + base64.b64encode(hmac.new(secret(), message, hashlib.sha256).digest()).decode()
    if not hmac.compare_digest(wanted, headers["webhook-signature"]):
        return "signature"
    if headers["content-type"] != "application/json":
        return "type"
    if json.loads(body)["id"] != headers["webhook-id"]:
        return "id"
    return "good"


class Receiver(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        self.note(0, "-", "followed")
        self.send_response(204)
        self.end_headers()

    def note(self, status, kind, what):
        with open(os.path.join(folder, "inbox"), "a", encoding="utf-8") as file:
            print(status, self.headers.get("webhook-id", "-"), kind, what, file=file)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        with open(os.path.join(folder, "body"), "wb") as file:
            file.write(body)
        what = self.path.strip("/").split("?")[0]
        status = int(what) if what.isdigit() else {"redirect": 307, "held": 204, "late": 204}.get(what, 200)
        digest = hashlib.sha256(body).hexdigest()
        self.note(status, json.loads(body)["type"], verdict(self.headers, body) + " " + digest)
        if what == "hangup":
            self.connection.close()
            return
        if what == "slow":
            time.sleep(30)
        while what == "held" and os.path.exists(os.path.join(folder, "hold")):
            time.sleep(0.01)
        if what == "late":
            time.sleep(1.2)
        self.send_response(status)
        if what == "head":
            self.pour(status, b"x-header: " + b"x" * 1000 + b"\r\n")
            return
        if what == "redirect":
            self.send_header("Location", "/204")
        if what != "long":
            self.send_header("Content-Length", "0")
        self.end_headers()
        if what == "long":
            self.pour(status, b"x" * 65536)

    def pour(self, status, piece):
        self.close_connection = True
        self.flush_headers()
        try:
            for _ in range(4000):
                self.wfile.write(piece)
        except OSError:
            self.note(status, "-", "cut")


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


server = Server(("127.0.0.1", 0), Receiver)
if os.path.exists(os.path.join(folder, "certificate.pem")):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(os.path.join(folder, "certificate.pem"), os.path.join(folder, "key.pem"))
    server.socket = context.wrap_socket(server.socket, server_side=True)
with open(os.path.join(folder, "port.new"), "w", encoding="ascii") as file:
    file.write(str(server.server_address[1]))
os.rename(os.path.join(folder, "port.new"), os.path.join(folder, "port"))
server.serve_forever()
