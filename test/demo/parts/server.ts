import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { onServer } from '../gitFacts';
import type { Ran } from '../people';
import type { Stage } from '../stage';
import { expectRefusal } from './push';
import { signInTerminal, takeBranch } from './sign';

/** 6. The gate that nobody can step around. */
export async function partServer({ report, world }: Stage): Promise<void> {
  const { ann, sam, ci, server, root } = world;
  report.part('6. The server');
  const before = (await onServer(ann, 'refs/heads/main')) ?? '';
  const isUnmoved = async (): Promise<boolean> => (await onServer(ann, 'refs/heads/main')) === before;

  await report.step('The same push with --no-verify', async (step) => {
    const local = await ann.run(['git', 'push', 'origin', 'main']);
    const ran = await ann.run(['git', 'push', '--no-verify', 'origin', 'main']);
    step.command('git push --no-verify origin main', ran);
    expectRefusal(step, ran);
    step.fact('pre-receive gives the very reason that pre-push gave', reasonOf(ran) === reasonOf(local), {
      local: reasonOf(local),
      server: reasonOf(ran),
    });
    step.fact('main on the server is where it was', await isUnmoved());
  });

  await report.step('Rewind main', async (step) => {
    const ran = await ann.run(['git', 'push', '--no-verify', '--force', 'origin', `${before}~1:main`]);
    step.command('git push --no-verify --force origin <main>~1:main', ran);
    step.fact('refused', ran.code === 1 && /push blocked/.test(ran.stderr), ran);
    step.fact('because main would lose a commit', /lose|lost|rewr/i.test(reasonOf(ran)), reasonOf(ran));
    step.fact('main on the server is where it was', await isUnmoved());
  });

  await report.step('Relax the policy in the same push', async (step) => {
    await ann.must(['git', 'switch', '--quiet', '--create', 'relax', before]);
    const file = path.join(ann.clone, '.countersign.yml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('revision: 1', 'revision: 2').replace('lines: 3', 'lines: 3000'));
    await ann.must(['git', 'commit', '--quiet', '--all', '--message', 'Ask less']);
    const ran = await ann.run(['git', 'push', '--no-verify', 'origin', 'relax:main']);
    step.command('git push --no-verify origin relax:main', ran);
    step.fact(
      'refused under the policy that main holds',
      ran.code === 1 && /push blocked/.test(ran.stderr) && /\.countersign\.yml/.test(ran.stderr),
      ran,
    );
    step.fact('main on the server is where it was', await isUnmoved());
    await ann.must(['git', 'switch', '--quiet', 'main']);
  });

  await report.step('countersign check, as a pull request meets it on a build machine', async (step) => {
    await ann.must(['git', 'push', '--quiet', '--force', 'origin', 'main:refs/heads/thanks']);
    await ann.must(['countersign', 'sync']);
    await ci.must(['git', 'clone', '--quiet', server, ci.clone], { cwd: root });
    await ci.must(['git', 'fetch', '--quiet', 'origin', '+refs/notes/countersign*:refs/notes/countersign*']);
    const check = async (head: string, base: string): Promise<Ran> => {
      const args = ['countersign', 'check', '--base', base, '--head', head, '--target', 'main'];
      const ran = await ci.run(args);
      step.command(args.join(' '), ran);
      return ran;
    };
    step.fact('the amended commit: blocked', (await check('origin/thanks', 'origin/main')).code === 1);
    step.fact('what was signed and merged: pass', (await check('origin/main', `${await rootOf(ci)}`)).code === 0);
    const json = await ci.must([
      'countersign',
      'check',
      '--base',
      await rootOf(ci),
      '--head',
      'origin/main',
      '--target',
      'main',
      '--json',
    ]);
    const { verdict, target } = JSON.parse(json) as { readonly verdict: string; readonly target: string };
    step.fact('as JSON the same', verdict === 'pass' && target === 'refs/heads/main', json);
  });

  await report.step(
    'The senior signs the amended commit, and --no-verify makes no difference to that either',
    async (step) => {
      await takeBranch(sam, 'thanks');
      const signed = await signInTerminal(world);
      step.command('countersign sign', signed);
      await sam.must(['countersign', 'sync']);
      const ran = await ann.run(['git', 'push', '--no-verify', 'origin', 'main']);
      step.command('git push --no-verify origin main', ran);
      step.fact('pre-receive lets it go', ran.code === 0, ran);
      step.fact(
        'main on the server is the signed commit',
        (await onServer(ann, 'refs/heads/main')) === (await ann.must(['git', 'rev-parse', 'main'])),
      );
      step.quote(await ann.must(['git', '--git-dir', server, 'log', '--oneline', '--decorate=no', 'main']));
    },
  );
}

/** The sentence after the marker on the first line of a refusal. */
function reasonOf(ran: Ran): string {
  const line = ran.stderr
    .split('\n')
    .map((text) => text.replace(/^remote: /, '').trimEnd())
    .find((text) => text.startsWith('countersign: push blocked: '));
  return line?.slice('countersign: push blocked: refs/heads/main: '.length) ?? '';
}

async function rootOf(person: Stage['world']['ci']): Promise<string> {
  return person.must(['git', 'rev-list', '--max-parents=0', 'origin/main']);
}
