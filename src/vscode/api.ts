import type * as vscode from 'vscode';
import type { LineClass } from '../core/origin';
import type { Marks } from './display/marks';

/** What other extensions may ask, and nothing that changes anything. */
export interface ApiV1 {
  /** What a line (0-based) of an open document counts as at this moment; nothing where that is not known. */
  classOf(uri: vscode.Uri, line: number): LineInfo | undefined;
  /** Told with the document whose answers may have changed. */
  readonly onDidChange: vscode.Event<vscode.Uri>;
}

/** One line's answer. */
export interface LineInfo {
  readonly class: LineClass;
  readonly tool: string | undefined;
  readonly model: string | undefined;
  readonly session: string | undefined;
  readonly evidence: string | undefined;
  readonly reason: string | undefined;
}

/** The read-only interface over the marks. */
export function makeApi(marks: Marks): ApiV1 {
  return Object.freeze({
    classOf(uri: vscode.Uri, line: number): LineInfo | undefined {
      const origin = marks.lineOrigin(uri, line);
      if (origin === undefined) return undefined;
      const { session } = origin;
      return {
        class: origin.class,
        tool: session?.tool,
        model: session?.model,
        session: session?.session,
        evidence: session?.evidence,
        reason: origin.reason,
      };
    },
    onDidChange: marks.onDidChange,
  });
}
