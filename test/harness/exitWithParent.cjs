// Loaded into the server before its own code: when the process that started it is gone, however it went, its end of this pipe closes, and the
// server takes its whole process group along. The server's children inherit the option, so only the main program acts on it.
if (/[\\/]server-main\.js$/.test(process.argv[1] ?? '')) {
  process.stdin.on('end', () => process.kill(-process.pid, 'SIGKILL'));
  process.stdin.on('error', () => process.kill(-process.pid, 'SIGKILL'));
  process.stdin.resume();
  process.stdin.unref?.();
}
