import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What the sender uses of the platform's classes, each as small as can be: package and name -> members. */
const classes: Readonly<Record<string, string>> = {
  'ide.plugins.PluginManagerCore':
    'class PluginManagerCore { static ids = []; static getPlugin(id) { ids.contains(id) ? [enabled: true] : null } }',
  'openapi.extensions.PluginId': 'class PluginId { static getId(String id) { id } }',
  'openapi.application.ApplicationManager':
    'class ApplicationManager { static listener; static getApplication() { [getMessageBus: { -> [connect: { d -> [subscribe: { topic, heard -> listener = heard }] }] }] } }',
  'openapi.editor.EditorFactory':
    'class EditorFactory { static listener; static getInstance() { [getEventMulticaster: { -> [addDocumentListener: { heard, d -> listener = heard }] }] } }',
  'openapi.editor.event.DocumentEvent': 'class DocumentEvent { def document }',
  'openapi.editor.event.DocumentListener':
    'interface DocumentListener { void beforeDocumentChange(DocumentEvent event) }',
  'openapi.fileEditor.FileDocumentManager':
    'class FileDocumentManager { static modified = false; static getInstance() { new FileDocumentManager() }; def getFile(document) { document }; def getCachedDocument(file) { file }; boolean isFileModified(file) { modified } }',
  'openapi.vfs.VirtualFileManager': 'class VirtualFileManager { static VFS_CHANGES = new Object() }',
  'openapi.vfs.newvfs.BulkFileListener': 'interface BulkFileListener { void after(List events) }',
  'openapi.vfs.newvfs.events.VFileContentChangeEvent':
    'class VFileContentChangeEvent { String path; def file; boolean isFromSave() { true } }',
};

/** Plays an IDE: the arguments are the sender, the file, a file that says go on, and what to do before. */
const player = `
import com.intellij.ide.plugins.PluginManagerCore
import com.intellij.openapi.application.ApplicationManager
import com.intellij.openapi.editor.EditorFactory
import com.intellij.openapi.editor.event.DocumentEvent
import com.intellij.openapi.fileEditor.FileDocumentManager
import com.intellij.openapi.vfs.newvfs.events.VFileContentChangeEvent

class LocalFile { String path; String text; boolean isInLocalFileSystem() { true } }

def (sender, path, go, typed, ai) = args
if (ai != '') PluginManagerCore.ids << ai
new GroovyShell(this.class.classLoader, new Binding(pluginDisposable: new Object())).evaluate(new File(sender))
def type = { EditorFactory.listener?.beforeDocumentChange(new DocumentEvent(document: new LocalFile(path: path))) }
type()
FileDocumentManager.modified = true
type()
while (!new File(go).exists()) sleep(20)
def lines = new File(path).readLines()
new File(path).text = ([lines[0], typed] + lines.drop(1)).join('\\n') + '\\n'
FileDocumentManager.modified = false
ApplicationManager.listener?.after([new VFileContentChangeEvent(path: path, file: new LocalFile(text: new File(path).text))])
`;

/** Writes an IDE that has nothing but what the sender asks for into `folder`; the program that plays it. */
export function writeIde(folder: string): string {
  for (const [name, body] of Object.entries(classes)) {
    const full = `com.intellij.${name}`;
    const path = join(folder, `${full.replaceAll('.', '/')}.groovy`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `package ${full.replace(/\.\w+$/, '')}\n${body}\n`);
  }
  const program = join(folder, 'play.groovy');
  writeFileSync(program, player);
  return program;
}
