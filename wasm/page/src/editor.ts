/** The editor for files of the simulated computer; loaded when it is opened first. */
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { HighlightStyle, StreamLanguage, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { dockerFile } from '@codemirror/legacy-modes/mode/dockerfile';
import { shell } from '@codemirror/legacy-modes/mode/shell';
import { yaml } from '@codemirror/legacy-modes/mode/yaml';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { announce, dialog, el, size } from './dom';
import type { Engine, File } from './engine';

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--accent)', fontWeight: '600' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--green)' },
  { tag: tags.comment, color: 'var(--dim)', fontStyle: 'italic' },
  { tag: [tags.variableName, tags.propertyName, tags.atom, tags.number], color: 'var(--violet)' },
]);

function language(path: string): Extension[] {
  const name = path.split('/').pop() ?? '';
  if (/^(Dockerfile|.*\.dockerfile|Containerfile)/i.test(name)) return [StreamLanguage.define(dockerFile)];
  if (/\.ya?ml$/.test(name)) return [StreamLanguage.define(yaml)];
  if (/\.(sh|env)$/.test(name) || name.startsWith('.')) return [StreamLanguage.define(shell)];
  return [];
}

export function openFiles(engine: Engine, changed: () => void, first?: string): void {
  let folder = engine.directory() || '/';
  let open = '';
  const list = el('ul', { class: 'files' });
  const where = el('code');
  const place = el('div', { class: 'editor' });
  const note = el('p', { class: 'note', role: 'status' });
  const save = el('button', { type: 'button', class: 'primary', disabled: true, click: () => write() }, 'Save');
  const name = el('input', { type: 'text', placeholder: 'New file', 'aria-label': 'New file', spellcheck: 'false' });
  let view: EditorView | null = null;

  const say = (text: string): void => { note.textContent = text; announce(text); };
  const join = (file: string): string => (file.startsWith('/') ? file : `${folder === '/' ? '' : folder}/${file}`);
  const write = (): boolean => {
    if (!view || !open) return false;
    const { error } = engine.write(open, view.state.doc.toString());
    say(error ? `${open}: ${error}` : `Saved ${open}.`);
    save.disabled = !error;
    if (!error) { fill(); changed(); }
    return true;
  };
  const edit = (path: string, text: string): void => {
    open = path;
    view?.destroy();
    view = new EditorView({
      parent: place,
      state: EditorState.create({
        doc: text,
        extensions: [
          lineNumbers(), history(), drawSelection(), highlightActiveLine(), indentUnit.of('  '), syntaxHighlighting(colours), EditorView.lineWrapping,
          keymap.of([{ key: 'Mod-s', run: write }, ...defaultKeymap, ...historyKeymap, indentWithTab]),
          EditorView.contentAttributes.of({ 'aria-label': `Text of ${path}` }),
          EditorView.updateListener.of((update) => { if (update.docChanged) { save.disabled = false; note.textContent = ''; } }),
          ...language(path),
        ],
      }),
    });
    save.disabled = text !== '' || engine.read(path).error === undefined;
    note.textContent = path;
    view.focus();
  };
  const show = (path: string): void => {
    const { text, error } = engine.read(path);
    if (error) say(`${path}: ${error}`);
    else edit(path, text);
  };
  const fill = (): void => {
    where.textContent = folder;
    const files = engine.files(folder);
    if (!Array.isArray(files)) { say(`${folder}: ${files.error ?? ''}`); return; }
    const row = (file: File): HTMLLIElement => el('li', {}, el('button', {
      type: 'button', click: () => { if (file.dir) { folder = join(file.name); fill(); } else show(join(file.name)); },
    }, el('span', {}, file.dir ? `${file.name}/` : file.name), !file.dir && el('span', { class: 'size' }, size(file.size))));
    const up = el('li', {}, el('button', { type: 'button', click: () => { folder = folder.replace(/\/[^/]+$/, '') || '/'; fill(); } }, '..'));
    list.replaceChildren(...(folder === '/' ? [] : [up]), ...files.filter((f) => !f.name.startsWith('.') || f.name === '.dockerignore').map(row));
  };
  const create = el('form', { class: 'find', submit: (event: SubmitEvent) => {
    event.preventDefault();
    const file = name.value.trim();
    if (!file) return;
    const path = join(file);
    const { text, error } = engine.read(path);
    edit(path, error ? '' : text);
    name.value = '';
  } }, name, el('button', { type: 'submit' }, 'Open'));
  fill();
  const box = dialog('Files of the simulated computer',
    el('div', { class: 'workbench' }, el('div', {}, el('p', { class: 'where' }, where), list, create), place),
    el('div', { class: 'row' }, save, note));
  box.classList.add('wide');
  box.addEventListener('close', () => view?.destroy());
  if (first) show(first);
}
