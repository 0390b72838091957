/* Stairgate: the little script pages need beyond htmx and Bootstrap. In <head>, so the look is set before paint. */
(function () {
  var root = document.documentElement, mq = matchMedia('(prefers-color-scheme: dark)');
  function apply() {
    var look = root.dataset.sgLook || 'auto';
    root.setAttribute('data-bs-theme', look === 'auto' ? (mq.matches ? 'dark' : 'light') : look);
  }
  apply(); mq.addEventListener('change', apply);
  document.addEventListener('DOMContentLoaded', function () {
    document.addEventListener('click', function (e) {
      var t = e.target.closest('[data-sg-fix]'); if (t) { e.preventDefault(); fix(t); }
      t = e.target.closest('[data-sg-show]'); if (t) { e.preventDefault(); show(t); }
      t = e.target.closest('[data-sg-print]'); if (t) print();
      t = e.target.closest('[data-sg-copy]'); if (t) copy(document.getElementById(t.dataset.sgCopy));
      document.querySelectorAll('details.sg-me[open]').forEach(function (d) { if (!d.contains(e.target)) d.open = false; });
    });
    document.addEventListener('htmx:afterSwap', paint);
    /* Why words are kept is no part of them: nothing to check, and no new list of notes, while it is typed. */
    ['input', 'change'].forEach(function (typing) {
      document.addEventListener(typing, function (e) { if (e.target.matches('.sg-keep input')) e.stopPropagation(); }, true);
    });
    /* Words were looked at while they were typed: to leave them asks for nothing, and no note is put there anew. */
    document.addEventListener('change', function (e) { if (e.target.matches('textarea')) e.stopPropagation(); }, true);
    /* An answer that was under way when somebody began to type why is asked for again when they have done. */
    var late = false;
    document.addEventListener('htmx:beforeSwap', function (e) {
      if (document.activeElement.matches('.sg-keep input')) { e.detail.shouldSwap = false; late = true; }
    });
    document.addEventListener('focusout', function (e) {
      if (late && e.target.matches('.sg-keep input')) { late = false; check(); }
    });
    /* The count of notes is a live region: said again only when it is another one. */
    document.addEventListener('htmx:oobBeforeSwap', function (e) {
      var was = e.detail.target; if (was.id === 'left' && words(was) === words(e.detail.fragment)) e.detail.shouldSwap = false;
    });
    document.addEventListener('input', function (e) { if (e.target.matches('[data-sg-editor] textarea')) paint(); });
    /* No answer, or another page's (the door): the notes would be false. Say so once, until an answer comes again. */
    var silent = false;
    function unchecked(words) { if (!silent) say(words); silent = true; }
    document.addEventListener('htmx:beforeSwap', function (e) {
      if (new URL(e.detail.xhr.responseURL).pathname === e.detail.pathInfo.requestPath) { silent = false; return; }
      e.detail.shouldSwap = false; if (brief(e.detail.elt)) return;
      unchecked('You are signed out. Your words are still here: save them, and sign in when you are asked.');
    });
    ['htmx:sendError', 'htmx:responseError'].forEach(function (trouble) {
      document.addEventListener(trouble, function (e) {
        if (e.detail.elt.matches('[data-sg-copy-after]')) say('Not copied: it could not be written down.');
        else if (!brief(e.detail.elt)) unchecked('We can’t check your words just now. They are still here.');
      });
    });
    /* What is shown for a while only goes away when nobody says that it may stay. */
    function brief(el) { var is = el.matches('[data-sg-brief]'); if (is) el.remove(); return is; }
    /* Copied only once it is written down; whoever copies by keyboard has done it, and it is written down behind them. */
    document.addEventListener('htmx:afterRequest', function (e) {
      var after = e.detail.elt.dataset.sgCopyAfter, began = e.detail.requestConfig.triggeringEvent;
      if (after && e.detail.successful && began && began.type === 'submit') copy(document.getElementById(after));
    });
    document.addEventListener('submit', function (e) { if (e.target.matches('[data-sg-keep]')) keep(e.target); });
    addEventListener('resize', paint);
    document.querySelectorAll('[data-sg-nojs]').forEach(function (el) { el.hidden = true; });
    document.querySelectorAll('[data-sg-js]').forEach(function (el) { el.hidden = false; });
    putBack(); paint(); keys(); days(); left();
    document.fonts.ready.then(paint);  /* other letters, other line ends */
    var problem = document.querySelector('main [role=alert]'); if (problem) { problem.tabIndex = -1; problem.focus(); }
  });
  function check() { document.getElementById('text').dispatchEvent(new Event('input', { bubbles: true })); }
  function words(el) { return el.textContent.replace(/\s+/g, ' ').trim(); }
  addEventListener('beforeprint', function () { document.querySelectorAll('details[data-print-open]').forEach(function (d) { d.open = true; }); });

  function say(words) {
    var box = document.getElementById('toasts'), d = document.createElement('div'), s = document.createElement('span');
    d.className = 'toast sg-toast show'; s.textContent = words; d.append(s); box.append(d);
    setTimeout(function () { if (!d.matches(':hover,:focus-within')) d.remove(); }, 8000);
  }
  /* The composer: a real <textarea> with the same words painted behind it, so marks sit under the text. */
  function paint() {
    var editor = document.querySelector('[data-sg-editor]'); if (!editor) return;
    var ta = editor.querySelector('textarea'), back = editor.querySelector('.sg-editor__back');
    var t = ta.value, out = document.createDocumentFragment(), at = 0, hits = [];
    document.querySelectorAll('[data-finding]').forEach(function (f) {
      var i = place(f, t); if (i > -1) hits.push([i, f.dataset.quote, f.dataset.finding]);
    });
    hits.sort(function (a, b) { return a[0] - b[0]; }).forEach(function (h) {
      if (h[0] < at) return;
      out.append(t.slice(at, h[0])); var m = document.createElement('mark');
      m.className = 'sg-hit'; m.dataset.n = h[2]; m.textContent = h[1]; out.append(m); at = h[0] + h[1].length;
    });
    out.append(t.slice(at) + '\n'); back.replaceChildren(out);
    ta.style.height = 'auto'; back.style.minHeight = ta.scrollHeight + 'px'; ta.style.height = '';
    var p = document.getElementById('preview-text'); if (p) p.textContent = t;
  }
  /* Where a note's words stand now: of all places that read the same, the one nearest to where they were found. */
  function place(f, t) {
    var q = f.dataset.quote, at = +f.dataset.at, best = -1;
    for (var i = q ? t.indexOf(q) : -1; i > -1; i = t.indexOf(q, i + 1)) {
      if (best < 0 || Math.abs(i - at) < Math.abs(best - at)) best = i;
    }
    return best;
  }
  function fix(btn) {
    var f = btn.closest('[data-finding]'), ta = document.querySelector('[data-sg-editor] textarea'), i = place(f, ta.value);
    if (i < 0) return;
    ta.value = ta.value.slice(0, i) + btn.dataset.sgFix + ta.value.slice(i + f.dataset.quote.length);
    paint(); ta.dispatchEvent(new Event('input', { bubbles: true })); ta.focus(); say('Changed. We are looking at it again.');
  }
  function show(btn) {
    var f = btn.closest('[data-finding]'), ta = document.querySelector('[data-sg-editor] textarea'), i = place(f, ta.value);
    if (i > -1) { ta.focus(); ta.setSelectionRange(i, i + f.dataset.quote.length); }
  }
  /* Who was signed out while writing finds the words they sent when they have signed in again. They stay in this tab,
     until it shows a page behind the door; they are put back only where they were typed, for whoever typed them. */
  var KEPT = 'sg-kept';
  function store(kept) {
    try { if (kept) sessionStorage.setItem(KEPT, JSON.stringify(kept)); else sessionStorage.removeItem(KEPT); } catch (x) {}
  }
  function keep(form) {
    var typed = Array.from(new FormData(form)).filter(function (pair) { return typeof pair[1] === 'string' && pair[0] !== 'csrfmiddlewaretoken'; });
    store({ who: form.dataset.sgKeep, path: new URL(form.action).pathname, typed: typed });
  }
  function putBack() {
    var kept = null, form = document.querySelector('form[data-sg-keep]');
    try { kept = JSON.parse(sessionStorage.getItem(KEPT)); } catch (x) {}
    if (!kept) return;
    if (document.body.matches('.sg-door')) {
      kept.door = true; store(kept); document.getElementById('kept').hidden = false; return;
    }
    store(null);
    if (!kept.door || !form || form.dataset.sgKeep !== kept.who || location.pathname !== kept.path) return;
    Array.from(form.elements).forEach(function (field) { refill(field, kept.typed); });
    say('Here are your words again. They are not saved yet.');
    setTimeout(check);
  }
  function refill(field, typed) {
    var values = typed.filter(function (pair) { return pair[0] === field.name; }).map(function (pair) { return pair[1]; });
    if (/checkbox|radio/.test(field.type)) field.checked = values.includes(field.value);
    else if (values.length && (/^(text|date|time|select-one)/.test(field.type) || field.name === 'seen')) field.value = values[0];
  }
  /* Single-key shortcuts only where the page opts in, and they can be switched off (WCAG 2.1.4). */
  function keys() {
    var sw = document.getElementById('keys-on'); if (!sw) return;
    try { sw.checked = localStorage.getItem('sg-keys') !== 'off'; } catch (x) {}
    sw.addEventListener('change', function () { try { localStorage.setItem('sg-keys', sw.checked ? 'on' : 'off'); } catch (x) {} });
    document.addEventListener('keydown', function (e) {
      if (!sw.checked || e.ctrlKey || e.metaKey || e.altKey || /INPUT|TEXTAREA|SELECT/.test(e.target.tagName)) return;
      var b = document.querySelector('[aria-keyshortcuts="' + CSS.escape(e.key.toUpperCase()) + '"]');
      if (b) { e.preventDefault(); b.focus(); b.click(); }
    });
  }
  /* Words to post by hand: one press copies them. Where the browser does not let us, they are chosen, ready to be copied. */
  function copy(field) {
    field.focus(); field.select();
    var done = function () { say(field.dataset.sgCopied || 'Copied. Change nothing.'); }, not = function () { if (document.execCommand('copy')) done(); else say('Copy them yourself: they are chosen already.'); };
    if (navigator.clipboard) navigator.clipboard.writeText(field.value).then(done, not); else not();
  }
  /* What is left of the two minutes. The server keeps the time and hides the words; this only paints it. */
  function left() {
    document.querySelectorAll('[data-sg-copy]').forEach(function (b) { b.hidden = false; });
    var timer = document.querySelector('[data-sg-left]'); if (!timer) return;
    var end = performance.now() + timer.dataset.sgLeft * 1000, said = timer.querySelector('b');
    (function tick() {
      var s = Math.max(0, Math.round((end - performance.now()) / 1000));
      said.textContent = Math.floor(s / 60) + ':' + String(s % 60).padStart(2, '0') + ' left';
      timer.classList.toggle('is-short', s < 30);
      if (s) setTimeout(tick, 250); else location.reload();
    })();
  }
  /* The calendar: arrows go from day to day, and up and down by weeks. Every day is a link, so Tab goes there too. */
  function days() {
    var weeks = document.querySelector('[data-sg-days]'); if (!weeks) return;
    weeks.addEventListener('keydown', function (e) {
      var square = e.target.closest('.sg-cal>li'), step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[e.key];
      if (!square || !step || e.ctrlKey || e.metaKey || e.altKey || e.shiftKey) return;
      var seen = [].filter.call(weeks.children, function (li) { return li.offsetParent; });
      if (seen.length < 7 || seen[0].offsetTop < seen[6].offsetTop) step = Math.sign(step);  /* one day under the other */
      var next = seen[seen.indexOf(square) + step];
      if (next) { e.preventDefault(); next.querySelector('[data-sg-day]').focus(); }
    });
  }
})();
