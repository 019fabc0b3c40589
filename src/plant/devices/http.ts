// SPDX-License-Identifier: Apache-2.0
import { concatBytes, fromUtf8, toUtf8 } from '../../base/bytes.ts';
import type { Host } from '../wire/host.ts';

const messageBytesMax = 65_536;

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly body: Uint8Array;
}

export interface HttpResponse {
  readonly status: string;
  readonly type: string;
  readonly body: Uint8Array;
}

/** Serves one request a connection, HTTP/1.1 with "Connection: close". What is not a request ends the connection. */
export function serveHttp(host: Host, port: number, serverName: string, respond: (request: HttpRequest) => HttpResponse): void {
  host.tcp.listen(port, (connection) => {
    let received: Uint8Array = new Uint8Array(0);
    let isAnswered = false;
    return {
      onReceive: (bytes) => {
        received = concatBytes([received, bytes]);
        const request = readRequest(received);
        if (request === 'bad' || received.length > messageBytesMax) return connection.abort();
        if (request === undefined || isAnswered) return;
        isAnswered = true;
        host.schedule.after(2 + host.random.next() * 8, () => {
          const { status, type, body } = respond(request);
          const typeLine = body.length === 0 ? '' : `Content-Type: ${type}\r\n`;
          const head = `HTTP/1.1 ${status}\r\nServer: ${serverName}\r\n${typeLine}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
          connection.write(concatBytes([toUtf8(head), body]));
          connection.close();
        });
      },
    };
  });
}

/** One request on a new connection; `done` hears how many bytes came back, or -1 when it failed. */
export function requestHttp(
  host: Host,
  address: number,
  port: number,
  request: HttpRequest & { readonly hostName: string; readonly type: string },
  done: (bytesReceived: number) => void,
): void {
  let bytesReceived = 0;
  const connection = host.tcp.connect(address, port, {
    onOpen: () => {
      const body = request.body.length === 0 ? '' : `Content-Type: ${request.type}\r\nContent-Length: ${request.body.length}\r\n`;
      const head = `${request.method} ${request.path} HTTP/1.1\r\nHost: ${request.hostName}\r\nUser-Agent: historian/1.0\r\nAccept: */*\r\n${body}Connection: close\r\n\r\n`;
      connection.write(concatBytes([toUtf8(head), request.body]));
    },
    onReceive: (bytes) => {
      bytesReceived += bytes.length;
    },
    onClose: (reason) => done(reason === 'closed' ? bytesReceived : -1),
  });
}

/** undefined = not whole yet. */
function readRequest(bytes: Uint8Array): HttpRequest | 'bad' | undefined {
  const text = fromUtf8(bytes.subarray(0, 2_048));
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return bytes.length > 2_048 ? 'bad' : undefined;
  const first = /^([A-Z]+) (\S+) HTTP\/1\.1\r\n/.exec(text);
  if (first === null) return 'bad';
  const size = Number(/\r\nContent-Length: (\d{1,6})\r\n/i.exec(text.slice(0, headEnd + 2))?.[1] ?? 0);
  const bodyStart = headEnd + 4;
  if (bytes.length < bodyStart + size) return undefined;
  return { method: first[1] ?? '', path: first[2] ?? '', body: bytes.slice(bodyStart, bodyStart + size) };
}
