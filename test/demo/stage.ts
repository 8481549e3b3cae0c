import type { Workbench, WorkbenchOptions } from '../harness/workbench';
import { startWorkbench } from '../harness/workbench';
import { literalTyping, noFetchQuestion } from '../harness/settings';
import type { Packed } from './packed';
import type { Person } from './people';
import type { Report } from './report';
import type { World } from './world';

/** What every part of the demonstration plays on. */
export interface Stage {
  readonly report: Report;
  readonly world: World;
  readonly packed: Packed;
  /** The author's window. */
  readonly window: Workbench;
}

/** User settings of everybody's window: what is typed stands there as it was typed, and little else asks for attention. */
const settings: WorkbenchOptions['settings'] = {
  ...literalTyping,
  ...noFetchQuestion,
  'editor.autoClosingComments': 'never',
  'editor.fontSize': 13,
  'editor.minimap.enabled': false,
  'editor.pasteAs.enabled': false,
  'git.confirmSync': false,
  'typescript.validate.enable': false,
  'workbench.colorTheme': 'Default Dark Modern',
};

/** Opens VS Code as a person uses it: their HOME, the packaged extensions, their clone. */
export async function openVsCode(person: Person, packed: Packed, extra: WorkbenchOptions['settings'] = {}): Promise<Workbench> {
  return startWorkbench({
    folder: person.clone,
    home: person.home,
    env: { ...person.env, ...withoutAgents },
    extensions: { vsix: [packed.extension, packed.inlineAi] },
    settings: { ...settings, ...extra },
  });
}

/** Whoever starts the demonstration from an agent's shell still shows what a person does. */
const withoutAgents: Readonly<Record<string, string>> = {
  CLAUDECODE: '',
  CODEX_SESSION_ID: '',
  CURSOR_AGENT: '',
  GEMINI_SESSION_ID: '',
  OPENCODE: '',
};
