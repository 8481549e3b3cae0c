import type { AgentAdapter } from './adapter';
import { amp } from './amp';
import { claudeCode } from './claudeCode';
import { cline } from './cline';
import { codex } from './codex';
import { continueCli } from './continueCli';
import { copilot, copilotCli } from './copilot';
import { cursor } from './cursor';
import { droid } from './droid';
import { gemini } from './gemini';
import { kiro } from './kiro';
import { kilo, openCode } from './openCode';
import { qwen } from './qwen';
import { windsurf } from './windsurf';

/** Every agent whose hooks are understood; another one is a file and a row here. */
export const adapters: readonly AgentAdapter[] = [
  claudeCode,
  copilot,
  copilotCli,
  codex,
  cursor,
  gemini,
  openCode,
  qwen,
  cline,
  windsurf,
  droid,
  amp,
  continueCli,
  kilo,
  kiro,
];

/** The adapter of an agent id; nothing for an unknown one. */
export function adapterOf(id: string): AgentAdapter | undefined {
  return adapters.find((adapter) => adapter.id === id);
}
