// SPDX-License-Identifier: Apache-2.0

export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
}
export interface FakeAnswer {
  readonly status: number;
  readonly body?: unknown;
}

export function ok(body: unknown): FakeAnswer {
  return { status: 200, body };
}
export function problem(status: number, code: string, detail: string): FakeAnswer {
  return { status, body: { type: 'about:blank', title: code, status, detail, code, requestId: 'req-fake-0001' } };
}
