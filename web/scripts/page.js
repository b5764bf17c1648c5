// Every page: GOV.UK Frontend's own components (menu, password, error summary's focus, buttons pressed once).
import { initAll } from "./govuk-frontend.js";

initAll();
