// SPDX-License-Identifier: Apache-2.0
import { object, oneOf, text } from '../../base/schema.ts';
import { Response, responseStates } from '../../model/response.ts';
import { idParams, pageOf, pageQuery } from '../../platform/http/page.ts';
import { deciders, declareRoute, readers } from '../../platform/http/route.ts';

export const listResponses = declareRoute({
  method: 'GET',
  path: '/api/responses',
  name: 'listResponses',
  summary: 'Proposed, running and ended responses',
  access: readers,
  query: object('ListResponsesQuery', { ...pageQuery, state: oneOf(responseStates), incident: text({ maxLength: 64 }) }, [
    'limit',
    'before',
    'state',
    'incident',
  ]),
  response: pageOf('ResponsePage', Response),
});
export const getResponse = declareRoute({
  method: 'GET',
  path: '/api/responses/{id}',
  name: 'getResponse',
  summary: 'One response',
  access: readers,
  params: idParams,
  response: Response,
});
const decisionBody = object('DecisionBody', { note: text({ maxLength: 2000 }) }, ['note']);
export const consentResponse = declareRoute({
  method: 'POST',
  path: '/api/responses/{id}/consent',
  name: 'consentResponse',
  summary: 'Consent: carry the response out now',
  access: deciders,
  params: idParams,
  body: decisionBody,
  response: Response,
});
export const declineResponse = declareRoute({
  method: 'POST',
  path: '/api/responses/{id}/decline',
  name: 'declineResponse',
  summary: 'Decline a proposed response',
  access: deciders,
  params: idParams,
  body: decisionBody,
  response: Response,
});
export const undoResponse = declareRoute({
  method: 'POST',
  path: '/api/responses/{id}/undo',
  name: 'undoResponse',
  summary: 'Undo a running response before its time is over',
  access: deciders,
  params: idParams,
  body: decisionBody,
  response: Response,
});
