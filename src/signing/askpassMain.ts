/**
 * The program that ssh starts to ask a question, as text: it is written beside the socket, so that nothing has to lie
 * beside the bundle. Plain CommonJS for any Node from 12. It prints the answer and exits 0, or exits 1 without one.
 */
export const askpassMainSource = `'use strict';
const { connect } = require('net');
const { COUNTERSIGN_ASKPASS_SOCKET: path, COUNTERSIGN_ASKPASS_NONCE: nonce, SSH_ASKPASS_PROMPT: kind } = process.env;
const prompt = String(process.argv[2] || 'Enter passphrase:').slice(0, 4000);
let reply = '';
const socket = connect(path);
socket.setEncoding('utf8');
socket.on('connect', () => socket.write(JSON.stringify({ nonce, prompt, kind }) + '\\n'));
socket.on('data', (chunk) => { reply += chunk; });
socket.on('error', () => { process.exitCode = 1; });
socket.on('close', () => {
  let answer;
  try { answer = JSON.parse(reply).answer; } catch (error) { answer = undefined; }
  if (typeof answer !== 'string') { process.exitCode = 1; return; }
  process.stdout.write(answer + '\\n');
});
`;
