/** User settings of every harness window: nothing greets, recommends, asks the network or writes by itself. */
export const quietSettings: Readonly<Record<string, unknown>> = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  // The web build saves after a second by default; the desktop does not.
  'files.autoSave': 'off',
  'git.autofetch': false,
  'git.enableSmartCommit': true,
  'git.openRepositoryInParentFolders': 'never',
  'github.gitAuthentication': false,
  'json.schemaDownload.enable': false,
  'npm.fetchOnlinePackageInfo': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'typescript.disableAutomaticTypeAcquisition': true,
  'update.mode': 'none',
  'window.confirmBeforeClose': 'never',
  'workbench.enableExperiments': false,
  'workbench.layoutControl.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/** Settings under which the text in the editor is, key by key, what was typed: no closing brackets, indentation or suggestions of the editor. */
export const literalTyping: Readonly<Record<string, unknown>> = {
  'editor.acceptSuggestionOnEnter': 'off',
  'editor.autoClosingBrackets': 'never',
  'editor.autoClosingQuotes': 'never',
  'editor.autoIndent': 'none',
  'editor.formatOnType': false,
  'editor.parameterHints.enabled': false,
  'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
  'editor.suggestOnTriggerCharacters': false,
  'editor.wordBasedSuggestions': 'off',
};

/**
 * Keeps the Git extension from asking, after the first push, whether it may fetch periodically: it asks unless it does so already.
 * One fetch at the start remains.
 */
export const noFetchQuestion: Readonly<Record<string, unknown>> = {
  'git.autofetch': true,
  'git.autofetchPeriod': 1_000_000,
};
