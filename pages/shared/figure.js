// Puts a button that saves a chart as SVG beside Plotly's own that saves it as PNG, in all charts that there are and come.

const NAME = "Save as SVG";

export default function () {
  decorate();
  const observer = new MutationObserver(decorate);
  observer.observe(document.body, { childList: true, subtree: true });
  return () => observer.disconnect();
}

function decorate() {
  for (const png of document.querySelectorAll('.modebar-btn[data-attr="toImage"], .modebar-btn[data-title*="PNG"]')) {
    const group = png.parentElement;
    if (group.querySelector(".svg-button")) continue;
    const svg = png.cloneNode(false);
    svg.classList.add("svg-button");
    svg.dataset.title = NAME;
    svg.setAttribute("aria-label", NAME);
    svg.style.cssText = "font: 600 9px sans-serif; line-height: 22px; color: gray; text-decoration: none";
    svg.textContent = "SVG";
    svg.onclick = () => saveAsSvg(png);
    group.append(svg);
  }
}

// As Plotly saves it, in the other format.
function saveAsSvg(png) {
  const options = png.closest(".js-plotly-plot")._context.toImageButtonOptions;
  const format = options.format;
  options.format = "svg";
  try {
    png.click();
  } finally {
    options.format = format;
  }
}
