import { isBlank } from '../text/lines';
import { type Attributed, type Cut, lineKey, type Nick } from './attributed';
import { healed } from './healed';
import { madeBy, type Runs, sliceRuns, spliceRuns } from './runs';
import type { Source } from './source';

/** Replacement of the characters from `start` up to `end` (UTF-16, half-open, in the text before) by `text`. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Whether what this source removes has to be remembered: a person's own deletions need no account. */
export function remembersRemoval(source: Source): boolean {
  return source.origin.kind === 'ai' || source.origin.kind === 'unknown';
}

/** The same edit without the characters that it replaces by themselves, at its start and at its end. */
export function trimEdit(before: string, edit: TextEdit): TextEdit {
  const removed = before.slice(edit.start, edit.end);
  const most = Math.min(removed.length, edit.text.length);
  let prefix = 0;
  while (prefix < most && removed.charCodeAt(prefix) === edit.text.charCodeAt(prefix)) prefix++;
  let suffix = 0;
  while (
    suffix < most - prefix &&
    removed.charCodeAt(removed.length - 1 - suffix) === edit.text.charCodeAt(edit.text.length - 1 - suffix)
  )
    suffix++;
  return {
    start: edit.start + prefix,
    end: edit.end - suffix,
    text: edit.text.slice(prefix, edit.text.length - suffix),
  };
}

/**
 * An insertion of `\nfoo` before a line end is the insertion of `foo\n` behind it: a line keeps the line end it had,
 * so that pressing Enter at the end of an AI line does not make the blank line that follows an AI's.
 */
function keepLineEnd(before: string, edit: TextEdit): TextEdit {
  if (edit.start !== edit.end || edit.text.charCodeAt(0) !== 10 || before.charCodeAt(edit.start) !== 10) return edit;
  return { start: edit.start + 1, end: edit.end + 1, text: `${edit.text.slice(1)}\n` };
}

function lineAround(text: string, start: number, end: number): { readonly from: number; readonly to: number } {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const stop = text.indexOf('\n', end);
  return { from: start === 0 ? 0 : from, to: stop < 0 ? text.length : stop };
}

function isWholeLines(before: string, edit: TextEdit): boolean {
  const startsLine = edit.start === 0 || before.charCodeAt(edit.start - 1) === 10;
  const removed = before.slice(edit.start, edit.end);
  if (startsLine && (removed.endsWith('\n') || edit.end === before.length)) return true;
  const endsLine = edit.end === before.length || before.charCodeAt(edit.end) === 10;
  return endsLine && removed.startsWith('\n');
}

function cutsOf(before: string, edit: TextEdit, source: Source): readonly Cut[] {
  const { from, to } = lineAround(before, edit.start, edit.end);
  const cuts: Cut[] = [];
  let at = from;
  for (const line of before.slice(from, to).split('\n')) {
    const lineEnd = at + line.length;
    const removed = before.slice(Math.max(at, edit.start), Math.min(lineEnd, edit.end));
    const whole = edit.start <= at && edit.end > lineEnd;
    if ((removed !== '' && !isBlank(removed)) || (whole && isBlank(line))) cuts.push({ line: lineKey(line), source });
    at = lineEnd + 1;
  }
  return cuts;
}

function removesForeignText(before: Attributed, edit: TextEdit): boolean {
  let at = edit.start;
  for (const run of sliceRuns(before.runs, edit.start, edit.end)) {
    const own = run.kind === 'made' && run.source.origin.kind === 'ai';
    if (!own && !isBlank(before.text.slice(at, at + run.length))) return true;
    at += run.length;
  }
  return false;
}

function shiftNicks(before: Attributed, edit: TextEdit): readonly Nick[] {
  if (before.nicks.length === 0) return before.nicks;
  const whole = isWholeLines(before.text, edit);
  const shift = edit.text.length - (edit.end - edit.start);
  const result: Nick[] = [];
  for (const nick of before.nicks) {
    if (nick.offset < edit.start || (nick.offset === edit.start && !(whole && edit.end > edit.start)))
      result.push(nick);
    else if (nick.offset >= edit.end) result.push({ ...nick, offset: nick.offset + shift });
  }
  return result;
}

/**
 * The text after an edit that was seen character by character (in an editor): what it inserts is of `source`, or of
 * the runs in `carried` (a paste of text whose origins are known), what it replaces by itself keeps its origin, all
 * else stays. What an AI or somebody unseen removes leaves nicks and cuts, until it comes back; what a person types again
 * is another line.
 *
 * Law: `applyEdit(a, e, s).text === a.text.slice(0, e.start) + e.text + a.text.slice(e.end)`.
 */
export function applyEdit(before: Attributed, edit: TextEdit, source: Source, carried?: Runs): Attributed {
  const text = before.text.slice(0, edit.start) + edit.text + before.text.slice(edit.end);
  if (carried !== undefined) {
    const runs = spliceRuns(before.runs, edit.start, edit.end, carried);
    return healed(before, { ...before, text, runs, nicks: shiftNicks(before, edit) });
  }
  const exact = keepLineEnd(before.text, trimEdit(before.text, edit));
  const runs = spliceRuns(before.runs, exact.start, exact.end, madeBy(source, exact.text.length));
  const nicks = shiftNicks(before, exact);
  if (!remembersRemoval(source)) return { text, runs, nicks, cuts: before.cuts };
  if (exact.start === exact.end) return healed(before, { text, runs, nicks, cuts: before.cuts });
  const cuts = [...before.cuts, ...cutsOf(before.text, exact, source)];
  const nicked = source.origin.kind === 'ai' && !isWholeLines(before.text, exact) && removesForeignText(before, exact);
  return healed(before, { text, runs, nicks: nicked ? [...nicks, { offset: exact.start, source }] : nicks, cuts });
}
