import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';

const root = path.resolve(import.meta.dirname, '..');

interface MenuItem {
  readonly command?: string;
  readonly submenu?: string;
  readonly when?: string;
}

interface Setting {
  readonly scope?: string;
  readonly order?: number;
  readonly markdownDescription?: string;
  readonly type: string;
  readonly enum?: readonly string[];
  readonly markdownEnumDescriptions?: readonly string[];
}

interface Manifest {
  readonly engines: { readonly vscode: string };
  readonly activationEvents: readonly string[];
  readonly extensionKind: readonly string[];
  readonly enabledApiProposals?: unknown;
  readonly capabilities: {
    readonly untrustedWorkspaces: {
      readonly supported: unknown;
      readonly description: string;
      readonly restrictedConfigurations: readonly string[];
    };
    readonly virtualWorkspaces: { readonly supported: unknown; readonly description: string };
  };
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category?: string }[];
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly submenus: readonly { readonly id: string }[];
    readonly keybindings?: readonly { readonly when?: string; readonly key: string }[];
    readonly viewsContainers: { readonly activitybar: readonly { readonly id: string; readonly icon: string }[] };
    readonly views: Readonly<Record<string, readonly { readonly id: string; readonly icon?: string }[]>>;
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string; readonly when?: string }[];
    readonly colors: readonly { readonly id: string; readonly defaults: Readonly<Record<string, string>> }[];
    readonly configuration: readonly {
      readonly title: string;
      readonly properties: Readonly<Record<string, Setting>>;
    }[];
    readonly walkthroughs: readonly {
      readonly steps: readonly {
        readonly completionEvents?: readonly string[];
        readonly media: { readonly svg?: string; readonly markdown?: string };
      }[];
    }[];
  };
}

const text = readFileSync(path.join(root, 'package.json'), 'utf8');
const manifest = JSON.parse(text) as Manifest;
const { contributes } = manifest;
const strings = JSON.parse(readFileSync(path.join(root, 'package.nls.json'), 'utf8')) as Readonly<
  Record<string, string>
>;
const settings = contributes.configuration.flatMap((group) => Object.entries(group.properties));

/** Menu ids that VS Code 1.139 lets any extension use, of those we could want; the others of its ids are proposals. */
const stableMenus = new Set([
  ...[
    'commandPalette',
    'editor/context',
    'editor/context/copy',
    'editor/title',
    'editor/title/context',
    'editor/title/run',
    'editor/lineNumber/context',
  ],
  ...[
    'explorer/context',
    'view/title',
    'view/item/context',
    'scm/title',
    'scm/sourceControl',
    'scm/repository',
    'scm/resourceState/context',
  ],
  ...[
    'scm/resourceGroup/context',
    'scm/resourceFolder/context',
    'scm/change/title',
    'timeline/title',
    'timeline/item/context',
  ],
  ...[
    'comments/commentThread/title',
    'comments/commentThread/context',
    'comments/comment/title',
    'comments/comment/context',
    'comments/commentThread/comment/context',
  ],
  ...[
    'git.commit',
    'git.pullpush',
    'terminal/context',
    'terminal/title/context',
    'notebook/toolbar',
    'notebook/cell/title',
    'webview/context',
    'file/newFile',
  ],
]);

describe('the manifest', () => {
  it('names strings that are there, and uses all of them', () => {
    const used = new Set(Array.from(text.matchAll(/"%([\w.-]+)%"/g), (match) => match[1] ?? ''));
    assert.deepEqual(
      [...used].filter((key) => strings[key] === undefined),
      [],
    );
    assert.deepEqual(
      Object.keys(strings).filter((key) => !used.has(key)),
      [],
    );
  });

  it('has no words for people outside the strings', () => {
    const words = [
      ...contributes.commands.map((command) => command.title),
      ...contributes.viewsWelcome.map((welcome) => welcome.contents),
      ...settings.map(([, setting]) => setting.markdownDescription ?? ''),
      ...contributes.configuration.map((group) => group.title),
    ];
    assert.deepEqual(
      words.filter((word) => !/^%[\w.-]+%$/.test(word)),
      [],
    );
  });

  it('uses stable menus alone', () => {
    const own = new Set(contributes.submenus.map((submenu) => submenu.id));
    assert.deepEqual(
      Object.keys(contributes.menus).filter((id) => !stableMenus.has(id) && !own.has(id)),
      [],
    );
  });

  it('says of every menu item when it shows', () => {
    const silent = Object.entries(contributes.menus).flatMap(([id, items]) =>
      items.filter((item) => !item.when).map((item) => `${id}: ${item.command ?? item.submenu}`),
    );
    assert.deepEqual(silent, []);
  });

  it('has every command of a menu, with our category, and says of each whether the palette shows it', () => {
    const commands = new Set(contributes.commands.map((command) => command.command));
    const inMenus = Object.values(contributes.menus).flatMap((items) => items.flatMap((item) => item.command ?? []));
    assert.deepEqual(
      inMenus.filter((command) => !commands.has(command)),
      [],
    );
    assert.deepEqual(
      contributes.commands.filter((command) => command.category !== 'Countersign').map((command) => command.command),
      [],
    );
    const palette = new Set((contributes.menus['commandPalette'] ?? []).map((item) => item.command));
    assert.deepEqual(
      [...commands].filter((command) => !palette.has(command)),
      [],
    );
  });

  it('takes no keys but in a review', () => {
    assert.deepEqual(
      (contributes.keybindings ?? []).filter((binding) => !/countersign\./.test(binding.when ?? '')),
      [],
    );
  });

  it('has few settings, each described, ordered and of a scope', () => {
    assert.ok(settings.length <= 25, `${settings.length} settings`);
    assert.ok(contributes.configuration.length <= 4, `${contributes.configuration.length} groups`);
    for (const [name, setting] of settings) {
      assert.match(name, /^countersign\./);
      assert.ok(setting.scope && typeof setting.order === 'number' && setting.markdownDescription, name);
      assert.equal(setting.markdownEnumDescriptions?.length, setting.enum?.length, name);
    }
  });

  it('lets no repository choose a program, a key or a switch', () => {
    const decisive = /(?:path|program|command|key|keys|enabled|hover|quiet|badges|trust)$/i;
    const loose = settings.filter(
      ([name, setting]) => decisive.test(name) && !['machine', 'application'].includes(setting.scope ?? ''),
    );
    assert.deepEqual(
      loose.map(([name]) => name),
      [],
    );
  });

  it('gives every colour for every kind of theme', () => {
    for (const { id, defaults } of contributes.colors)
      assert.deepEqual(Object.keys(defaults), ['dark', 'light', 'highContrast', 'highContrastLight'], id);
  });

  it('runs where the files are, starts late, and says why it is limited', () => {
    assert.deepEqual(manifest.extensionKind, ['workspace']);
    assert.deepEqual(manifest.activationEvents, ['onStartupFinished']);
    assert.equal(manifest.engines.vscode, '^1.101.0');
    assert.equal(manifest.enabledApiProposals, undefined);
    const { untrustedWorkspaces, virtualWorkspaces } = manifest.capabilities;
    assert.equal(untrustedWorkspaces.supported, 'limited');
    assert.ok(untrustedWorkspaces.description && untrustedWorkspaces.restrictedConfigurations.length > 0);
    assert.equal(virtualWorkspaces.supported, false);
    assert.ok(virtualWorkspaces.description);
    const names = new Set(settings.map(([name]) => name));
    assert.deepEqual(
      untrustedWorkspaces.restrictedConfigurations.filter((name) => !names.has(name)),
      [],
    );
  });

  it('has one container with the view, and words for each empty state', () => {
    assert.deepEqual(
      contributes.viewsContainers.activitybar.map((container) => container.id),
      ['countersign'],
    );
    assert.ok(contributes.views['countersign']?.some((view) => view.id === 'countersign.signOff'));
    assert.ok(contributes.viewsWelcome.length >= 3);
    assert.deepEqual(
      contributes.viewsWelcome.filter((welcome) => !welcome.when),
      [],
    );
  });

  it('has a walkthrough of four steps that can be completed', () => {
    const [walkthrough] = contributes.walkthroughs;
    assert.equal(walkthrough?.steps.length, 4);
    for (const step of walkthrough?.steps ?? []) assert.ok((step.completionEvents?.length ?? 0) > 0);
  });

  it('names pictures that are there', () => {
    const files = [
      ...contributes.viewsContainers.activitybar.map((container) => container.icon),
      ...Object.values(contributes.views).flatMap((views) => views.flatMap((view) => view.icon ?? [])),
      ...contributes.walkthroughs.flatMap((walkthrough) =>
        walkthrough.steps.flatMap((step) => step.media.svg ?? step.media.markdown ?? []),
      ),
    ];
    assert.deepEqual(
      files.filter((file) => !existsSync(path.join(root, file))),
      [],
    );
  });

  it('has all words of the code in the bundle for translators', () => {
    const bundle = JSON.parse(readFileSync(path.join(root, 'l10n', 'bundle.l10n.json'), 'utf8')) as Readonly<
      Record<string, string>
    >;
    const used = new Set<string>();
    for (const file of readdirSync(path.join(root, 'src', 'vscode'), { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts')) continue;
      const source = readFileSync(path.join(root, 'src', 'vscode', file), 'utf8');
      for (const match of source.matchAll(/l10n\.t\(\s*(?:'([^']*)'|"([^"]*)")/g)) used.add(match[1] ?? match[2] ?? '');
    }
    assert.deepEqual(
      [...used].filter((word) => bundle[word] === undefined),
      [],
    );
    assert.deepEqual(
      Object.keys(bundle).filter((word) => !used.has(word)),
      [],
    );
  });

  it('registers every command it names', () => {
    const source = readdirSync(path.join(root, 'src', 'vscode'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(path.join(root, 'src', 'vscode', file), 'utf8'))
      .join('\n');
    assert.deepEqual(
      contributes.commands.filter(({ command }) => !source.includes(`'${command}'`)).map(({ command }) => command),
      [],
    );
  });

  it('npm pack makes the command line, and nothing that a server does not need', () => {
    const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
    const { stdout } = spawnSync('npm', args, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' });
    const [packed] = JSON.parse(stdout) as readonly { readonly files: readonly { readonly path: string }[] }[];
    const files = packed?.files.map(({ path: file }) => file).filter((file) => file !== 'dist/cli.js');
    assert.deepEqual(files, ['LICENSE', 'README.md', 'package.json']);
    assert.match(readFileSync(path.join(root, '.npmignore'), 'utf8'), /^!\/dist\/cli\.js$/m);
  });
});
