#!/usr/bin/python3
"""Google's token endpoint and Identity Toolkit for tests: google.py FOLDER

It makes a key and a service account's file (FOLDER/account.json), writes its port to FOLDER/port, and
a line for each request to FOLDER/inbox. POST /token: the assertion is checked by openssl with the
public key alone, then its claims; the line is "token good iat=SECONDS" or "token WHAT IS WRONG".
POST /v1/projects/PROJECT/accounts:delete removes the user FOLDER/users/UID; the line is "delete
STATUS". Files of FOLDER say what is otherwise: "token" and "delete" hold a status and a code ("403
PERMISSION_DENIED"), or "slow", "hangup", "redirect", "html", "long"; "pause" the seconds before each answer; "expires" those of a token; "access" a
token that is given out; "revoked" that those given out so far are refused."""
import base64
import http.server
import json
import os
import subprocess
import sys
import time
import urllib.parse

folder = sys.argv[1]
PROJECT = "demo-lethe"
EMAIL = "eraser@demo-lethe.iam.gserviceaccount.example"
tokens = set()
given = 0


def path(name):
    return os.path.join(folder, name)


def read(name, default=""):
    try:
        with open(path(name), encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return default


def note(*words):
    with open(path("inbox"), "a", encoding="utf-8") as file:
        print(*words, file=file)


def decode(text):
    assert not set(text) & set("+/="), "not base64url"
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def make_account():
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048",
                    "-out", path("key.pem")], **quiet)
    subprocess.run(["openssl", "pkey", "-in", path("key.pem"), "-pubout", "-out", path("public.pem")], **quiet)
    account = {"type": "service_account", "project_id": PROJECT, "private_key_id": "key1",
               "private_key": read("key.pem"), "client_email": EMAIL, "client_id": "1",
               "token_uri": "https://oauth2.googleapis.com/token"}
    with open(path("account.json"), "w", encoding="utf-8") as file:
        json.dump(account, file, indent=2)


def is_signed(text, signature):
    for name, content in (("signed", text.encode()), ("signature", signature)):
        with open(path(name), "wb") as file:
            file.write(content)
    done = subprocess.run(["openssl", "dgst", "-sha256", "-verify", path("public.pem"), "-signature",
                           path("signature"), path("signed")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return done.returncode == 0


def judge_assertion(form, url):
    """What is wrong with it, or None; and when it was made."""
    if form.get("grant_type") != ["urn:ietf:params:oauth:grant-type:jwt-bearer"]:
        return "grant_type", 0
    parts = form["assertion"][0].split(".")
    if len(parts) != 3:
        return "parts", 0
    header, claims = (json.loads(decode(part)) for part in parts[:2])
    if header != {"alg": "RS256", "typ": "JWT", "kid": "key1"}:
        return "header", 0
    if not is_signed(".".join(parts[:2]), decode(parts[2])):
        return "signature", 0
    wanted = {"iss": EMAIL, "aud": url, "scope": "https://www.googleapis.com/auth/identitytoolkit",
              "iat": claims.get("iat"), "exp": claims.get("iat", 0) + 3600}
    return (None if claims == wanted else "claims"), claims.get("iat")


class Google(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        note("followed")
        self.answer(200, {})

    def answer(self, status, document, kind="application/json"):
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if 300 <= status < 400:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(body)

    def misbehaves(self, what):
        """As the file of that name wants it; None where it wants nothing."""
        how = read(what).split()
        if not how:
            return None
        if how[0] == "hangup":
            self.close_connection = True
        elif how[0] == "slow":
            time.sleep(60)
        elif how[0] == "redirect":
            self.answer(307, {})
        elif how[0] == "html":
            self.answer(200, b"<!doctype html><title>Sign in to this network</title>", "text/html")
        elif how[0] == "long":
            self.answer(200, b"[" + b" " * 1000000 + b"]")
        elif what == "token":
            self.answer(int(how[0]), {"error": " ".join(how[1:]), "error_description": "ada@private.example"})
        else:
            self.answer(int(how[0]), {"error": {"code": int(how[0]), "message": " ".join(how[1:])}})
        return how[0]

    def give_token(self, form):
        global given
        what, made = judge_assertion(form, read("token_url") or f"http://127.0.0.1:{port}/token")
        how = self.misbehaves("token")
        note("token", what or "good", f"iat={made}", how or "")
        if how:
            return
        if what:
            self.answer(400, {"error": "invalid_grant"})
            return
        given += 1
        token = read("access") or f"ya29.test-{given}"
        tokens.add(token)
        answer = {"access_token": token, "token_type": "Bearer"}
        if read("expires") != "never":
            answer["expires_in"] = int(read("expires", "3599"))
        self.answer(200, answer)

    def delete(self, document):
        if read("revoked"):
            os.unlink(path("revoked"))
            tokens.clear()
        how = self.misbehaves("delete")
        if how:
            note("delete", how)
            return
        if self.headers.get("authorization", "")[7:] not in tokens or read("deaf"):
            note("delete 401")
            self.answer(401, {"error": {"code": 401, "message": "Request had invalid authentication credentials.",
                                        "status": "UNAUTHENTICATED"}})
            return
        assert list(document) == ["localId"]
        try:
            os.unlink(os.path.join(folder, "users", urllib.parse.quote(document["localId"], safe="")))
            note("delete 200")
            self.answer(200, {"kind": "identitytoolkit#DeleteAccountResponse"})
        except FileNotFoundError:
            note("delete absent")
            self.answer(400, {"error": {"code": 400, "message": "USER_NOT_FOUND", "errors": []}})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        time.sleep(float(read("pause", "0")))
        if self.path == "/token":
            assert self.headers["content-type"] == "application/x-www-form-urlencoded"
            self.give_token(urllib.parse.parse_qs(body, strict_parsing=True))
        elif self.path == f"/v1/projects/{PROJECT}/accounts:delete":
            assert self.headers["content-type"] == "application/json"
            self.delete(json.loads(body))
        else:
            note("unknown", self.path)
            self.answer(404, {"error": {"code": 404, "message": "Requested entity was not found."}})


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        note("error", repr(sys.exc_info()[1]))


make_account()
os.mkdir(path("users"))
server = Server(("127.0.0.1", 0), Google)
port = server.server_address[1]
with open(path("port.new"), "w", encoding="ascii") as file:
    file.write(str(port))
os.rename(path("port.new"), path("port"))
server.serve_forever()
