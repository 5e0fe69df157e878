#!/usr/bin/env python3
"""Stands for PagerDuty and the dead-man's switch in tests: writes each request as a line of JSON and answers as they do.

    receiver.py FILE   prints its address, then serves until it is ended
"""
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with open(sys.argv[1], "a") as file:
            file.write(json.dumps({"path": self.path, "token": self.headers.get("Authorization"), "body": body}) + "\n")
        answer = b'{"status":"success","message":"Event processed","dedup_key":"1"}'
        self.send_response(202)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
