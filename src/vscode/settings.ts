import * as vscode from 'vscode';

/** What people chose about marks; each is a setting of the same name under `countersign.`. */
export interface MarkSettings {
  readonly enabled: boolean;
  readonly scope: 'uncommitted' | 'outgoing';
  readonly gutterIcon: boolean;
  readonly background: boolean;
  readonly overviewRuler: boolean;
  readonly hover: boolean;
}

/** Whether everything but the recording is silenced. */
export function isQuiet(): boolean {
  return read('quiet', false);
}

/** The settings of the marks as they are now. */
export function markSettings(): MarkSettings {
  return {
    enabled: read('marks.enabled', true) && !isQuiet(),
    scope: read<string>('marks.scope', 'outgoing') === 'uncommitted' ? 'uncommitted' : 'outgoing',
    gutterIcon: read('marks.gutterIcon', false),
    background: read('marks.background', false),
    overviewRuler: read('marks.overviewRuler', true),
    hover: read('marks.hover', true),
  };
}

/** Whether the item in the status bar is wanted. */
export function showsStatusBar(): boolean {
  return read('statusBar.enabled', true) && !isQuiet();
}

/** Whether badges in the explorer are wanted. */
export function showsBadges(): boolean {
  return read('explorer.badges', true) && !isQuiet();
}

/** Turns the marks on or off for all windows of the user. */
export async function toggleMarks(): Promise<void> {
  const settings = vscode.workspace.getConfiguration('countersign');
  await settings.update('marks.enabled', !read('marks.enabled', true), vscode.ConfigurationTarget.Global);
}

/** A setting's value; what is not of the type of `otherwise` counts as not set. */
function read<T extends boolean | string>(name: string, otherwise: T): T {
  const value: unknown = vscode.workspace.getConfiguration('countersign').get(name);
  return typeof value === typeof otherwise ? (value as T) : otherwise;
}
