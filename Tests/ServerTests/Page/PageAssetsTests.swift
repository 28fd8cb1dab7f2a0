import Foundation
import Testing

@testable import Server

@Suite struct `The page's modules, joined` {
    private static let index = """
        <!doctype html>
        <link rel="icon" href="shell/icon.svg" type="image/svg+xml">
        <link rel="stylesheet" href="shell/app.css">
        <link rel="stylesheet" href="shell/parts.css">
        <script src="shell/theme.js"></script>
        <script type="module" src="shell/app.js"></script>
        <img src="shell/icon.svg" alt=""> <a href="docs">API</a>
        """
    private static let files = [
        "index.html": index, "shell/icon.svg": "<svg/>", "shell/app.css": "a{}", "shell/parts.css": "b{}",
        "shell/theme.js": "(() => {})();", "search/search.css": "c{}",
        "shell/dom.js": "export const el = 1;\nconst own = 2;",
        "shell/app.js": """
        import { el } from "./dom.js";
        const own = el; // what it is
        import("../search/search.js"); import("../flows/flows.js");
        """,
        "search/search.js": """
        import { el } from "../shell/dom.js"; import { both } from "../shell/both.js";
        export const searchPage = { el, both, style: "search/search.css" };
        """,
        "flows/flows.js": """
        import { both } from "../shell/both.js"; import { one } from "./one.js";
        export const flowsPage = { both, one };
        """,
        "flows/one.js": "export const one = 1;", "shell/both.js": "export const both = 3;",
    ]

    private func assets(_ changes: [String: String?] = [:]) throws(ModuleFault) -> PageAssets {
        var files = Self.files
        for (path, text) in changes { files[path] = text }
        return try PageAssets(files.mapValues { Array($0.utf8) })
    }

    private func text(_ assets: PageAssets, _ name: String) -> String {
        let asset = assets.assets.first { $0.path.hasPrefix("assets/\(name).") && $0.path.hasSuffix(".js") }
        return String(decoding: asset?.contents ?? Data(), as: UTF8.self)
    }

    @Test func `are one file for the page, one for each part, and one for what several parts need`() throws {
        let names = try assets().assets.map { $0.path.split(separator: "/").last?.prefix { $0 != "." } ?? "" }
        #expect(names.sorted() == ["app", "app", "both", "flows", "icon", "search", "search", "theme"])
    }

    @Test func `stand after what they need, with their names to themselves and without comments`() throws {
        let app = try text(assets(), "app")
        let dom = try #require(app.range(of: "let $shell_dom;{"))
        let entry = try #require(app.range(of: "let $shell_app;{"))
        #expect(dom.lowerBound < entry.lowerBound)
        #expect(app.contains("const{el}=$shell_dom;"))
        #expect(app.contains("$shell_dom={el};}"))
        #expect(app.contains("export {$shell_dom};"))
        #expect(!app.contains("what it is"))
        // Only the page's own file: a part has much that is called seldom.
        #expect(app.hasPrefix("//# allFunctionsCalledOnLoad\n"))
        #expect(try !text(assets(), "search").contains("allFunctionsCalledOnLoad"))
        #expect(!app.contains(#"from "./dom.js""#))
    }

    @Test func `take what the page has from it, and have for themselves what only they need`() throws {
        let assets = try assets()
        let version = try #require(text(assets, "app").firstMatch(of: /search\.([0-9a-f]{16})\.js/)).1
        #expect(text(assets, "app").contains(#"import("./flows.\#(version).js")"#))
        let search = text(assets, "search")
        #expect(search.contains(#"import {$shell_dom} from "./app.\#(version).js";"#))
        #expect(search.contains(#"import {$shell_both} from "./both.\#(version).js";"#))
        #expect(search.contains("export const {searchPage}=$search_search;"))
        #expect(!search.contains("let $shell_dom"))
        #expect(text(assets, "flows").contains("let $flows_one;{"))
    }

    @Test func `name stylesheets as they are served`() throws {
        let assets = try assets()
        let style = try #require(assets.names["search/search.css"])
        #expect(text(assets, "search").contains("style:\"\(style)\""))
        #expect(style.contains(/^assets\/search\.[0-9a-f]{16}\.css$/))
    }

    @Test func `leave a stylesheet whose constants are written out, but for those that others change`() throws
    {
        let changes = [
            "shell/app.css": ":root { --a: 1px; --b: 2px; }",
            "shell/parts.css": "b { top: var(--a); left: var(--b); }",
            "search/search.css": "c { --b: 3px; top: var(--a); }",
        ]
        let assets = try assets(changes)
        let texts = Dictionary(
            assets.assets.map { ($0.path, String(decoding: $0.contents, as: UTF8.self)) },
            uniquingKeysWith: { first, _ in first })
        #expect(texts[assets.firstFiles[0]] == ":root{--a:1px;--b:2px}b{top:1px;left:var(--b)}")
        #expect(texts[assets.names["search/search.css"] ?? ""] == "c{--b:3px;top:var(--a)}")
    }

    @Test func `change the name of every module's file when one changes, and of no other`() throws {
        let (before, after) = (try assets(), try assets(["flows/one.js": "export const one = 2;"]))
        #expect(before.firstFiles[0] == after.firstFiles[0])
        #expect(before.firstFiles[1] != after.firstFiles[1])
        #expect(before.names == after.names)
        #expect(try assets().assets.map(\.path) == before.assets.map(\.path))
    }

    @Test func `leave an index that loads one stylesheet and one module`() throws {
        let assets = try assets()
        let index = String(decoding: assets.index, as: UTF8.self)
        let script = assets.firstFiles[1]
        #expect(index.contains("<link rel=\"modulepreload\" href=\"\(script)\">\n<link rel=\"stylesheet\""))
        #expect(index.contains("<script type=\"module\" src=\"\(script)\"></script>"))
        #expect(index.components(separatedBy: "rel=\"stylesheet\"").count == 2)
        #expect(index.contains("<a href=\"docs\">"))
        #expect(!index.contains("shell/"))
        let style = assets.assets.first { $0.path == assets.firstFiles[0] }
        #expect(style.map { String(decoding: $0.contents, as: UTF8.self) } == "a{}b{}")
    }

    @Test func `are one file at its own address where other sites load them`() throws {
        let assets = try assets([
            "embed/ask.js": #"import { el } from "../shell/dom.js"; export class Ask { el = el; }"#
        ])
        #expect(assets.outer.map(\.path) == ["embed/ask.js"])
        let text = String(decoding: assets.outer[0].contents, as: UTF8.self)
        #expect(text.contains("let $shell_dom;{") && text.contains("export const {Ask}=$embed_ask;"))
        #expect(!text.contains("import"))
    }

    @Test func `are loaded by each other when needed where they lie side by side for other sites`() throws {
        let assets = try assets([
            "embed/ask.js": #"export const ask = () => import("./formulas.js");"#,
            "embed/formulas.js": #"import { el } from "../shell/dom.js"; export const formulas = el;"#,
        ])
        #expect(assets.outer.map(\.path) == ["embed/ask.js", "embed/formulas.js"])
        let text = assets.outer.map { String(decoding: $0.contents, as: UTF8.self) }
        #expect(text[0].contains(#"import("./formulas.js")"#))
        #expect(text[1].contains("export const {formulas}=$embed_formulas;"))
    }

    @Test(arguments: ["../search/search.js", "./none.js"])
    func `load nothing of the page's own files on other sites`(path: String) throws {
        let fault = #expect(throws: ModuleFault.self) {
            try assets(["embed/ask.js": "export const ask = () => import(\"\(path)\");"])
        }
        #expect(fault?.file == "embed/ask.js")
    }

    @Test(
        arguments: [
            (
                ["shell/dom.js": #"import { a } from "./app.js"; export const el = a;"#], "shell/dom.js",
                "does not export"
            ),
            (
                [
                    "shell/dom.js": #"import { b } from "./b.js"; export const el = b;"#,
                    "shell/b.js": #"import { el } from "./dom.js"; export const b = el;"#,
                ], "shell/b.js", "a third"
            ),
            (["shell/dom.js": nil], "shell/app.js", "not there"),
            (["search/search.js": nil], "shell/app.js", "not there"),
            (["shell/parts.css": nil], "index.html", "not there"),
            (["shell/app.js": nil], "index.html", "not there"),
            (
                [
                    "search/dom.js": "export const x = 1;",
                    "search/search.js": #"import { x } from "./dom.js"; export const searchPage = x;"#,
                    "flows/flows.js":
                        #"import { x } from "../search/dom.js"; import { y } from "./dom-.js"; export const flowsPage = [x, y];"#,
                    "flows/dom-.js": #"import { z } from "./dom.js"; export const y = z;"#,
                    "flows/dom.js": "export const z = 1;",
                    "shell/app.js":
                        #"import("../search/search.js"); import("../flows/flows.js"); import("../flows/dom.js");"#,
                ], "dom.js", "this name"
            ),
        ] as [([String: String?], String, String)])
    func `are refused by name when they do not fit`(
        changes: [String: String?], file: String, reason: String
    ) throws {
        let fault = #expect(throws: ModuleFault.self) { try assets(changes) }
        #expect(fault?.file == file)
        #expect(fault?.reason.contains(reason) == true, "\(fault?.description ?? "")")
    }
}
