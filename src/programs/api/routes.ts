// SPDX-License-Identifier: Apache-2.0
import { accountRoutes } from '../../platform/accounts/routes.ts';
import type { RouteDeclaration } from '../../platform/http/route.ts';
import * as http from '../../platform/http/routes.ts';
import * as evidence from '../../share/evidence/routes.ts';
import * as incident from '../../watch/incident/routes.ts';
import * as norm from '../../watch/norm/routes.ts';
import * as response from '../../watch/response/routes.ts';
import * as traffic from '../../watch/traffic/routes.ts';
import * as site from './site.ts';

/** The routes among what a module of declarations exports, in the order of their paths. */
function routesOf(module: { readonly [name: string]: unknown }): readonly RouteDeclaration[] {
  return Object.values(module)
    .filter(isRoute)
    .sort((a, b) => compare(a.path, b.path) || compare(a.method, b.method));
}

function isRoute(value: unknown): value is RouteDeclaration {
  return typeof value === 'object' && value !== null && 'method' in value && 'path' in value && 'access' in value;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Every route of the API: the document, the console's client and the commands that ask a running server follow from this list. */
export const allRoutes: readonly RouteDeclaration[] = [...[site, traffic, norm, incident, response, evidence, http].flatMap(routesOf), ...accountRoutes];
