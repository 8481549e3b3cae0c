/**
 * Extensions whose completions, fixes and refactorings follow from the code alone: an id, or a publisher with its dot.
 * What any other extension makes is not taken for a person's.
 */
const deterministic: readonly string[] = [
  ...['vscode.', 'ms-vscode.', 'ms-dotnettools.', 'ms-azuretools.', 'redhat.', 'vscjava.', 'hashicorp.', 'dart-code.'],
  ...['ms-python.python', 'ms-python.vscode-pylance', 'ms-python.black-formatter', 'ms-python.isort'],
  ...['rust-lang.rust-analyzer', 'golang.go', 'llvm-vs-code-extensions.vscode-clangd', 'ziglang.vscode-zig'],
  ...['esbenp.prettier-vscode', 'dbaeumer.vscode-eslint', 'biomejs.biome', 'stylelint.vscode-stylelint'],
  ...['charliermarsh.ruff', 'denoland.vscode-deno', 'oven.bun-vscode', 'angular.ng-template', 'vue.volar'],
  ...['svelte.svelte-vscode', 'astro-build.astro-vscode', 'bradlc.vscode-tailwindcss', 'shopify.ruby-lsp'],
  ...[
    'scalameta.metals',
    'haskell.haskell',
    'julialang.language-julia',
    'elixir-lsp.elixir-ls',
    'swiftlang.swift-vscode',
  ],
  ...['editorconfig.editorconfig', 'davidanson.vscode-markdownlint', 'streetsidesoftware.code-spell-checker'],
];

/** Whether the extension is known to make nothing of its own. */
export function isDeterministic(extensionId: string): boolean {
  const id = extensionId.toLowerCase();
  return deterministic.some((own) => (own.endsWith('.') ? id.startsWith(own) : id === own));
}
