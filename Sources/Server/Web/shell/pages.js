/** The pages: what each is called, who may use it, and where it comes from when it is first visited. */
import { askPage } from "../ask/ask.js";

/**
 * By the first word of their addresses, in the order in which they are offered.
 *
 * `scope`: what a caller must be allowed to do, or nobody in particular; `load`: the page, once its module is there;
 * `style`: its stylesheet. The page that people come for is there from the beginning.
 */
export const pages = {
  ask: { words: "Ask", scope: "ask", load: async () => askPage },
  search: {
    words: "Search", scope: "search", style: "search/search.css",
    load: async () => (await import("../search/search.js")).searchPage,
  },
  flows: {
    words: "Flows", scope: "flows", style: "flows/flows.css",
    load: async () => (await import("../flows/flows-page.js")).flowsPage,
  },
  sources: {
    words: "Sources", scope: "ingest", style: "sources/sources.css",
    load: async () => (await import("../sources/sources-page.js")).sourcesPage,
  },
  index: {
    words: "Index", scope: "admin", style: "index-view/index.css",
    load: async () => (await import("../index-view/index-page.js")).indexPage,
  },
  evaluate: {
    words: "Evaluate", scope: "admin", style: "evaluate/evaluate.css",
    load: async () => (await import("../evaluate/evaluate-page.js")).evaluatePage,
  },
  access: {
    words: "Keys and access", short: "Access", scope: "admin", style: "access/access.css", isOpen: true,
    load: async () => (await import("../access/access-page.js")).accessPage,
  },
};
