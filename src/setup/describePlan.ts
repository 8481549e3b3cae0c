import { basename, relative } from 'node:path';
import { assertNever } from '../core/errors';
import type { SetupNote, SetupPlan, SetupStep } from './setupStep';

/** The plan for people, one sentence a line: first what will be done, then what will not. Paths are relative to `base`. */
export function describePlan(plan: SetupPlan, base: string): readonly string[] {
  const scripts = plan.steps.filter(isScript);
  const steps = plan.steps.filter((step) => !isScript(step)).map((step) => describeStep(step, base));
  const verb = scripts.some((step) => step.kind === 'remove-file') ? 'Remove' : 'Write';
  const first = scripts.length === 0 ? [] : [`${verb} the scripts that the hooks run, in .git/countersign/hooks.`];
  return [
    ...first,
    ...steps.filter((line) => line !== undefined),
    ...plan.notes.map((note) => describeNote(note, base)),
  ];
}

/** One note as a sentence. */
export function describeNote(note: SetupNote, base: string): string {
  switch (note.kind) {
    case 'shared-hooks':
      return `Leave ${note.path} alone: it is the hooks folder of other repositories too (core.hooksPath, ${note.scope}); records are then made on the next use, and pushes are not checked here.`;
    case 'tracked-hooks':
      return `Leave ${show(note.path, base)} alone: this project tracks its hooks; init --edit-tracked adds one line to each.`;
    case 'hook-blocked':
      return `Leave ${show(note.path, base)} alone: there is no room for the hook that is there.`;
    case 'left-changed':
      return `Leave ${show(note.path, base)}: it was changed since.`;
    case 'kept-changes':
      return `Keep what was changed since in ${show(note.path, base)}.`;
    case 'no-such-remote':
      return `Skip ${note.remote}: there is no such remote.`;
    default:
      return assertNever(note);
  }
}

function describeStep(step: SetupStep, base: string): string | undefined {
  switch (step.kind) {
    case 'make-folder':
    case 'remove-folder':
      return undefined;
    case 'write-file':
      return step.before === undefined
        ? `Add the hook ${show(step.path, base)}.`
        : `Bring the hook ${show(step.path, base)} up to date.`;
    case 'edit-file':
      if (step.inserted === '') return `Take our lines out of ${show(step.path, base)}.`;
      return step.tracked
        ? `Add one line to ${show(step.path, base)}, which this project tracks: ${step.inserted.trim().split('\n').at(-1)}`
        : `Add a marked block to the hook ${show(step.path, base)}; what is there runs first.`;
    case 'rename':
      return `Rename ${show(step.path, base)} to ${basename(step.to)}.`;
    case 'remove-file':
      return `Remove ${show(step.path, base)}.`;
    case 'add-config':
      return `Add to git's configuration of this repository: ${step.key} = ${step.value}`;
    case 'remove-config':
      return `Remove from git's configuration of this repository: ${step.key} = ${step.value}`;
    case 'restore-config':
      return "Put git's configuration of this repository back as it was.";
    default:
      return assertNever(step);
  }
}

function isScript(step: SetupStep): boolean {
  return 'path' in step && /[\\/]countersign[\\/]hooks[\\/]?[^\\/]*$/.test(step.path);
}

function show(path: string, base: string): string {
  const way = relative(base, path);
  return way.startsWith('..') ? path : way;
}
