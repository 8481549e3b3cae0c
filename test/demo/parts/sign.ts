import { answerDialog, answerInputBox, pushFromScm, readDialog } from '../../harness/gestures';
import { until } from '../../harness/until';
import { agents, agentWrites } from '../agent';
import { noteOf, onServer } from '../gitFacts';
import { onTerminal } from '../onTerminal';
import { awaitBranch, awaitPanel, dialogWords, openPanel } from '../panel';
import type { Person, Ran } from '../people';
import { receiptByAgent } from '../shop';
import { openVsCode, type Stage } from '../stage';
import type { World } from '../world';
import { expectRefusal } from './push';

const signOffs = 'countersign-signoffs';

/** 5. Who may sign, how it is done, and how long it lasts. */
export async function partSign({ report, world, packed, window }: Stage): Promise<void> {
  const { ann, sam, otto } = world;
  report.part('5. The sign-off');

  await report.step('A first-time senior sets up a key', async (step) => {
    step.command('countersign key setup --principal sam@example.com', {
      code: 0,
      stdout: world.keySetup.said,
      stderr: '',
    });
    step.fact(
      'it made a key and printed the line for the roster, which main holds since then',
      (await ann.must(['git', 'show', 'origin/main:.countersign/allowed_signers'])).includes(world.keySetup.rosterLine),
    );
    const again = await sam.run(['countersign', 'key', 'setup', '--principal', sam.email]);
    step.command('countersign key setup --principal sam@example.com', again);
    step.fact(
      'a second time it finds that key',
      again.code === 0 && again.stdout.trim() === world.keySetup.rosterLine,
      again.stdout,
    );
  });

  await report.step("The author's own key, and a key outside the roster, do not count", async (step) => {
    const own = await ann.run(['countersign', 'sign', '--yes']);
    step.command('countersign sign --yes    # as Ann, who wrote it', own);
    step.fact(
      'it says that these are her own commits',
      own.code === 1 && /ann@example\.com wrote these commits/.test(own.stderr),
      own,
    );
    await window.runCommand('Countersign: Sign Off…');
    const dialog = await readDialog(window, 20_000);
    if (dialog !== undefined) step.quote(await dialogWords(window));
    step.fact(
      'the editor says so too, in a dialog',
      dialog !== undefined && /ann@example\.com wrote these commits/.test(dialog.message),
      dialog,
    );
    await step.picture('own-key');
    await window.page.keyboard.press('Escape');
    await takeBranch(otto, 'refunds');
    const outside = await otto.run(['countersign', 'sign', '--yes']);
    step.command('countersign sign --yes    # as Otto, whom no roster names', outside);
    step.fact(
      'it says that the roster does not have this key',
      outside.code === 1 &&
        /not in the signers file|roster/.test(outside.stderr) &&
        !/wrote these commits/.test(outside.stderr),
      outside,
    );
    step.fact(
      'nothing was signed',
      (await noteOf(ann, signOffs, 'HEAD')) === undefined && (await noteOf(otto, signOffs, 'HEAD')) === undefined,
    );
  });

  await report.step('The senior signs in her own VS Code', async (step) => {
    await takeBranch(sam, 'refunds');
    const hers = await openVsCode(sam, packed);
    report.watch(hers);
    try {
      await openPanel(hers);
      step.quote(await awaitPanel(hers, [/Merging refunds into main/, /2 of 3 commits need/], 40_000));
      await hers.runCommand('Countersign: Sign Off…');
      const dialog = await readDialog(hers, 20_000);
      if (dialog !== undefined) step.quote(await dialogWords(hers));
      step.fact(
        'a dialog shows what is signed',
        dialog !== undefined && /Give money back/.test(dialog.message) && /sam@example\.com/.test(dialog.message),
        dialog,
      );
      await step.picture('what-is-signed');
      await answerDialog(hers, 'Sign Off');
      await hers.page.locator('.quick-input-widget:visible input[type=password]').waitFor({ timeout: 20_000 });
      await step.picture('passphrase');
      const asked = await answerInputBox(hers, world.passphrase);
      step.quote(asked);
      step.fact(
        'the extension asks for the passphrase of the key it names',
        /sam@example\.com|SHA256:/.test(asked),
        asked,
      );
      step.quote(await awaitPanel(hers, [/signed off/]));
      await step.picture('signed');
    } finally {
      report.watch(window);
      await hers.dispose();
    }
    const note = await noteOf(sam, signOffs, 'HEAD');
    step.quote(`git notes --ref=${signOffs} show HEAD\n${note?.text.slice(0, 160)}…`);
    step.fact('the sign-off is a note on the signed head', note !== undefined);
    const sync = await sam.run(['countersign', 'sync']);
    step.command('countersign sync', sync);
    step.fact(
      'it is published',
      sync.code === 0 && (await onServer(sam, `refs/notes/${signOffs}`)) !== undefined,
      sync,
    );
  });

  await report.step('The author pushes main from the editor, and it goes through', async (step) => {
    await ann.must(['git', 'switch', '--quiet', 'main']);
    await awaitBranch(window, 'main');
    const head = await ann.must(['git', 'rev-parse', 'HEAD']);
    await pushFromScm(window);
    await until('main arrives on the server', 30_000, async () => (await onServer(ann, 'refs/heads/main')) === head);
    step.quote(await ann.must(['git', 'ls-remote', 'origin']));
    step.fact('main on the server is the signed commit; pre-receive agreed', true);
    await openPanel(window);
    await awaitPanel(window, [/Nothing waits|where it should go/]);
    step.fact('the view is empty', true);
    await step.picture('pushed');
  });

  await report.step('A further commit is signed in a terminal', async (step) => {
    await agentWrites(ann, agents.claude, 'src/receipt.ts', `${receiptByAgent}${footer}`);
    await ann.must(['git', 'commit', '--quiet', '--all', '--message', 'Thank for the order']);
    await ann.must(['git', 'push', '--quiet', 'origin', 'main:refs/heads/thanks']);
    await until('its records on the server', 20_000, async () => recordOnServer(world));
    await takeBranch(sam, 'thanks');
    const signed = await signInTerminal(world);
    step.command('countersign sign', signed);
    step.fact(
      'signed',
      signed.code === 0 && /Signed off: [0-9a-f]{64} by sam@example\.com/.test(signed.stdout),
      signed,
    );
    await sam.must(['countersign', 'sync']);
    await ann.must(['countersign', 'sync']);
    const check = await ann.run(['countersign', 'check']);
    step.command('countersign check', check);
    step.fact('it would pass now', check.code === 0, check);
  });

  await report.step('One character is changed by an amend: the sign-off is stale', async (step) => {
    await agentWrites(ann, agents.claude, 'src/receipt.ts', `${receiptByAgent}${footer.replace('THANKS', 'THANKZ')}`);
    await ann.must(['git', 'commit', '--quiet', '--all', '--amend', '--no-edit']);
    step.quote(
      await ann.must(['git', 'diff', '--word-diff=plain', '--unified=0', 'origin/thanks', 'HEAD', '--', 'src']),
    );
    const ran = await ann.run(['git', 'push', 'origin', 'main']);
    step.command('git push origin main', ran);
    expectRefusal(step, ran);
    step.fact(
      'it says that the sign-off was for something else',
      /sign-off of sam@example\.com is not about this/.test(ran.stderr),
      ran.stderr,
    );
    step.fact(
      'main on the server is where it was',
      (await onServer(ann, 'refs/heads/main')) === (await ann.must(['git', 'rev-parse', 'origin/main'])),
    );
    await openPanel(window);
    step.quote(await awaitPanel(window, [/Thank for the order/, /needs 1 sign-off/, /not about this/]));
    step.fact('the view says so too', true);
    await step.picture('stale');
  });
}

/** Four lines that an agent adds. */
const footer = `
/** Below the sum. */
export const footer = 'THANKS';
export const footerLines: readonly string[] = ['', footer];
`;

/** Fetches and checks out a branch as somebody does who is asked to look at it. */
export async function takeBranch(person: Person, branch: string): Promise<void> {
  await person.must(['countersign', 'init', '--yes']);
  await person.must(['git', 'fetch', '--quiet', 'origin']);
  await person.must(['git', 'switch', '--quiet', branch]);
  await person.must(['git', 'reset', '--quiet', '--hard', `origin/${branch}`]);
}

/** The senior signs what she has checked out: on a terminal the summary is shown, asked for, and the passphrase is typed; without one an askpass program answers. */
export async function signInTerminal({ sam, passphrase, bin }: World): Promise<Ran> {
  const asked = await onTerminal(
    sam,
    ['countersign', 'sign'],
    [
      [/\[y\/N\] $/, 'y'],
      [/passphrase[^\n]*: $/i, passphrase],
    ],
  );
  if (asked !== undefined) return asked;
  return sam.run(['countersign', 'sign', '--yes'], {
    env: { SSH_ASKPASS: `${bin}/askpass`, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':0', DEMO_PASSPHRASE: passphrase },
  });
}

async function recordOnServer({ ann, server }: World): Promise<boolean> {
  const head = await ann.must(['git', 'rev-parse', 'HEAD']);
  return (await ann.run(['git', '--git-dir', server, 'notes', '--ref=countersign', 'show', head])).code === 0;
}
