// Light or dark: as the system is, until a reader chooses. Debian's Furo leaves both undone: its script is a module
// that its pages do not load as one (conf.py takes it out), and its style does not know a system that is dark.
(() => {
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const dark_pictures = document.querySelectorAll("picture > source[media*=prefers-color-scheme]");
  let chosen = localStorage.getItem("theme");
  if (chosen !== "dark" && chosen !== "light") chosen = null;
  const show = () => {
    const theme = chosen ?? (system.matches ? "dark" : "light");
    document.body.dataset.theme = theme;
    for (const source of dark_pictures) source.media = theme === "dark" ? "all" : "not all";
  };
  show();
  system.addEventListener("change", show);
  document.documentElement.classList.remove("no-js");
  for (const button of document.getElementsByClassName("theme-toggle")) {
    button.addEventListener("click", () => {
      chosen = document.body.dataset.theme === "dark" ? "light" : "dark";
      localStorage.setItem("theme", chosen);
      show();
    });
  }
})();
