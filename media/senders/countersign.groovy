/*
 * Tells Countersign what a person writes in an IDE of JetBrains (IntelliJ IDEA, PyCharm, WebStorm, ...).
 *
 * Install: add the plugin LivePlugin to the IDE, in its tool window make a new Groovy plugin, and put this file in the
 * place of its plugin.groovy; run it. It works in repositories where `countersign init` was run, and does nothing where
 * Countersign or git is not. What it tells is your own word: the lines are recorded as human by declaration. With a plugin
 * by which an AI writes it is silent, unless you set the environment variable COUNTERSIGN_HUMAN=1 for the IDE, and then it
 * is for you not to save an AI's text as yours.
 *
 * Before the first change of a document and after each save one payload of `countersign record generic` is sent, one
 * after the other, on a thread of its own: the editor never waits.
 */
import com.intellij.ide.plugins.PluginManagerCore
import com.intellij.openapi.application.ApplicationManager
import com.intellij.openapi.editor.EditorFactory
import com.intellij.openapi.editor.event.DocumentEvent
import com.intellij.openapi.editor.event.DocumentListener
import com.intellij.openapi.extensions.PluginId
import com.intellij.openapi.fileEditor.FileDocumentManager
import com.intellij.openapi.vfs.VirtualFileManager
import com.intellij.openapi.vfs.newvfs.BulkFileListener
import com.intellij.openapi.vfs.newvfs.events.VFileContentChangeEvent
import groovy.json.JsonOutput
import java.security.MessageDigest
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.ThreadPoolExecutor
import java.util.concurrent.TimeUnit

class CountersignSender {
  static final List<String> AI_PLUGINS = [
    'com.github.copilot', 'com.intellij.ml.llm', 'com.codeium.intellij', 'com.tabnine.TabNine', 'com.supermaven.intellij',
    'com.sourcegraph.jetbrains', 'amazon.q', 'aws.toolkit', 'com.github.continuedev.continueintellijextension',
    'com.augmentcode', 'com.anthropic.code.plugin', 'com.google.tools.ij.aiplugin', 'com.alibabacloud.intellij.cosy',
  ]

  private final Set<String> told = Collections.synchronizedSet(new HashSet<String>())
  private final ThreadPoolExecutor queue = new ThreadPoolExecutor(1, 1, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<Runnable>())

  CountersignSender() {
    // Its one thread ends with the work, so that nothing is left when the plugin is unloaded.
    queue.allowCoreThreadTimeOut(true)
  }

  void before(String path) {
    told.add(path)
    tell('before-edit', path)
  }

  /** `text` is what the document holds, as its file does if nobody else wrote it. */
  void after(String path, String text) {
    if (!told.remove(path)) return
    tell('after-edit', path, text == null ? [:] : [wrote: [(path): digest(text)]])
  }

  private static String digest(String text) {
    MessageDigest.getInstance('SHA-256').digest(text.getBytes('UTF-8')).encodeHex().toString()
  }

  private void tell(String event, String path, Map more = [:]) {
    def file = new File(path)
    if (!isInRepository(file)) return
    def payload = JsonOutput.toJson([event: event, cwd: file.parent, files: [path], actor: [kind: 'human']] + more)
    queue.execute { send(payload) }
  }

  private static boolean isInRepository(File file) {
    for (def folder = file.parentFile; folder != null; folder = folder.parentFile) {
      if (new File(folder, '.git').exists()) return true
    }
    return false
  }

  private static void send(String payload) {
    try {
      def program = program()
      if (program == null) return
      def process = new ProcessBuilder([program, 'record', 'generic'])
        .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start()
      process.outputStream.withCloseable { it.write(payload.getBytes('UTF-8')) }
      if (!process.waitFor(30, TimeUnit.SECONDS)) process.destroy()
    } catch (IOException ignored) {
      // It cannot be started, or ended before it had read: nothing is told.
    }
  }

  private static String program() {
    def home = System.getenv('HOME') ?: System.getProperty('user.home')
    def data = System.getenv('XDG_DATA_HOME') ?: "$home/.local/share"
    def onPath = (System.getenv('PATH') ?: '').split(File.pathSeparator).collect { "$it/countersign" }
    def places = onPath + ["$data/countersign/runtime/countersign", "$home/Library/Application Support/countersign/runtime/countersign"]
    return places*.toString().find { new File(it).canExecute() && new File(it).file }
  }
}

def isHuman = System.getenv('COUNTERSIGN_HUMAN') == '1' ||
  !CountersignSender.AI_PLUGINS.any { PluginManagerCore.getPlugin(PluginId.getId(it))?.enabled }
if (isHuman) {
  def sender = new CountersignSender()
  def documents = FileDocumentManager.getInstance()
  EditorFactory.getInstance().getEventMulticaster().addDocumentListener(new DocumentListener() {
    void beforeDocumentChange(DocumentEvent event) {
      def file = documents.getFile(event.document)
      if (file != null && file.isInLocalFileSystem() && !documents.isFileModified(file)) sender.before(file.path)
    }
  }, pluginDisposable)
  ApplicationManager.getApplication().getMessageBus().connect(pluginDisposable)
    .subscribe(VirtualFileManager.VFS_CHANGES, new BulkFileListener() {
      void after(List events) {
        events.findAll { it instanceof VFileContentChangeEvent && it.isFromSave() }.each { sender.after(it.path, documents.getCachedDocument(it.file)?.text) }
      }
    })
}
