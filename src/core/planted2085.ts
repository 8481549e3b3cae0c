import { window } from 'vscode';
import { readFileSync } from 'node:fs';
export const x = [window, readFileSync];
