import * as vscode from 'vscode';
import type { LineOrigin } from '../../core/attribution/lineClass';
import type { MarkedRegion } from '../../core/capture/marks';
import { agentName } from '../../core/message/agentNames';
import type { Evidence, LineClass, SessionKind, UnknownReason } from '../../core/origin';
import { ruleWords } from './ruleWords';

/** What a line is marked as, in words. */
export function lineWords({ class: lineClass, claim }: LineOrigin): string {
  return claim === undefined ? classWords(lineClass) : vscode.l10n.t('Written by a person, as somebody says');
}

/** A line's class as people read it. */
export function classWords(line: LineClass): string {
  switch (line) {
    case 'ai':
      return vscode.l10n.t('Written by AI');
    case 'ai-edited':
      return vscode.l10n.t('Written by AI, changed by others');
    case 'human':
      return vscode.l10n.t('Written by a person');
    case 'pasted':
      return vscode.l10n.t('Pasted from outside the workspace');
    case 'unknown':
      return vscode.l10n.t('Source unknown');
  }
}

/** Which tool and model, as far as they are known; nothing for lines without an AI session. */
export function toolWords({ session }: LineOrigin): string | undefined {
  if (session === undefined) return undefined;
  const name = agentName(session.tool).replaceAll('-', ' ');
  const kind = kindWords(session.kind);
  return session.model === undefined ? `${name} (${kind})` : `${name} · ${session.model} (${kind})`;
}

function kindWords(kind: SessionKind): string {
  switch (kind) {
    case 'agent':
      return vscode.l10n.t('agent');
    case 'chat':
      return vscode.l10n.t('chat');
    case 'inline':
      return vscode.l10n.t('inline completion');
    case 'next-edit':
      return vscode.l10n.t('next edit suggestion');
  }
}

/** How we know. */
export function evidenceWords(evidence: Evidence): string {
  switch (evidence) {
    case 'measured':
      return vscode.l10n.t('seen as it happened');
    case 'declared':
      return vscode.l10n.t('declared by a person or a tool');
    case 'inferred':
      return vscode.l10n.t('inferred');
  }
}

/** Why nobody knows who wrote a line. */
export function reasonWords(reason: UnknownReason | undefined): string {
  switch (reason) {
    case 'outside-write':
      return vscode.l10n.t('it changed on disk, and no tool said that it did it');
    case 'not-watched':
      return vscode.l10n.t('it changed where nobody could see by whom');
    case 'forge':
      return vscode.l10n.t('it was made on the code host');
    case 'before-adoption':
      return vscode.l10n.t('it is older than the recording');
    default:
      return vscode.l10n.t('its commit has no record');
  }
}

/** How sure the rule is that decided. */
export function sureWords(sure: NonNullable<MarkedRegion['rule']>['sure']): string {
  switch (sure) {
    case 'certain':
      return vscode.l10n.t('certain');
    case 'likely':
      return vscode.l10n.t('likely');
    case 'guess':
      return vscode.l10n.t('a guess');
  }
}

/** Everything about a region in one sentence, for screen readers and messages. */
export function regionSentence(region: MarkedRegion): string {
  const lines =
    region.firstLine === region.lastLine
      ? vscode.l10n.t('Line {0}', region.firstLine + 1)
      : vscode.l10n.t('Lines {0} to {1}', region.firstLine + 1, region.lastLine + 1);
  return [`${lines}: ${lineWords(region.line)}`, ...detailWords(region)].join('; ');
}

/** The facts beside the class, each a few words: tool, evidence, reason, rule. */
export function detailWords({ line, rule }: MarkedRegion): readonly string[] {
  const tool = toolWords(line);
  return [
    ...(tool === undefined ? [] : [tool]),
    ...(line.session === undefined ? [] : [evidenceWords(line.session.evidence)]),
    ...(line.class === 'unknown' ? [reasonWords(line.reason)] : []),
    ...(rule === undefined
      ? []
      : [vscode.l10n.t('{0} (rule {1}, {2})', ruleWords(rule.id), rule.id, sureWords(rule.sure))]),
    ...(rule?.claimed === undefined
      ? []
      : [vscode.l10n.t('said by {0}, {1}', rule.claimed.by, new Date(rule.claimed.at).toLocaleString())]),
  ];
}
