import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { callerAddress, type FailureThrottle } from '../caller.js';
import type { RequestObserver } from '../handler.js';
import { refuse } from '../refuse.js';
import { Refusal } from '../reply.js';
import {
  challenge,
  createOperatorCheck,
  type Operator,
  type OperatorAccounts,
  type Permission,
} from './operators.js';
import { admitHost, admitOwnPages, isChanging, requireJson } from './same-site.js';

export type { Operator, Permission } from './operators.js';

export interface GuardSettings {
  /** `management.auth`; without it nobody gets past the guard. */
  readonly auth?: OperatorAccounts | undefined;
  /** `management.allowedHosts`, in lower case. */
  readonly allowedHosts: readonly string[];
  readonly trustProxy: number;
}

const operators = new WeakMap<IncomingMessage, Operator>();

/**
 * Stands before everything of the management port but health and figures. Who gets past it is known to `operatorOf`; a
 * request that changes something has been found to come from our own pages or a program, as JSON, from an operator with
 * the permission `change`. Everything else is answered here.
 */
export function managementGuard(parts: {
  readonly settings: GuardSettings;
  readonly throttle: FailureThrottle;
  readonly observer: Pick<RequestObserver, 'refused'>;
  /** Paths that are asked by POST although they change nothing. */
  readonly questions?: ReadonlySet<string>;
}): RequestHandler {
  const { settings, throttle, observer, questions } = parts;
  const check = settings.auth === undefined ? undefined : createOperatorCheck(settings.auth);
  const admit = async (request: IncomingMessage): Promise<void> => {
    if (check === undefined) throw new Refusal('forbidden', 'set management.auth to use this page');
    admitHost(request, settings.allowedHosts);
    admitOwnPages(request);
    const address = callerAddress(request, settings.trustProxy);
    await throttle.check(address);
    const header = request.headers.authorization ?? '';
    const operator = check(header);
    if (operator === undefined) {
      // A browser's first request has no password yet: that is no guess.
      if (header !== '') await throttle.failed(address);
      throw new Refusal('unauthenticated', 'authorization: expected a user or token of management.auth', {
        'www-authenticate': challenge,
      });
    }
    operators.set(request, operator);
    if (!isChanging(request)) return;
    if (questions?.has((request.url ?? '').replace(/\?.*/s, '')) !== true)
      requirePermission(request, 'change');
    requireJson(request);
  };
  return (request, response, next) => {
    admit(request).then(
      () => next(),
      (error: unknown) => {
        if (!(error instanceof Refusal)) {
          next(error);
          return;
        }
        const known = request.headers.authorization !== undefined || error.code !== 'unauthenticated';
        if (known && check !== undefined) observer.refused('management', error.code, error.cause);
        refuse(request, response, error);
      },
    );
  };
}

/** Who asks. @throws {Error} for a request that did not pass the guard. */
export function operatorOf(request: IncomingMessage): Operator {
  const operator = operators.get(request);
  if (operator === undefined) throw new Error('a page of the operators is not behind the guard');
  return operator;
}

/** @throws {Refusal} 403 when who asks may not do this. */
export function requirePermission(request: IncomingMessage, permission: Permission): void {
  if (operatorOf(request).permissions.has(permission)) return;
  throw new Refusal('forbidden', `permissions: ${permission} is needed, see management.auth`);
}
