/** The exports that the rehearsal uses on an emulated account. */
export { CANARY_PLAN, planCanary, renderCanaryPlan } from '../canary/canary-plan.ts';
export { type AcceptOptions, accept } from './accept.ts';
export { type Account, openAccount } from './account.ts';
export type { Check, Outcome, Result } from './check.ts';
export { exampleMapping } from './checks/console.ts';
export { checks } from './checks/index.ts';
export { Deployed, findDeployed } from './deployed.ts';
export { NotAcceptedError, NotReadyError } from './errors.ts';
export type { Report } from './report.ts';
export type { Person } from './sign-in.ts';
export type { Web, WebAnswer, WebRequest } from './web.ts';
