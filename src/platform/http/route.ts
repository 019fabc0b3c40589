// SPDX-License-Identifier: Apache-2.0
import type { Schema, Static } from '../../base/schema.ts';

/** The roles of people and tokens, least first where they can be ordered. */
export const roles = ['viewer', 'operator', 'responder', 'analyst', 'trainer', 'auditor', 'administrator'] as const;
export type Role = (typeof roles)[number];

/** Who may call a route: `anyone` without signing in, `signed-in` with any role, or exactly the roles named. */
export type Access = 'anyone' | 'signed-in' | readonly Role[];

/** All who may look at the state of the site. */
export const readers: Access = 'signed-in';
/** Those who watch and judge: they may acknowledge, label and confirm. */
export const watchers: Access = ['operator', 'responder', 'analyst', 'administrator'];
/** Those who may take part in decisions that touch the plant's traffic. */
export const deciders: Access = ['operator', 'responder', 'administrator'];
export const administrators: Access = ['administrator'];

/**
 * One operation of the API, declared once: validation, types, access, OpenAPI and the console's client follow from it.
 * A declaration is plain data without handler, so that it may be read anywhere (also to print the document offline).
 */
export interface RouteDeclaration<P = unknown, Q = unknown, B = unknown, R = unknown> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With parameters in braces, as in OpenAPI: `/api/findings/{id}`. */
  readonly path: string;
  /** Name of the operation, unique: `listFindings`. */
  readonly name: string;
  readonly summary: string;
  readonly access: Access;
  readonly params?: Schema<P>;
  readonly query?: Schema<Q>;
  readonly body?: Schema<B>;
  /** What a success answers; missing = 204 without content. */
  readonly response?: Schema<R>;
  /** Media type of the answer where it is not JSON: 'text/event-stream', 'application/octet-stream', 'text/plain'. */
  readonly media?: string;
  /** Largest body in bytes; 64 KiB unless told. */
  readonly bodyBytesMax?: number;
}

/** @example const getFinding = declareRoute({ method: 'GET', path: '/api/findings/{id}', name: 'getFinding', …, params: idParams, response: Finding }); */
export function declareRoute<P = unknown, Q = unknown, B = unknown, R = void>(route: RouteDeclaration<P, Q, B, R>): RouteDeclaration<P, Q, B, R> {
  return route;
}

/** Who is asking. */
export interface Caller {
  readonly account: string;
  readonly name: string;
  readonly role: Role;
}

export interface RouteRequest<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** null only where access is 'anyone'. */
  readonly caller: Caller | null;
  readonly requestId: string;
  /** Address of the peer, for limits and the audit. */
  readonly address: string;
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
}

/** What a handler answers: the body, or the body with headers (cookies), or bytes of the declared media type. */
export type Handler<P, Q, B, R> = (request: RouteRequest<P, Q, B>) => Promise<R | Reply<R>> | R | Reply<R>;
export interface Reply<R> {
  readonly $reply: true;
  readonly body: R;
  readonly headers?: { readonly [name: string]: string | readonly string[] };
}
/** An answer with headers, e.g. cookies. */
export function reply<R>(body: R, headers: { readonly [name: string]: string | readonly string[] }): Reply<R> {
  return { $reply: true, body, headers };
}

export interface BoundRoute {
  readonly route: RouteDeclaration;
  readonly handle: Handler<unknown, unknown, unknown, unknown>;
}

/** Joins a declaration and its handler; the types of the handler follow from the declaration. */
export function bind<P, Q, B, R>(route: RouteDeclaration<P, Q, B, R>, handle: Handler<P, Q, B, R>): BoundRoute {
  // The server validates params, query and body against the schemas that P, Q and B were derived from, before it calls the handler.
  return { route: route as RouteDeclaration, handle: handle as Handler<unknown, unknown, unknown, unknown> };
}

export type ResponseOf<D> = D extends RouteDeclaration<infer _P, infer _Q, infer _B, infer R> ? R : never;
export type BodyOf<D> = D extends { readonly body?: infer S } ? Static<NonNullable<S>> : never;
