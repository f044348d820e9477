/** Plan, apply, destroy and export of the eGain side. */
export { applyPlan, destroy, type Outcome } from './apply.js';
export { makeDestruction, type Destruction } from './destruction.js';
export { exportSections } from './export.js';
export { titleOf } from './kinds.js';
export { differencesIn, makePlan, type Plan, type Step } from './plan.js';
export { destructionText, planData, planText, stopText } from './print.js';
export {
  declarationOf,
  nothingDeclared,
  openSession,
  ProvisioningFailure,
  sentences,
  type Session,
} from './session.js';
