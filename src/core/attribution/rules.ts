import type { Origin } from '../origin';
import type { Confidence, Source } from './source';

/** What a rule says of text: always the same, or what it was told. */
export type RuleGives = 'ai' | 'human' | 'pasted' | 'unknown' | 'as told';

/** One way of knowing who made a text. */
export interface Rule {
  readonly gives: RuleGives;
  readonly sure: Confidence;
}

/**
 * All rules by which text gets a source: the one list that the code that decides, the words of the hover and the table
 * in `src/README.md` go by. Ids are kept in ledgers, so that one that is given up is not used again for something else.
 */
export const rules = {
  'editor.type': { gives: 'human', sure: 'certain' },
  'editor.compose': { gives: 'human', sure: 'certain' },
  'editor.cut': { gives: 'human', sure: 'certain' },
  'editor.command': { gives: 'human', sure: 'certain' },
  'editor.contribution': { gives: 'human', sure: 'likely' },
  'editor.rename': { gives: 'human', sure: 'certain' },
  'editor.line-ends': { gives: 'human', sure: 'certain' },
  'editor.snippet': { gives: 'human', sure: 'likely' },
  'editor.snippet-block': { gives: 'unknown', sure: 'certain' },
  'editor.suggest': { gives: 'human', sure: 'certain' },
  'editor.suggest-ai': { gives: 'ai', sure: 'likely' },
  'editor.suggest-stranger': { gives: 'unknown', sure: 'certain' },
  'editor.suggest-preview': { gives: 'human', sure: 'likely' },
  'editor.inline-completion': { gives: 'ai', sure: 'certain' },
  'editor.inline-completion-part': { gives: 'ai', sure: 'certain' },
  'editor.chat': { gives: 'ai', sure: 'certain' },
  'editor.inline-chat': { gives: 'ai', sure: 'certain' },
  'editor.chat-undo': { gives: 'unknown', sure: 'guess' },
  'editor.code-action': { gives: 'human', sure: 'certain' },
  'editor.code-action-ai': { gives: 'ai', sure: 'likely' },
  'editor.code-action-stranger': { gives: 'unknown', sure: 'certain' },
  'editor.format': { gives: 'human', sure: 'likely' },
  'editor.format-words': { gives: 'human', sure: 'likely' },
  'editor.format-block': { gives: 'unknown', sure: 'certain' },
  'editor.paste': { gives: 'pasted', sure: 'certain' },
  'editor.paste-short': { gives: 'human', sure: 'likely' },
  'editor.paste-transcript': { gives: 'ai', sure: 'likely' },
  'editor.paste-committed': { gives: 'as told', sure: 'likely' },
  'editor.drop': { gives: 'pasted', sure: 'certain' },
  'editor.drop-short': { gives: 'human', sure: 'likely' },
  'editor.extension': { gives: 'unknown', sure: 'certain' },
  'editor.extension-ai': { gives: 'ai', sure: 'likely' },
  'editor.diff-ai': { gives: 'ai', sure: 'likely' },
  'editor.extension-layout': { gives: 'human', sure: 'likely' },
  'editor.extension-order': { gives: 'human', sure: 'likely' },
  'editor.undo': { gives: 'unknown', sure: 'guess' },
  'editor.redo': { gives: 'unknown', sure: 'guess' },
  'editor.opened': { gives: 'unknown', sure: 'certain' },
  'editor.resync': { gives: 'unknown', sure: 'certain' },
  'editor.notebook': { gives: 'unknown', sure: 'certain' },
  'editor.notebook-frame': { gives: 'human', sure: 'likely' },
  'keys.type': { gives: 'human', sure: 'likely' },
  'keys.compose': { gives: 'human', sure: 'likely' },
  'keys.unclear': { gives: 'unknown', sure: 'certain' },
  'keys.unclear-layout': { gives: 'human', sure: 'likely' },
  'keys.unclear-order': { gives: 'human', sure: 'likely' },
  'wrapper.inline-completion': { gives: 'ai', sure: 'likely' },
  'disk.reload': { gives: 'unknown', sure: 'certain' },
  'disk.reload-clean': { gives: 'unknown', sure: 'likely' },
  'disk.later': { gives: 'unknown', sure: 'guess' },
  'hook.pair': { gives: 'ai', sure: 'certain' },
  'hook.after': { gives: 'ai', sure: 'likely' },
  'hook.completion': { gives: 'ai', sure: 'certain' },
  'hook.person': { gives: 'human', sure: 'certain' },
  'hook.overlap': { gives: 'unknown', sure: 'guess' },
  'hook.brought': { gives: 'unknown', sure: 'certain' },
  claim: { gives: 'as told', sure: 'certain' },
  record: { gives: 'as told', sure: 'certain' },
  'unexplained.outside-write': { gives: 'unknown', sure: 'certain' },
  'unexplained.not-watched': { gives: 'unknown', sure: 'certain' },
  'unexplained.no-record': { gives: 'unknown', sure: 'certain' },
  'unexplained.forge': { gives: 'unknown', sure: 'certain' },
  'unexplained.before-adoption': { gives: 'unknown', sure: 'certain' },
} as const satisfies Readonly<Record<string, Rule>>;

/** Id of a rule. */
export type RuleId = keyof typeof rules;

/** Ids of the rules that say one thing. */
export type RuleGiving<Gives extends RuleGives> = {
  [Id in RuleId]: (typeof rules)[Id]['gives'] extends Gives ? Id : never;
}[RuleId];

/** Whether a text, such as one from a ledger of another version, is the id of a rule. */
export function isRuleId(text: string): text is RuleId {
  return Object.hasOwn(rules, text);
}

/** What a rule says, with its own confidence. */
export function sourceBy(rule: RuleId, origin: Origin): Source {
  return { origin, rule, sure: rules[rule].sure };
}

/** Stands for whoever is told in the next step: it is replaced before anybody sees it. */
export function placeholder(): Source {
  return { origin: { kind: 'unknown', reason: 'not-watched' }, rule: 'placeholder', sure: 'guess' };
}
