import type { Plan } from '#core/search/plan.ts';
import type { Scheduler } from './scheduler.ts';

/** A scheduler for methods whose points don't depend on results: it reads a plan from front to back. */
export function planScheduler(plan: Plan): Scheduler {
  const total = plan.size === undefined ? undefined : Number(plan.size);
  const beyond = (index: number): boolean => plan.size !== undefined && BigInt(index) >= plan.size;
  return {
    total,
    ask: (index) => (beyond(index) ? 'exhausted' : plan.at(index)),
    tell: () => undefined,
    peek: (index) => (beyond(index) ? undefined : plan.at(index)),
  };
}
