// What makes plain pages pleasant, with wasm and without: it only reacts to attributes that the
// components write, and changes none of their structure. Every page works without it.
const on = (event, selector, act) =>
  document.addEventListener(event, (e) => {
    const found = e.target.closest?.(selector);
    if (found) act(found, e);
  });
const root = document.documentElement;

// menus: one open at a time; Escape and a click elsewhere close them
const menus = () => document.querySelectorAll("details[data-menu][open]");
document.addEventListener("click", (e) => {
  for (const menu of menus()) if (!menu.contains(e.target) || e.target.closest("a")) menu.open = false;
});
document.addEventListener("keydown", (e) => {
  if (e.key === "Escape")
    for (const menu of menus()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  if (e.key.toLowerCase() === "k" && (e.ctrlKey || e.metaKey)) {
    const find = document.querySelector('[data-key="mod+k"]');
    if (find) e.preventDefault(), find.click();
  }
});

// colours: at once, and kept in the cookie that the server reads
on("click", "[data-themes] button", (button, e) => {
  e.preventDefault();
  if (button.value === "system") delete root.dataset.theme;
  else root.dataset.theme = button.value;
  document.cookie = `theme=${button.value}; path=/; max-age=31536000; samesite=lax`;
  for (const other of button.parentElement.children) other.setAttribute("aria-pressed", String(other === button));
});

// copying
on("click", "[data-copy]", async (button) => {
  const text = button.closest("figure, [data-copybox]").querySelector("[data-copied]").textContent;
  await navigator.clipboard.writeText(text);
  const word = button.querySelector("[data-said]");
  const before = word.textContent;
  word.textContent = word.dataset.said;
  setTimeout(() => (word.textContent = before), 2000);
});

// passwords: show and hide; a hint how strong it is (the server decides)
on("click", "[data-reveal]", (button) => {
  const field = button.previousElementSibling;
  const shown = field.type === "text";
  field.type = shown ? "password" : "text";
  button.textContent = shown ? "Show" : "Hide";
  button.setAttribute("aria-pressed", String(!shown));
});
const WORDS = ["", "Too easy to guess", "Weak: make it longer", "Good", "Strong"];
on("input", 'input[autocomplete="new-password"]', (field) => {
  const place = field.closest(".field");
  const meter = place.querySelector(".strength");
  if (!meter) return;
  // letters that follow from the one before (aaa, abc) count little
  const text = field.value;
  let fresh = 0;
  for (let i = 0; i < text.length; i++) {
    const step = i && text.charCodeAt(i) - text.charCodeAt(i - 1);
    fresh += i && Math.abs(step) <= 1 ? 0.2 : 1;
  }
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/].filter((kind) => kind.test(text)).length;
  const bits = fresh * (2.4 + kinds * 0.7);
  const score = text === "" ? 0 : bits < 25 ? 1 : bits < 40 ? 2 : bits < 56 ? 3 : 4;
  meter.dataset.score = score;
  place.querySelector("[data-strength]").textContent = WORDS[score];
});

// files: say which were chosen, light up while they hover
on("change", "[data-drop] input", (input) => {
  const names = [...input.files].map((file) => file.name).join(", ");
  input.closest("[data-drop]").querySelector("[data-chosen]").textContent = names;
});
for (const [event, over] of [["dragover", true], ["dragleave", false], ["drop", false]])
  on(event, "[data-drop]", (zone) => zone.classList.toggle("over", over));

// dialogs
on("click", "[data-opens]", (link, e) => {
  const dialog = document.getElementById(link.dataset.opens);
  if (dialog?.showModal) e.preventDefault(), dialog.showModal();
});

// a form that came back: to the first field that is wrong
document.querySelector('[aria-invalid="true"]')?.focus();
root.dataset.enhanced = "";
