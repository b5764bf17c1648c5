// Every page: GOV.UK Frontend's own components (menu, password, error summary's focus, buttons pressed once).
import { initAll } from "./govuk-frontend.js";

initAll();

// Only where there is something to copy, since most pages have nothing.
if (document.querySelector("[data-copy]")) import("./copy.js");
