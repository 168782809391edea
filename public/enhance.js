// Small comforts over HTML that works without them. What lives by itself (a run, a chart, an upload)
// is an island of wasm. Everything listens on the document, so that it holds for what appears later.
"use strict";
(() => {
  const root = document.documentElement;
  const near = (event, selector) =>
    event.target instanceof Element ? event.target.closest(selector) : null;
  const on = (type, act, capture) => document.addEventListener(type, act, capture);

  // What the panel of a row that is looked at by itself leads to; whether there is such a panel.
  const one_row = (label) => {
    const panel = document.querySelector(".one-row");
    panel?.querySelector(`a[aria-label="${label}"]`)?.click();
    return Boolean(panel);
  };

  // Menus are <details>: one at a time, closed by a click elsewhere and by Escape.
  const close = (but) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!but || !menu.contains(but)) menu.open = false;
    }
  };
  on("click", (event) => {
    close(event.target);
    if (near(event, "details[data-menu] a[href]")) close();
  });
  on("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details[data-menu][open]");
    if (!menu) {
      const busy = near(event, "input, select, textarea") || document.querySelector("dialog[open]");
      if (!busy) one_row("Close the row");
      return;
    }
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  // A menu in a region that scrolls would be cut off there: it floats over the page instead.
  on("toggle", (event) => {
    const menu = near(event, "details[data-menu]");
    const panel = menu && menu.querySelector(":scope > .panel");
    if (!panel || !menu.closest(".scroll")) return;
    if (!menu.open) return;
    const box = menu.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = panel;
    const below = box.bottom + 8 + height <= innerHeight || box.top < height + 16;
    const left = Math.max(12, Math.min(box.right, innerWidth - 12) - width);
    panel.style.cssText = `position:fixed;inset:auto;left:${left}px;top:${below ? box.bottom + 8 : box.top - height - 8}px`;
  }, true);
  on("scroll", (event) => {
    if (event.target instanceof Element && event.target.matches(".scroll")) close();
  }, true);

  // Colours: at once, remembered for a year.
  const paint = (theme) => {
    document.cookie = `theme=${theme}; Path=/; Max-Age=31536000; SameSite=Lax`;
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
    for (const button of document.querySelectorAll("[data-themes] button")) {
      button.setAttribute("aria-pressed", String(button.value === theme));
    }
  };
  on("click", (event) => {
    const button = near(event, "[data-themes] button");
    if (!button) return;
    event.preventDefault();
    paint(button.value);
  });

  // Passwords: show and hide.
  on("click", (event) => {
    const button = near(event, "[data-reveal]");
    const input = button && button.parentElement.querySelector("input");
    if (!input) return;
    const show = input.type === "password";
    input.type = show ? "text" : "password";
    button.textContent = show ? "Hide" : "Show";
    button.setAttribute("aria-pressed", String(show));
    input.focus();
  });

  // Passwords: how strong. The server judges, as it will when the form is sent.
  const words = ["", "too easy to guess", "too easy to guess", "good", "very good"];
  const asked = new WeakMap();
  on("input", (event) => {
    const input = near(event, "input[autocomplete=new-password]");
    const field = input && input.closest(".field");
    const meter = field && field.querySelector(".strength");
    if (!meter) return;
    asked.get(meter)?.abort();
    const newest = new AbortController();
    asked.set(meter, newest);
    setTimeout(async () => {
      if (newest.signal.aborted) return;
      const text = field.querySelector("[data-strength]");
      const typed = (name) => input.form.elements.namedItem(name)?.value ?? "";
      const body = new URLSearchParams({
        password: input.value, email: typed("email"), username: typed("username"),
      });
      let judged = { score: 0, hint: "" };
      try {
        const { signal } = newest;
        const answer = input.value && await fetch("/fn/accounts/strength", { method: "POST", body, signal });
        if (answer && answer.ok) judged = await answer.json();
      } catch {
        if (newest.signal.aborted) return;
      }
      meter.dataset.score = judged.score;
      text.textContent = judged.hint || words[judged.score] || "";
    }, 250);
  });

  // Something to take away.
  on("click", async (event) => {
    const button = near(event, "[data-copy]");
    const box = button && button.closest(".snippet, [data-copybox]");
    const text = box && box.querySelector("[data-copied]");
    if (!text) return;
    const said = button.querySelector("[data-said]");
    try {
      await navigator.clipboard.writeText(text.textContent);
    } catch {
      // Over plain http there is no clipboard: the text is selected, ready for the keyboard.
      getSelection().selectAllChildren(text);
      return;
    }
    if (!said || said.dataset.was) return;
    said.dataset.was = said.textContent;
    said.textContent = said.dataset.said;
    setTimeout(() => {
      said.textContent = said.dataset.was;
      delete said.dataset.was;
    }, 2000);
  });

  // Files: where they can be dropped, and what was chosen.
  const over = (event, is) => near(event, "[data-drop]")?.classList.toggle("over", is);
  on("dragover", (event) => {
    over(event, true);
    // Several are heard only where somebody takes them: to be told that it is one at a time.
    if (near(event, "[data-drop]") && event.dataTransfer.items.length > 1) event.preventDefault();
  });
  on("dragleave", (event) => over(event, false));
  on("drop", (event) => {
    over(event, false);
    const chosen = near(event, "[data-drop]")?.querySelector("[data-chosen]");
    if (!chosen || event.dataTransfer.files.length < 2) return;
    event.preventDefault();
    chosen.textContent = "One file at a time, please: each becomes a version of its own.";
  });
  on("change", (event) => {
    const input = near(event, "[data-drop] input[type=file]");
    const chosen = input && input.closest("[data-drop]").querySelector("[data-chosen]");
    if (!chosen) return;
    chosen.textContent = Array.from(input.files, (file) => file.name).join(", ");
    // A dataset is called like its file, unless somebody has said otherwise.
    const name = input.form.elements.namedItem(input.form.dataset.names ?? "");
    if (!name || !input.files.length || (name.value && name.value !== name.dataset.proposed)) return;
    const plain = input.files[0].name.split(".")[0].normalize("NFKD").replace(/\p{M}/gu, "");
    const words = plain.toLowerCase().split(/[^a-z0-9_]+/).filter(Boolean);
    name.value = name.dataset.proposed = words.join("-").replace(/^[-_]+/, "").slice(0, 64).replace(/[-_]+$/, "");
  });

  // Tabs that do not fit: the one that is shown is in sight.
  for (const tab of document.querySelectorAll(".tabs > [aria-current], .side > [aria-current]")) {
    const bar = tab.parentElement;
    bar.scrollLeft = tab.offsetLeft - bar.offsetLeft - (bar.clientWidth - tab.offsetWidth) / 2;
  }

  // A row that is looked at by itself is in sight among the others.
  const picked = document.querySelector("tbody > tr[aria-current]");
  const region = picked?.closest(".scroll");
  if (region) region.scrollTop = picked.offsetTop - region.clientHeight / 2;

  // A template becomes its dialog when it is asked for.
  const dialogs = new Map();
  const dialogOf = (id, wire) => {
    const template = document.getElementById(id);
    if (!template || dialogs.has(id)) return dialogs.get(id);
    const dialog = document.importNode(template.content, true).querySelector("dialog");
    document.body.append(dialog);
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialogs.set(id, dialog);
    wire(dialog, template);
    return dialog;
  };

  // Keys without Ctrl can be turned off: some people's tools type them by mistake.
  const single = {
    get on() {
      try { return localStorage.getItem("single-keys") !== "off"; } catch { return true; }
    },
    set on(is) {
      try { localStorage.setItem("single-keys", is ? "on" : "off"); } catch { /* for this page only */ }
    },
  };
  const showKeys = () => {
    const dialog = dialogOf("keys-template", (dialog) => {
      const box = dialog.querySelector("[data-single-keys]");
      box.checked = single.on;
      box.addEventListener("change", () => (single.on = box.checked));
    });
    dialog?.showModal();
  };

  // The palette leads anywhere and does anything: to what the page offers and what its project does, to
  // the pages that everybody has (the server has written them down), to what a search finds. Its list
  // is that of the pages it looks at, which show what one may see and do.
  const icons = { Model: "box", Dataset: "database", Project: "folder", Run: "activity" };
  const acts = {
    keys: () => showKeys(),
    light: () => paint("light"),
    dark: () => paint("dark"),
    system: () => paint("system"),
    "sign-out": () => document.querySelector('form[action="/logout"]').requestSubmit(),
  };
  const offered = "main .head a.btn[href], main .tabs > a";
  const wirePalette = (dialog, template) => {
    const [input, list, said] = ["input", "[role=listbox]", "[role=status]"].map((s) => dialog.querySelector(s));
    const places = [...list.children];
    let [around, recent, found, answered, asked, waiting, moved] = [[], [], [], "", null, 0, false];

    const option = (icon, label, kind, href) => {
      const one = places[0].cloneNode(true);
      const use = one.querySelector("use");
      use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${icon}`));
      one.querySelector("span").textContent = label;
      one.querySelector("small").textContent = kind;
      one.setAttribute("href", href);
      return one;
    };
    const text = (link) =>
      [...link.childNodes].map((n) => (n.nodeType === Node.TEXT_NODE ? n.data : "")).join("").trim();
    const offers = (page, kind) => [...page.querySelectorAll(offered)]
      .map((link) => option("arrow-right", text(link), kind, link.getAttribute("href")));
    const here = document.querySelector("main .tabs > [aria-current]")?.getAttribute("href");
    const own = offers(document, "This page").filter((one) => one.getAttribute("href") !== here);

    const choose = (one) => {
      for (const other of list.children) other.setAttribute("aria-selected", String(other === one));
      input.setAttribute("aria-activedescendant", one?.id ?? "");
      one?.scrollIntoView({ block: "nearest" });
    };
    const chosen = () => list.querySelector('[aria-selected="true"]');
    const target = (one) => one?.getAttribute("href") ?? one?.dataset.does;
    // First what is called as was typed, then what begins so, then whatever else fits. A run is called
    // by its number, other things by the last part of their path.
    const rank = (one, typed, words) => {
      const label = one.querySelector("span").textContent.toLowerCase();
      const name = label.match(/ · run (\d+)/)?.[1] ?? label.split("/").pop();
      if (label === typed || words.includes(name)) return 0;
      return label.startsWith(typed) || words.some((word) => name.startsWith(word)) ? 1 : 2;
    };
    const draw = () => {
      const typed = input.value.trim();
      const words = typed.toLowerCase().split(/\s+/);
      const ranked = (one) => rank(one, words.join(" "), words);
      const fits = (one) => words.every((word) => one.textContent.toLowerCase().includes(word));
      // What the server has found fits, though it may not be said: a run, by its experiment.
      const hits = answered === typed ? found : found.filter(fits);
      const shown = new Map();
      for (const one of [...[...own, ...around, ...places, ...recent].filter(fits), ...hits]) {
        if (!shown.has(target(one))) shown.set(target(one), one);
      }
      const before = moved && target(chosen());
      const all = [...shown.values()].sort((one, other) => ranked(one) - ranked(other));
      if (typed) {
        const href = `/explore?${new URLSearchParams({ q: typed })}`;
        all.push(option("search", `Search for “${typed}”`, "Explore", href));
      }
      all.forEach((one, i) => (one.id = `place-${i}`));
      list.replaceChildren(...all);
      choose(all.find((one) => target(one) === before) ?? all[0]);
      said.textContent = all.length === 1 ? "1 entry" : `${all.length} entries`;
    };

    const visit = async (address, signal) => {
      const answer = await fetch(address, { signal });
      if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
      return new DOMParser().parseFromString(await answer.text(), "text/html");
    };
    const things = (page) => [...page.querySelectorAll("main [data-found]")].flatMap((part) => {
      const kind = part.dataset.found;
      const links = part.querySelectorAll("tbody tr > :first-child a, .item > .what > a");
      const label = (a) => a.dataset.label ?? a.textContent.trim();
      return [...links].map((a) => option(icons[kind], label(a), kind, a.getAttribute("href")));
    });
    // What was found before stays until the answer is there, as far as it fits.
    const search = () => {
      asked?.abort();
      clearTimeout(waiting);
      const q = input.value.trim();
      if (!q) return void ([found, answered] = [[], ""]);
      waiting = setTimeout(async () => {
        asked = new AbortController();
        try {
          found = things(await visit(`/explore?${new URLSearchParams({ q })}`, asked.signal));
          answered = q;
          draw();
        } catch { /* the last entry leads to the search itself */ }
      }, 150);
    };

    input.addEventListener("input", () => {
      moved = false; // what is typed anew chooses anew
      search();
      draw();
    });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return; // Enter ends a composition, as in Japanese, and chooses nothing
      const all = [...list.children];
      const at = all.indexOf(chosen());
      if (event.key === "ArrowDown") choose(all[(at + 1) % all.length]);
      else if (event.key === "ArrowUp") choose(all[(at - 1 + all.length) % all.length]);
      else if (event.key === "Enter") chosen()?.click();
      else return;
      moved = true;
      event.preventDefault();
    });
    list.addEventListener("mousemove", (event) => {
      const one = near(event, "[role=option]");
      if (!one || one === chosen()) return;
      moved = true;
      choose(one);
    });
    list.addEventListener("click", (event) => {
      const one = near(event, "[role=option]");
      if (!one || event.ctrlKey || event.metaKey || event.shiftKey) return;
      dialog.close();
      const act = acts[one.dataset.does];
      if (!act) return;
      event.preventDefault();
      act();
    });
    // The pages that are looked at once: the latest things, and what one may do in this project.
    const once = async (address, keep) => {
      if (!address) return;
      try {
        keep(await visit(address));
        draw();
      } catch { /* what the page itself has is there */ }
    };
    dialog.begin = () => {
      const { recent: latest, project } = template.dataset;
      input.value = "";
      moved = false;
      search();
      draw();
      if (!recent.length) once(latest, (page) => (recent = things(page)));
      if (!around.length) once(project, (page) => (around = offers(page, project.slice(1))));
    };
  };
  const showPalette = () => {
    const dialog = dialogOf("palette-template", wirePalette);
    if (!dialog || dialog.open) return dialog?.close();
    dialog.begin();
    dialog.showModal();
  };
  on("click", (event) => {
    if (!near(event, '[data-key="mod+k"]') || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    showPalette();
  });
  if (/Mac|iPhone|iPad/.test(navigator.platform)) {
    for (const key of document.querySelectorAll(".find kbd")) key.textContent = "⌘ K";
  }

  // From row to row: to the link of the row, or to the row itself. Unless one is among the others, a
  // row that is looked at by itself gives way to the one beside it.
  const step = (by) => {
    const all = document.querySelectorAll("main tbody tr, main .list > .item, main .timeline > li");
    const rows = [...all].filter((row) => row.checkVisibility());
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    if (at < 0 && one_row(by > 0 ? "Next row" : "Previous row")) return;
    const row = rows[at + by];
    if (!row) return;
    const link = row.querySelector("a[href]");
    if (!link) row.tabIndex = -1;
    (link ?? row).focus();
  };
  on("keydown", (event) => {
    const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
    if (altKey || event.defaultPrevented) return;
    if (ctrlKey || metaKey) {
      if (shiftKey || key.toLowerCase() !== "k") return;
      event.preventDefault();
      return showPalette();
    }
    const writes = near(event, "input, select, textarea, [contenteditable]");
    if (writes || !single.on || document.querySelector("dialog[open]")) return;
    if (key === "?") showKeys();
    else if (key === "/") document.querySelector("main input[type=search]")?.focus();
    else if (key === "j") step(1);
    else if (key === "k") step(-1);
    else return;
    event.preventDefault();
  });

  // A form goes once: a double click is one act. Coming back to the page, it can go again. (Attributes,
  // not properties: `form.dataset` is a field where one is called so.)
  on("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.getAttribute("method") === "dialog") return;
    if (form.hasAttribute("data-sent")) event.preventDefault();
    form.setAttribute("data-sent", "");
    setTimeout(() => form.removeAttribute("data-sent"), 10_000); // it may have been stopped on the way
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) form.removeAttribute("data-sent");
  });

  // A form that changes one part of its page: only that part is drawn anew, with what was typed
  // meanwhile. Whatever goes wrong on the way, the browser sends the form as it would have.
  let under_way;
  const exchange = async (id, form, button) => {
    under_way?.abort();
    under_way = new AbortController();
    const { signal } = under_way;
    const typed = () => new URLSearchParams(new FormData(form, button)).toString();
    let [sent, answer, text] = [];
    while (sent !== typed()) {
      sent = typed();
      answer = await fetch(location.href, { method: "POST", body: new URLSearchParams(sent), signal });
      if (answer.redirected) return location.assign(answer.url);
      text = await answer.text();
    }
    signal.throwIfAborted();
    const page = new DOMParser().parseFromString(text, "text/html");
    const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
    if (!old || !fresh) throw new Error(`answered ${answer.status}, without the part`);
    const held = old.contains(document.activeElement) ? document.activeElement : undefined;
    const caret = [held?.selectionStart, held?.selectionEnd];
    old.replaceWith(fresh);
    return { fresh, held, caret };
  };
  const aborted = (error) => error.name === "AbortError";
  // Goes on where one was, in what was drawn anew.
  const refocus = (fresh, { id, name, value }, caret = []) => {
    const again = id ? document.getElementById(id)
      : name && fresh.querySelector(`[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`);
    again?.focus({ preventScroll: true });
    if (again && Number.isInteger(caret[0])) again.setSelectionRange(...caret);
  };
  on("submit", async (event) => {
    const form = event.target;
    const part = form.getAttribute("data-part");
    if (event.defaultPrevented || !part) return;
    event.preventDefault();
    const before = document.activeElement;
    try {
      const drawn = await exchange(part, form, event.submitter);
      if (!drawn) return;
      const { fresh, held, caret } = drawn;
      if (held && held !== before) refocus(fresh, held, caret);
      else {
        const again = fresh.querySelector('[aria-invalid="true"], [type="submit"]');
        again?.focus({ preventScroll: true });
      }
      fresh.querySelector(".answer")?.scrollIntoView({ block: "nearest" });
    } catch (error) {
      if (!aborted(error)) HTMLFormElement.prototype.submit.call(form);
    }
  });

  // An answer to other values than those in the form says so.
  on("input", (event) => {
    const answer = near(event, "form[data-part]")?.querySelector(".answer");
    if (!answer) return;
    answer.dataset.old = "";
    answer.querySelector("[data-stale]").hidden = false;
  });

  // A choice on which the rest of its form depends: the page is drawn anew with all that was typed.
  on("change", async (event) => {
    const part = near(event, "[data-chooses]")?.getAttribute("data-chooses");
    const { form } = event.target;
    const button = part && form?.querySelector('[name="_choose"]');
    if (!button) return;
    try {
      const drawn = await exchange(part, form, button);
      if (!drawn) return;
      const { fresh, held, caret } = drawn;
      const address = fresh.querySelector("[data-address]")?.getAttribute("data-address");
      if (address) history.replaceState(null, "", address);
      refocus(fresh, held ?? event.target, caret);
    } catch (error) {
      if (!aborted(error)) form.requestSubmit(button);
    }
  });

  // What was wrong with a field is said until somebody corrects it.
  on("input", ({ target }) => {
    if (target.getAttribute("aria-invalid") !== "true") return;
    target.removeAttribute("aria-invalid");
    const line = document.getElementById(`${target.id}-error`);
    line?.replaceChildren();
  });

  // All boxes of a card at once, or none.
  on("click", (event) => {
    const button = near(event, "[data-tick]");
    if (!button) return;
    for (const box of button.closest(".card").querySelectorAll("input[type=checkbox]")) {
      box.checked = button.dataset.tick !== "";
    }
  });

  // A form that came back: to the first field that is wrong.
  const wrong = document.querySelector('[aria-invalid="true"], .error:not(:empty)');
  const control = wrong?.matches(".error") ? wrong.closest(".card")?.querySelector("input, select, textarea") : wrong;
  control?.focus();
  root.dataset.enhanced = "";
})();
