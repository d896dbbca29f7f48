// What the workbench does in the browser. Every page works without it: it only saves loading whole pages, and hands.

import "htmx.org";
import { listen as listenToKeys } from "./keys";
import { follow as followMarks } from "./marks";
import { offer as offerForms } from "./forms";
import { offer as offerAdding } from "./adding";

listenToKeys();
followMarks();
offerForms();
offerAdding();
