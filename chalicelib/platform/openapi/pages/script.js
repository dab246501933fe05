"use strict";
(() => {
  const words = document.getElementById("words"), role = document.getElementById("role"), found = document.getElementById("found");
  if (words) {
    words.form.hidden = false;
    const rows = [...document.querySelectorAll("[data-words]")];
    // A Russian word is found in its other forms by its beginning: "заказов" in "заказ".
    const stem = (word) => (/^[а-я]{6,}$/.test(word) ? word.slice(0, -2) : word);
    const show = () => {
      const wanted = words.value.toLowerCase().replaceAll("ё", "е").split(/\s+/).filter(Boolean).map(stem);
      let count = 0;
      for (const row of rows) {
        const fits = wanted.every((word) => row.dataset.words.includes(word)) &&
          (!role.value || row.dataset.roles.split(" ").includes(role.value));
        row.hidden = !fits;
        count += fits;
      }
      for (const group of document.querySelectorAll(".group")) group.hidden = !group.querySelector("li:not([hidden])");
      found.textContent = count ? found.dataset.text.replace("{count}", count) : found.dataset.none;
    };
    words.form.addEventListener("submit", (event) => event.preventDefault());
    words.addEventListener("input", show);
    role.addEventListener("change", show);
    const given = new URLSearchParams(location.search);
    words.value = given.get("q") ?? "";
    show();
  }
  // Somebody who reads TypeScript reads it on every page.
  try {
    for (const tab of document.querySelectorAll("[name=tab]")) {
      if (tab.value === localStorage.getItem("tab")) tab.checked = true;
      tab.addEventListener("change", () => localStorage.setItem("tab", tab.value));
    }
  } catch {
    // This browser keeps nothing for us.
  }
  const label = document.documentElement.lang === "ru" ? ["Копировать", "Скопировано"] : ["Copy", "Copied"];
  for (const block of document.querySelectorAll(".code")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label[0];
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(block.querySelector("code").textContent);
      button.textContent = label[1];
    });
    block.append(button);
  }
})();
