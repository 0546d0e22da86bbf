const findings = [...document.querySelectorAll(".finding")];
const vaults = [...document.querySelectorAll(".vault")];
const boxes = [...document.querySelectorAll("input[name=severity]")];
const form = document.getElementById("filter");
const search = document.getElementById("search");
const shown = document.getElementById("shown");
const theme = document.getElementById("theme");
const texts = new Map();

function textOf(element) {
  if (!texts.has(element)) texts.set(element, element.textContent.toLowerCase());
  return texts.get(element);
}

function filter() {
  const wanted = boxes.filter((box) => box.checked).map((box) => box.value);
  const words = search.value.toLowerCase().split(" ").filter(Boolean);
  const fits = (element) => words.every((word) => textOf(element).includes(word));
  let number = 0;
  for (const finding of findings) {
    const severity = wanted.some((each) => finding.classList.contains(each));
    finding.hidden = !severity || !fits(finding);
    if (!finding.hidden) number += 1;
  }
  for (const vault of vaults) vault.hidden = !fits(vault);
  shown.value = `${number} of ${findings.length} findings are shown`;
}

form.hidden = false;
form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== search) {
    event.preventDefault();
    search.focus();
  } else if (event.key === "Escape" && document.activeElement === search) {
    search.value = "";
    filter();
  }
});

theme.hidden = false;
theme.addEventListener("click", () => {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const now = document.documentElement.dataset.theme ?? dark;
  document.documentElement.dataset.theme = now === "dark" ? "light" : "dark";
});

let unfolded = [];
addEventListener("beforeprint", () => {
  // paper can't be unfolded; newer browsers do the same by the styles, also without this script
  unfolded = [...document.querySelectorAll("main details:not([open])")];
  for (const each of unfolded) each.open = true;
});
addEventListener("afterprint", () => {
  for (const each of unfolded) each.open = false;
});

filter();
