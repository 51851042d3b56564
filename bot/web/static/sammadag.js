// Keyboard shortcuts and small comforts; every page works without this file.
"use strict";

(() => {
  const OFF = "sammadag-keys-off";
  const remembered = (name) => {
    try { return localStorage.getItem(name) !== null; } catch { return false; }
  };
  const remember = (name, on) => {
    try { if (on) localStorage.setItem(name, "1"); else localStorage.removeItem(name); } catch { /* private window */ }
  };
  let off = remembered(OFF);

  const isTyping = (element) =>
    element.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName) && element.type !== "checkbox";
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const row = () => document.activeElement.closest("[data-row]");

  const go = (step) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(row());
    const next = at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step));
    all[next].querySelector("[data-open]").focus();
  };
  const tick = () => {
    const box = row()?.querySelector("input[type=checkbox]");
    if (box) box.checked = !box.checked;
  };
  const help = () => {
    const keys = document.getElementById("keys");
    if (!keys) return;
    keys.open = !keys.open;
    if (keys.open) keys.querySelector("summary").focus();
  };
  const search = () => {
    const field = document.getElementById("question");
    if (field) field.focus();
    else location.assign("/search");
  };
  const keys = { j: () => go(1), k: () => go(-1), x: tick, "?": help, "/": search };

  document.addEventListener("keydown", (event) => {
    if (off || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const marked = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    const act = keys[event.key] || (marked && (() => marked.click()));
    if (!act) return;
    event.preventDefault();
    act();
  });

  const box = document.getElementById("keys-on");
  if (box) {
    box.checked = !off;
    box.addEventListener("change", () => { off = !box.checked; remember(OFF, off); });
  }

  // The inbox is drawn anew by itself only while nobody works in it: a chosen row, a focus or an
  // open list is never taken away.
  const isIdle = () => {
    const inbox = document.getElementById("inbox");
    return inbox && !inbox.contains(document.activeElement)
      && !inbox.querySelector("input[type=checkbox]:checked");
  };
  document.addEventListener("htmx:after:swap", () => {
    const link = document.querySelector("[data-refresh]");
    if (link && isIdle()) link.click();
  });
})();
