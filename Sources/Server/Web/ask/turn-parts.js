/** What the Ask page needs from its first question on, or the first look into one of its menus. */
import { copyButton } from "../shell/copy.js";
import { fillScope } from "./scope-menu.js";
import { keepThread } from "./thread-store.js";
import { Turn } from "./turn.js";

export const turnParts = {
  Turn, fillScope, keepThread,
  copyLink: () => copyButton("Copy link", () => location.href, {
    id: "copy-link", title: "Whoever opens it is asked who they are, and sees what they may read", hidden: true,
  }),
};
