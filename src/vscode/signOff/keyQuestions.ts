import * as vscode from 'vscode';
import { safeText } from '../../core/safeText';
import type { Ask, AskpassRequest } from '../../signing/askpass';

/** What the boxes name, since ssh's own questions do not say which key they mean. */
export interface QuestionWords {
  /** Above the box: which key. */
  readonly title: string;
  /** Below it: what for. */
  readonly prompt: string;
  /** Said from the second question on; absent where several are usual. */
  readonly again?: string;
}

/** Asks for passphrase and PIN in a box of our own, for consent in a dialog, and shows a touch that is awaited. */
export function askInBoxes({ title, prompt, again }: QuestionWords): Ask {
  let asked = 0;
  return async (request) => {
    switch (request.kind) {
      case 'secret': {
        asked++;
        const words = asked > 1 && again !== undefined ? `${again} ${prompt}` : prompt;
        return untilAborted(request, (token) =>
          vscode.window.showInputBox(
            { title, prompt: words, placeHolder: safeText(request.prompt, 120), password: true, ignoreFocusOut: true },
            token,
          ),
        );
      }
      case 'confirm': {
        const yes = vscode.l10n.t('Allow');
        const answer = await vscode.window.showWarningMessage(
          title,
          { modal: true, detail: `${safeText(request.prompt, 400)}\n\n${prompt}` },
          yes,
        );
        return answer === yes ? 'yes' : undefined;
      }
      case 'notice':
        await vscode.window.withProgress(
          {
            location: vscode.ProgressLocation.Notification,
            title: vscode.l10n.t('Touch your security key ({0})', safeText(request.prompt, 160)),
          },
          () => new Promise<void>((resolve) => onAbort(request.signal, resolve)),
        );
        return undefined;
    }
  };
}

async function untilAborted<T>(
  { signal }: AskpassRequest,
  use: (token: vscode.CancellationToken) => Thenable<T>,
): Promise<T> {
  const source = new vscode.CancellationTokenSource();
  onAbort(signal, () => source.cancel());
  try {
    return await use(source.token);
  } finally {
    source.dispose();
  }
}

function onAbort(signal: AbortSignal, call: () => void): void {
  if (signal.aborted) call();
  else signal.addEventListener('abort', call, { once: true });
}
