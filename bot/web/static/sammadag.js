// Keyboard shortcuts and small comforts; every page works without this file.
"use strict";
