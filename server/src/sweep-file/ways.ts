/** What the ways out of a problem are made of: where the problem is, and edits with a title. */
import { isMap } from 'yaml';
import type { MapNode, Step, SweepDocument } from '#core/sweep/document.ts';
import type { Span, SpanEdit } from '#core/sweep/problem-list.ts';
import type { Problem } from '#core/text.ts';
import type { SweepAnalysis } from './analysis.ts';

/** A problem with what stands around it, outermost first. */
export interface Place {
  readonly analysis: SweepAnalysis;
  readonly document: SweepDocument;
  readonly problem: Problem;
  readonly span: Span;
  readonly steps: readonly Step[];
}

export interface Way {
  readonly title: string;
  readonly edits: readonly SpanEdit[];
}

/** Ways out of a problem; undefined where one does not fit. */
export type Ways = (place: Place) => readonly (Way | undefined)[];

/** A way of one edit; undefined without it. */
export const way = (title: string, edit: SpanEdit | undefined): Way | undefined =>
  edit && { title, edits: [edit] };

/** The innermost entry around the problem, whatever list items are between. */
export const entryOf = ({ steps }: Pick<Place, 'steps'>): (Step & { readonly kind: 'entry' }) | undefined =>
  steps.findLast((step) => step.kind === 'entry');

export const topOf = (document: SweepDocument): MapNode | undefined =>
  document.root && isMap(document.root) ? document.root : undefined;
