// What is scrolled to must not lie under the bar above the conversation or the desk below it.

/** As scroll padding: a custom property would be inherited by every line, and each change of it styles them all anew. */
export function leaveRoom(bar, desk) {
  const { style } = document.documentElement;
  const fit = () => {
    style.scrollPaddingTop = `${bar.offsetHeight + 12}px`;
    style.scrollPaddingBottom = `${desk.offsetHeight + 72}px`;
  };
  for (const one of [bar, desk]) new ResizeObserver(fit).observe(one);
}
