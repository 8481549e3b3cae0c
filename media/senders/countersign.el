;;; countersign.el --- Tell Countersign what a person writes -*- lexical-binding: t; -*-

;; Package-Requires: ((emacs "26.1"))

;;; Commentary:

;; Install: put this file into a folder of your `load-path' and into your init file
;;
;;   (require 'countersign)
;;   (countersign-mode 1)
;;
;; It works in repositories where `countersign init' was run, and does nothing where Countersign or git is not.  What
;; it tells is your own word: the lines are recorded as human by declaration.  With a package by which an AI writes it
;; is silent, unless you set `countersign-human' to t, and then it is for you not to save an AI's text as yours.
;;
;; Before the first change of a buffer and after each save one payload of `countersign record generic' is sent, one
;; after the other in the background; only when Emacs ends are the last ones waited for, two seconds at most.

;;; Code:

(require 'json)
(require 'seq)

(defgroup countersign nil "Tell Countersign what a person writes." :group 'tools)

(defcustom countersign-human nil
  "Whether to tell of edits although a package by which an AI writes is loaded."
  :type 'boolean)

(defconst countersign--ai-features
  '(copilot copilot-chat codeium tabnine company-tabnine supermaven minuet gptel aider aidermacs ellama
    chatgpt-shell claude-code claude-code-ide eca agent-shell)
  "Features of packages by which an AI writes into buffers or files.")

(defvar countersign--queue nil "Payloads to be sent, the first one first.")
(defvar countersign--process nil "The process that takes in a payload, if one runs.")

(defun countersign--program ()
  "The program of Countersign, or nil."
  (let ((data (or (getenv "XDG_DATA_HOME") (expand-file-name "~/.local/share"))))
    (seq-find #'identity
              (list (executable-find "countersign")
                    (countersign--runnable (expand-file-name "countersign/runtime/countersign" data))
                    (countersign--runnable
                     (expand-file-name "~/Library/Application Support/countersign/runtime/countersign"))))))

(defun countersign--runnable (file)
  "FILE, if it can be started."
  (and (file-executable-p file) (not (file-directory-p file)) file))

(defun countersign--digest ()
  "Digest of what this buffer holds, as its file does if nobody else wrote it."
  (save-restriction
    (widen)
    (secure-hash 'sha256 (encode-coding-string (buffer-substring-no-properties (point-min) (point-max)) 'utf-8-unix))))

(defun countersign--tell (event)
  "Send EVENT of this buffer's file, in the background."
  (when (and buffer-file-name
             (not (file-remote-p buffer-file-name))
             (locate-dominating-file buffer-file-name ".git")
             (or countersign-human (not (seq-some #'featurep countersign--ai-features))))
    (let ((file (expand-file-name buffer-file-name)))
      (setq countersign--queue
            (append countersign--queue
                    (list (json-encode `((event . ,event)
                                         (cwd . ,(file-name-directory file))
                                         (files . [,file])
                                         ,@(and (equal event "after-edit")
                                                `((wrote . ((,(intern file) . ,(countersign--digest))))))
                                         (actor . ((kind . "human")))))))))
    (countersign--next)))

(defun countersign--next ()
  "Start the next payload, if none is under way."
  (unless (process-live-p countersign--process)
    (let* ((payload (pop countersign--queue))
           (program (and payload (countersign--program)))
           (default-directory "/"))
      (if (null program)
          (setq countersign--queue nil)
        (condition-case nil
            (progn
              (setq countersign--process
                    (make-process :name "countersign" :command (list program "record" "generic")
                                  :connection-type 'pipe :noquery t :coding 'utf-8
                                  :filter #'ignore :sentinel #'countersign--done))
              (process-send-string countersign--process payload)
              (process-send-eof countersign--process))
          ;; It cannot be started, or ended before it had read: nothing is told.
          (error nil))))))

(defun countersign--done (process _event)
  "Go on with the queue once PROCESS has ended."
  (unless (process-live-p process) (countersign--next)))

(defvar-local countersign--told nil "The file of which was told that this buffer is about to differ from it.")

(defun countersign--before ()
  "Tell that this buffer is about to differ from its file."
  (setq countersign--told buffer-file-name)
  (countersign--tell "before-edit"))

(defun countersign--after ()
  "Tell that this buffer was saved, unless under another name."
  (when (and countersign--told (equal countersign--told buffer-file-name))
    (setq countersign--told nil)
    (countersign--tell "after-edit")))

(defun countersign--wait ()
  "Let what is under way end, for two seconds at most."
  (let ((rounds 0))
    (while (and (or countersign--queue (process-live-p countersign--process)) (< rounds 100))
      (accept-process-output countersign--process 0.02)
      (setq rounds (1+ rounds)))))

;;;###autoload
(define-minor-mode countersign-mode
  "Tell Countersign what a person writes."
  :global t
  (let ((change (if countersign-mode #'add-hook #'remove-hook)))
    (funcall change 'first-change-hook #'countersign--before)
    (funcall change 'after-save-hook #'countersign--after)
    (funcall change 'kill-emacs-hook #'countersign--wait)))

(provide 'countersign)

;;; countersign.el ends here
