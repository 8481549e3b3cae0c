/** How the text of lines lies in files: on disk, and in git where filters make something else of it. */
export interface Form {
  readonly name: string;
  /** Lines of `.git/info/attributes`, and configuration that goes with them. */
  readonly attributes: string;
  readonly config: readonly (readonly [key: string, value: string])[];
  /** The bytes of a text on disk. */
  encode(text: string): Buffer;
  /** The text of bytes on disk. */
  decode(bytes: Buffer): string;
  /** A line, as git or the disk has it, without what the form adds. */
  bare(line: string): string;
}

const utf8 = {
  encode: (text: string) => Buffer.from(text, 'utf8'),
  decode: (bytes: Buffer) => bytes.toString('utf8'),
  bare: (line: string) => line,
};

/** Nothing between git and the disk. */
export const plain: Form = { name: 'plain', attributes: '', config: [], ...utf8 };

/** The disk has CRLF, git LF. */
const crlf: Form = {
  name: 'crlf',
  attributes: '* text eol=crlf\n',
  config: [],
  encode: (text) => Buffer.from(text.replace(/\n/g, '\r\n'), 'utf8'),
  decode: (bytes) => bytes.toString('utf8').replace(/\r\n/g, '\n'),
  bare: (line) => line.replace(/\r$/, ''),
};

/**
 * A clean and a smudge filter: git's lines begin with what those on disk do not have. As gitattributes(5) asks for, what is clean is
 * not cleaned once more: an octopus with a conflict leaves git's own lines on disk (git-merge-one-file), and takes them in again.
 */
const filtered: Form = {
  name: 'filtered',
  attributes: 'f* filter=bar\n',
  config: [
    ['filter.bar.clean', "sed 's/^|*/|/'"],
    ['filter.bar.smudge', "sed 's/^|//'"],
  ],
  ...utf8,
  bare: (line) => line.replace(/^\|/, ''),
};

/** Bytes that are no UTF-8 in every line that is not empty. */
const latin1: Form = {
  name: 'latin1',
  attributes: '',
  config: [],
  encode: (text) => Buffer.from(text.replace(/^(?=.)/gm, '\u00e9'), 'latin1'),
  decode: (bytes) => bytes.toString('latin1').replace(/^\u00e9/gm, ''),
  bare: (line) => line.replace(/^\u00e9/, ''),
};

/** All forms; the plain one more often than the others. */
export const forms: readonly Form[] = [plain, plain, plain, plain, crlf, filtered, latin1];
