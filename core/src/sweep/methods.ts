import type { Method } from './sweep.ts';

export const methods: readonly Method[] = ['grid', 'random', 'bayes', 'custom'];
