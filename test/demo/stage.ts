import { literalTyping, noFetchQuestion } from '../harness/settings';
import type { Workbench, WorkbenchOptions } from '../harness/workbench';
import { startWorkbench } from '../harness/workbench';
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

/** User settings of everybody's window: little asks for attention that is not the matter. */
export const personSettings: Readonly<Record<string, unknown>> = {
  ...noFetchQuestion,
  'editor.fontSize': 13,
  'editor.minimap.enabled': false,
  'editor.pasteAs.enabled': false,
  'git.confirmSync': false,
  'typescript.validate.enable': false,
  'editor.lightbulb.enabled': 'off',
  'editor.occurrencesHighlight': 'off',
  'editor.stickyScroll.enabled': false,
  'workbench.colorTheme': process.env['DEMO_THEME'] ?? 'Default Dark Modern',
  'workbench.reduceMotion': 'on',
};

/** Opens VS Code as a person uses it: their HOME, the packaged extensions, their clone. */
export async function openVsCode(
  person: Person,
  packed: Packed,
  extra: WorkbenchOptions['settings'] = {},
): Promise<Workbench> {
  const window = await startWorkbench({
    folder: person.clone,
    home: person.home,
    env: personEnv(person),
    extensions: { vsix: [packed.extension, packed.inlineAi] },
    settings: { ...personSettings, ...literalTyping, 'editor.autoClosingComments': 'never', ...extra },
    scale: Number(process.env['DEMO_SCALE'] ?? 1),
  });
  await widenSideBar(window);
  return window;
}

/** The environment of a person's editor. Whoever starts this from an agent's shell still shows what a person does. */
export function personEnv(person: Person): Record<string, string> {
  return { ...person.env, CLAUDECODE: '', CODEX_SESSION_ID: '', CURSOR_AGENT: '', GEMINI_SESSION_ID: '', OPENCODE: '' };
}

/** The rows of the view are sentences; a person who reads them drags the border. */
async function widenSideBar({ page }: Workbench): Promise<void> {
  const bar = await page.locator('.part.sidebar').boundingBox();
  if (bar === null) return;
  await page.mouse.move(bar.x + bar.width, bar.y + bar.height / 2);
  await page.mouse.down();
  await page.mouse.move(sideBarEnd, bar.y + bar.height / 2, { steps: 5 });
  await page.mouse.up();
}

const sideBarEnd = 580;
