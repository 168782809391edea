// Small comforts over HTML that works without them. What lives by itself (a run, a chart, an upload)
// is an island of wasm. Everything listens on the document, so that it holds for what appears later.
"use strict";
(() => {
  const root = document.documentElement;
  const near = (event, selector) =>
    event.target instanceof Element ? event.target.closest(selector) : null;
  const on = (type, act, capture) => document.addEventListener(type, act, capture);

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
    if (!menu) return;
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
  on("click", (event) => {
    const button = near(event, "[data-themes] button");
    if (!button) return;
    event.preventDefault();
    const theme = button.value;
    document.cookie = `theme=${theme}; Path=/; Max-Age=31536000; SameSite=Lax`;
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
    for (const other of document.querySelectorAll("[data-themes] button")) {
      other.setAttribute("aria-pressed", String(other.value === theme));
    }
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
    clearTimeout(asked.get(meter));
    asked.set(meter, setTimeout(async () => {
      const text = field.querySelector("[data-strength]");
      const typed = (name) => input.form.elements.namedItem(name)?.value ?? "";
      const body = new URLSearchParams({
        password: input.value, email: typed("email"), username: typed("username"),
      });
      try {
        const answer = input.value
          ? await (await fetch("/fn/accounts/strength", { method: "POST", body })).json()
          : { score: 0, hint: "" };
        meter.dataset.score = answer.score;
        text.textContent = answer.hint || words[answer.score] || "";
      } catch {
        meter.dataset.score = 0;
        text.textContent = "";
      }
    }, 250));
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

  // Dialogs open over the page; without script their buttons are links to a page of the same.
  on("click", (event) => {
    const button = near(event, "[data-opens]");
    const dialog = button && document.getElementById(button.dataset.opens);
    if (!(dialog instanceof HTMLDialogElement)) return;
    event.preventDefault();
    dialog.showModal();
  });

  // Files: where they can be dropped, and what was chosen.
  const over = (event, is) => near(event, "[data-drop]")?.classList.toggle("over", is);
  on("dragover", (event) => over(event, true));
  on("dragleave", (event) => over(event, false));
  on("drop", (event) => over(event, false));
  on("change", (event) => {
    const input = near(event, "[data-drop] input[type=file]");
    const chosen = input && input.closest("[data-drop]").querySelector("[data-chosen]");
    if (chosen) chosen.textContent = Array.from(input.files, (file) => file.name).join(", ");
  });

  // Keys that follow a link.
  on("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const link = document.querySelector(`[data-key="mod+${CSS.escape(event.key.toLowerCase())}"]`);
    if (!link) return;
    event.preventDefault();
    link.click();
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

  // A form that changes one part of its page: only that part is drawn anew. Whatever goes wrong on
  // the way, the browser sends the form as it would have.
  let under_way;
  const exchange = async (id, address, post) => {
    under_way?.abort();
    under_way = new AbortController();
    const { signal } = under_way;
    const answer = await fetch(address, post ? { method: "POST", body: post, signal } : { signal });
    if (post && answer.redirected) return location.assign(answer.url);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
    if (!old || !fresh) return location.reload();
    old.replaceWith(fresh);
    return fresh;
  };
  const aborted = (error) => error.name === "AbortError";
  on("submit", async (event) => {
    const form = event.target;
    const part = form.getAttribute("data-part");
    if (event.defaultPrevented || !part) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form, event.submitter));
    try {
      const fresh = await exchange(part, location.href, body);
      const again = fresh?.querySelector('[aria-invalid="true"], [type="submit"]');
      again?.focus({ preventScroll: true });
    } catch (error) {
      // Only what did not reach the server is sent again.
      if (error instanceof TypeError) HTMLFormElement.prototype.submit.call(form);
      else if (!aborted(error)) location.reload();
    }
  });

  // A choice on which the rest of the page depends.
  on("change", async (event) => {
    const form = near(event, "form[data-chooses]");
    if (!form) return;
    const address = `${form.getAttribute("action")}?${new URLSearchParams(new FormData(form))}`;
    const { id, name, value } = event.target;
    try {
      const fresh = await exchange(form.getAttribute("data-chooses"), address);
      history.replaceState(null, "", address);
      const again = id ? document.getElementById(id)
        : fresh?.querySelector(`[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`);
      again?.focus({ preventScroll: true });
    } catch (error) {
      if (!aborted(error)) location.assign(address);
    }
  });

  // A form that came back: to the first field that is wrong.
  document.querySelector('[aria-invalid="true"]')?.focus();
  root.dataset.enhanced = "";
})();
