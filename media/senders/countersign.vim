" Tells Countersign what a person writes in Vim (8.1 or later) or Neovim (0.5 or later).
"
" Install: copy this file into ~/.vim/plugin/ (Neovim: ~/.config/nvim/plugin/). It works in repositories where
" `countersign init` was run, and does nothing where Countersign or git is not. What it tells is your own word: the lines
" are recorded as human by declaration. With a plugin by which an AI writes it is silent, unless you set
"   let g:countersign_human = 1
" in your vimrc, and then it is for you not to save an AI's text as yours. Switch it off with: let g:countersign_off = 1
"
" Before the first change of a buffer and after each save one payload of `countersign record generic` is sent, one after
" the other in the background; only when Vim ends are the last ones waited for, two seconds at most.

if exists('g:loaded_countersign') || !exists('*json_encode') || !(has('nvim') || has('job'))
  finish
endif
let g:loaded_countersign = 1

let s:queue = []
let s:busy = 0
let s:globals = ['loaded_copilot', 'loaded_codeium', 'codeium_enabled', 'loaded_windsurf', 'loaded_tabnine', 'loaded_vim_ai']
let s:modules = ['copilot', 'codeium', 'windsurf', 'supermaven-nvim', 'tabnine', 'cmp_tabnine', 'avante', 'codecompanion', 'minuet', 'CopilotChat', 'llm', 'gp', 'claude-code', 'sidekick', 'opencode']

function! s:HasAi() abort
  if get(g:, 'countersign_human', 0)
    return 0
  endif
  for l:name in s:globals
    if exists('g:' . l:name)
      return 1
    endif
  endfor
  return has('nvim') && luaeval('(function(names) for _, name in ipairs(names) do if package.loaded[name] then return true end end return false end)(_A)', s:modules)
endfunction

function! s:Program() abort
  let l:data = empty($XDG_DATA_HOME) ? $HOME . '/.local/share' : $XDG_DATA_HOME
  for l:place in ['countersign', l:data . '/countersign/runtime/countersign', $HOME . '/Library/Application Support/countersign/runtime/countersign']
    if executable(l:place)
      return l:place
    endif
  endfor
  return ''
endfunction

" What the buffer holds, as its file does if nobody else wrote it.
function! s:Digest() abort
  let l:end = &l:endofline || (&l:fixendofline && !&l:binary) ? "\n" : ''
  return sha256(join(getline(1, '$'), "\n") . l:end)
endfunction

function! s:Tell(event) abort
  let l:file = expand('<afile>:p')
  let l:folder = fnamemodify(l:file, ':h')
  if get(g:, 'countersign_off', 0) || &buftype !=# '' || l:file ==# '' || !isdirectory(l:folder) || s:HasAi()
    return
  endif
  let l:upwards = escape(l:folder, ' ,;\') . ';'
  if finddir('.git', l:upwards) ==# '' && findfile('.git', l:upwards) ==# ''
    return
  endif
  let l:payload = {'event': a:event, 'cwd': l:folder, 'files': [l:file], 'actor': {'kind': 'human'}}
  if a:event ==# 'after-edit' && exists('*sha256')
    let l:payload.wrote = {l:file: s:Digest()}
  endif
  call add(s:queue, json_encode(l:payload))
  call s:Next()
endfunction

function! s:Next() abort
  if s:busy || empty(s:queue)
    return
  endif
  let l:program = s:Program()
  let l:payload = remove(s:queue, 0)
  if l:program ==# ''
    let s:queue = []
    return
  endif
  let s:busy = 1
  try
    if has('nvim')
      let l:job = jobstart([l:program, 'record', 'generic'], {'on_exit': {-> s:Done()}})
      call chansend(l:job, l:payload)
      call chanclose(l:job, 'stdin')
    else
      let l:job = job_start([l:program, 'record', 'generic'], {'in_mode': 'raw', 'out_io': 'null', 'err_io': 'null', 'stoponexit': '', 'exit_cb': {-> s:Done()}})
      call ch_sendraw(l:job, l:payload)
      call ch_close_in(l:job)
    endif
  catch
    " It cannot be started, or ended before it had read: nothing is told.
    let s:busy = 0
  endtry
endfunction

function! s:Done() abort
  let s:busy = 0
  call s:Next()
endfunction

function! s:Changed() abort
  let l:file = expand('<afile>:p')
  if &modified && l:file ==# expand('%:p') && get(b:, 'countersign_told', '') !=# l:file
    let b:countersign_told = l:file
    call s:Tell('before-edit')
  endif
endfunction

" Of a file that is written under another name it was not told what it held: that is no edit of the person.
function! s:Saved() abort
  let l:file = expand('<afile>:p')
  if get(b:, 'countersign_told', '') !=# l:file
    return
  endif
  let b:countersign_told = ''
  call s:Tell('after-edit')
endfunction

function! s:Leave() abort
  let l:rounds = 0
  while (s:busy || !empty(s:queue)) && l:rounds < 100
    sleep 20m
    let l:rounds += 1
  endwhile
endfunction

augroup countersign
  autocmd!
  autocmd TextChanged,TextChangedI * call s:Changed()
  autocmd BufWritePre * call s:Changed()
  autocmd BufWritePost * call s:Saved()
  autocmd BufReadPost,FileChangedShellPost * let b:countersign_told = ''
  autocmd VimLeavePre * call s:Leave()
augroup END
